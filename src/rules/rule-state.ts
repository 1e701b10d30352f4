import { z } from 'zod';

/** 1: beyond the soft limit long enough, or true; 2: beyond the hard limit. */
export type Level = 1 | 2;

/** What is remembered of one part of a rule for one device; absent values stand for nothing. */
export interface PartState {
  /** The newest sample considered: device time, and when we got it. */
  last: number;
  heard: number;
  /** Pending: true since then, in this many samples. */
  since?: number;
  count?: number;
  level?: Level;
  /** Firing: beyond the clear limit since then. */
  clearSince?: number;
  /** When it comes true without a further reading, by our clock. */
  due?: number;
}

/** The memory of rule × device: pending while a part has `since`, firing while there is an `alert`. */
export interface RuleState {
  parts: (PartState | null)[];
  alert?: { at: number; id?: number; level: Level; part: number };
}

const level = z.union([z.literal(1), z.literal(2)]);
const stored = z.object({
  parts: z.array(
    z
      .object({
        last: z.number(),
        heard: z.number(),
        since: z.number().exactOptional(),
        count: z.number().exactOptional(),
        level: level.exactOptional(),
        clearSince: z.number().exactOptional(),
        due: z.number().exactOptional(),
      })
      .nullable(),
  ),
  alert: z
    .object({ at: z.number(), id: z.number().exactOptional(), level, part: z.int().nonnegative() })
    .exactOptional(),
});

/** A stored state, or undefined where it does not fit a rule of so many parts: then the rule was rewritten. */
export function parseState(value: unknown, partCount: number): RuleState | undefined {
  const parsed = stored.safeParse(value);
  if (!parsed.success || parsed.data.parts.length !== partCount) return undefined;
  const { alert } = parsed.data;
  return alert && alert.part >= partCount ? undefined : parsed.data;
}

/** Nothing pending, firing or due: need not be stored, and forgetting it changes nothing. */
export function isIdle(state: RuleState): boolean {
  if (state.alert) return false;
  return state.parts.every(
    (part) => !part || (!part.level && part.since === undefined && part.due === undefined),
  );
}

/** When a tick must look at this state, by our clock. */
export function dueAt(state: RuleState): number | undefined {
  let due: number | undefined;
  for (const part of state.parts)
    if (part?.due !== undefined && (due === undefined || part.due < due)) due = part.due;
  return due;
}

/** How old the stored time of the last sample may become while nothing else changes; a tenth of a no-data limit if longer. */
const KEEP_MS = 30_000;

/**
 * Whether `state` must be written over what is stored. The time of the last sample changes with every reading and alone is
 * worth a write only now and then: a crash in between costs a no-data alert that comes a little early, nothing else.
 */
export function mustSave(stored: RuleState | undefined, state: RuleState): boolean {
  if (!stored) return !isIdle(state);
  const [was, is] = [stored.alert, state.alert];
  if (was?.at !== is?.at || was?.id !== is?.id || was?.level !== is?.level) return true;
  return state.parts.some((part, index) => partMustSave(stored.parts[index] ?? null, part));
}

function partMustSave(was: PartState | null, is: PartState | null): boolean {
  if (!was || !is) return was !== is;
  if (was.level !== is.level || was.since !== is.since || was.count !== is.count) return true;
  if (was.clearSince !== is.clearSince) return true;
  if (was.due === is.due) return is.level !== undefined && is.heard - was.heard >= KEEP_MS;
  if (was.due === undefined || is.due === undefined) return true;
  return is.heard - was.heard >= Math.max(KEEP_MS, (is.due - is.heard) / 10);
}
