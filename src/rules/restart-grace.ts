import type { IntakeGap } from '../platform/intake-times-store.ts';
import { type Part, silenceAllowed } from './rule.ts';
import type { PartState } from './rule-state.ts';
import { FIRST_WORD_MS } from './unheard.ts';

/** Devices connect again within this: some try once in minutes. */
const RECONNECT_MS = 5 * 60_000;

/**
 * When a silence that began at `heardAt` is long enough to be told, in milliseconds since 1970: what passed while we did not listen does not
 * count, and after that a device has as long again to come back as we were away, at least five minutes and at most half of its wait.
 */
export function silenceDue(
  { heardAt, waitMs }: { heardAt: number; waitMs: number },
  gaps: readonly IntakeGap[],
): number {
  let due = heardAt + waitMs;
  for (const { from, to } of gaps) {
    if (to <= heardAt) continue;
    if (from >= due) break;
    const away = to - Math.max(from, heardAt);
    due = Math.max(due + away, to + Math.min(waitMs / 2, Math.max(RECONNECT_MS, to - from)));
  }
  return due;
}

/** The state of a part that waits for a sign of life, put off where we were deaf; the same object where nothing changes. */
export function graced(
  part: Part,
  state: PartState | null,
  { gaps, expectedEveryMs }: { gaps: readonly IntakeGap[]; expectedEveryMs: number },
): PartState | null {
  if (gaps.length === 0 || state?.due === undefined || state.level) return state;
  const silence = silenceIn(part, state, expectedEveryMs);
  if (!silence) return state;
  const due = silenceDue(silence, gaps);
  return due <= state.due ? state : { ...state, due };
}

function silenceIn(part: Part, state: PartState, expectedEveryMs: number) {
  if (part.type === 'no_data') {
    const waitMs = state.never ? FIRST_WORD_MS : silenceAllowed(part, expectedEveryMs, state.gap);
    return { heardAt: state.heard, waitMs };
  }
  if (part.type !== 'state' || part.signal !== 'online' || state.since === undefined) return undefined;
  return { heardAt: state.since, waitMs: part.forMs };
}
