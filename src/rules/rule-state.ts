import { z } from 'zod';
import { memoFits } from './parts/memo-fits.ts';
import type { Part, Rule } from './rule.ts';

/** 1: beyond the soft limit long enough, or true; 2: beyond the hard limit. */
export type Level = 1 | 2;

/**
 * What is remembered of one part of a rule for one point; absent values stand for nothing. Times are the device's, but for `heard`, and
 * of silence, which goes by our clock altogether.
 */
export interface PartState {
  /** The newest sample considered, and when we got it. */
  last: number;
  heard: number;
  /** Of silence: it has not said a word yet, and `heard` is when it was registered. */
  never?: true;
  /** Of silence: the longest interval between two signs of life; it shrinks with each, so that an outage is forgotten. */
  gap?: number;
  /** Pending: true since then, in this many samples. Of an event that stands: when it was last said. */
  since?: number;
  count?: number;
  /** The same beyond a hard limit that waits. */
  hardSince?: number;
  hardCount?: number;
  level?: Level;
  /** Firing: beyond the clear limit, or said to be over, since then. */
  clearSince?: number;
  /** Beyond the hard limit, and no longer so since then. */
  easeSince?: number;
  /** When it comes true or ends without a further reading … */
  due?: number;
  /** … and by how much our clock is then ahead of the device's. */
  lag?: number;
  /** Of a drop: the highest samples of the time that it looks at, with their times, the later ones lower. */
  window?: readonly (readonly [at: number, value: number])[];
  /** Of a drop that is true: what it fell from. */
  from?: number;
  /** What a part of its kind remembers besides; JSON. */
  memo?: Memo;
}

export type Memo = Readonly<Record<string, unknown>>;

export type PartStates = readonly (PartState | null)[];

export interface StandingAlert {
  at: number;
  id?: number;
  level: Level;
  part: number;
  /** When it was last raised: its beginning, or later where it is raised again and again. */
  raisedAt: number;
  /** By how much our clock was then ahead of the device's. */
  lag: number;
  /** It came true in what the device sent late, and we knew at this time: told once that is known to be so still. */
  untoldSince?: number;
}

/** The memory of a rule for its scope: pending while a part has `since`, firing while there is an `alert`. */
export interface RuleState {
  parts: PartStates;
  /** Of a rule per asset: what each point says, by `pointKey`; `parts` is then the foremost of each. */
  points?: Readonly<Record<string, PartStates>>;
  alert?: StandingAlert;
  /** What else the device last said, for a rule that ignores samples meanwhile. */
  said?: Readonly<Record<string, readonly [value: boolean | string, at: number]>>;
  /** When it was lately raised, for a rule that damps what flaps. */
  raises?: readonly number[];
  /** It would have ended, and goes on until then, by the device's time. */
  endsAt?: number;
  /** To be looked at again by our clock: something held it back. */
  lookAt?: number;
}

const level = z.union([z.literal(1), z.literal(2)]);
const parts = z.array(
  z
    .object({
      last: z.number(),
      heard: z.number(),
      never: z.literal(true).exactOptional(),
      gap: z.number().exactOptional(),
      since: z.number().exactOptional(),
      count: z.number().exactOptional(),
      hardSince: z.number().exactOptional(),
      hardCount: z.number().exactOptional(),
      level: level.exactOptional(),
      clearSince: z.number().exactOptional(),
      easeSince: z.number().exactOptional(),
      due: z.number().exactOptional(),
      lag: z.number().exactOptional(),
      window: z.array(z.tuple([z.number(), z.number()])).exactOptional(),
      from: z.number().exactOptional(),
      memo: z.record(z.string(), z.json()).exactOptional(),
    })
    .nullable(),
);
const alert = z
  .object({
    at: z.number(),
    id: z.number().exactOptional(),
    level,
    part: z.int().nonnegative(),
    raisedAt: z.number().exactOptional(),
    lag: z.number().exactOptional(),
    untoldSince: z.number().exactOptional(),
  })
  .transform(({ raisedAt, lag, ...rest }) => ({ ...rest, raisedAt: raisedAt ?? rest.at, lag: lag ?? 0 }));
const stored = z.object({
  parts,
  points: z.record(z.string(), parts).exactOptional(),
  alert: alert.exactOptional(),
  said: z.record(z.string(), z.tuple([z.union([z.boolean(), z.string()]), z.number()])).exactOptional(),
  raises: z.array(z.number()).exactOptional(),
  endsAt: z.number().exactOptional(),
  lookAt: z.number().exactOptional(),
});
const alertOnly = z.object({ alert: z.object({ id: z.number() }) });

/** A stored state, or undefined where it does not fit a rule of so many parts: then the rule was rewritten. */
export function parseState(value: unknown, rule: Pick<Rule, 'parts' | 'per'>): RuleState | undefined {
  const parsed = stored.safeParse(value);
  const { length } = rule.parts;
  if (!parsed.success || parsed.data.parts.length !== length) return undefined;
  const { alert: standing, points } = parsed.data;
  if ((points === undefined) !== (rule.per === undefined)) return undefined;
  if (points && Object.values(points).some((point) => point.length !== length)) return undefined;
  if (standing && standing.part >= length) return undefined;
  const state = { ...parsed.data, parts: fitting(parsed.data.parts, rule) };
  if (!points) return state;
  const known = Object.entries(points).map(([key, point]) => [key, fitting(point, rule)] as const);
  return { ...state, points: Object.fromEntries(known) };
}

/** Without what a part of another kind remembered. */
const fitting = (states: PartStates, rule: Pick<Rule, 'parts'>): PartStates =>
  states.map((state, index) => {
    if (!state || memoFits(rule.parts[index] as Part, state.memo)) return state;
    const { memo: _ofAnother, ...rest } = state;
    return rest;
  });

/** The alert of a stored state, even one that fits no longer. */
export function alertIdIn(value: unknown): number | undefined {
  const parsed = alertOnly.safeParse(value);
  return parsed.success ? parsed.data.alert.id : undefined;
}

/** The parts of every point. */
const pointsOf = (state: RuleState): readonly PartStates[] =>
  state.points ? Object.values(state.points) : [state.parts];

/** Nothing pending, firing or due: need not be stored, and forgetting it changes nothing. */
export function isIdle(state: RuleState): boolean {
  if (state.alert || state.said || state.raises || state.lookAt !== undefined) return false;
  return pointsOf(state).every((point) => point.every(isPartIdle));
}

export const isPartIdle = (part: PartState | null): boolean =>
  !part || (part.memo === undefined && isOnlyMemo(part));

/** Nothing but what its kind remembers. */
export const isOnlyMemo = (part: PartState): boolean =>
  !part.level &&
  part.since === undefined &&
  part.hardSince === undefined &&
  part.due === undefined &&
  part.window === undefined;

/** When a part changes by time alone, by our clock. */
const dueOf = (part: PartState | null): number =>
  part?.due === undefined ? Infinity : part.due + (part.lag ?? 0);

/** By how much our clock is ahead where the rule as a whole is due. */
export function lagIn(state: RuleState): number {
  let lag = state.alert?.lag;
  for (const point of pointsOf(state))
    for (const part of point)
      if (part?.lag !== undefined && !(lag !== undefined && lag >= part.lag)) lag = part.lag;
  return lag ?? 0;
}

/** When a tick must look at this state, by our clock; `againAfterMs`: of its rule. */
export function dueAt(state: RuleState, againAfterMs: number | undefined): number | undefined {
  let due = state.lookAt ?? Infinity;
  for (const point of pointsOf(state))
    for (const part of point) {
      due = Math.min(due, dueOf(part));
    }
  if (state.alert?.untoldSince !== undefined) return Number.isFinite(due) ? due : undefined;
  const lag = lagIn(state);
  if (state.endsAt !== undefined) due = Math.min(due, state.endsAt + lag);
  else if (state.alert && againAfterMs !== undefined)
    due = Math.min(due, state.alert.raisedAt + againAfterMs + lag);
  return Number.isFinite(due) ? due : undefined;
}

/** How old the stored time of the last sample may become while nothing else changes; half of a no-data limit if longer. */
const KEEP_MS = 30_000;

/** How old what is smoothed or learned may become: it changes with every sample. */
export const KEEP_MEMO_MS = 5 * 60_000;

/**
 * Whether `state` must be written over what is stored. What is pending or fires must at once. The time of the last sample, and what is
 * smoothed and learned, change with every reading and alone are worth a write only now and then: a crash in between, not a restart, costs the
 * samples of these minutes, and what waits in `learners.ts`.
 */
export function mustSave(stored: RuleState | undefined, state: RuleState): boolean {
  if (!stored) return !isIdle(state);
  const [was, is] = [stored.alert, state.alert];
  if (was?.at !== is?.at || was?.id !== is?.id || was?.level !== is?.level) return true;
  if (was?.raisedAt !== is?.raisedAt || was?.untoldSince !== is?.untoldSince) return true;
  if (stored.said !== state.said || stored.raises !== state.raises) return true;
  if (stored.endsAt !== state.endsAt || stored.lookAt !== state.lookAt) return true;
  const fires = is !== undefined;
  if (!state.points) return partsMustSave(stored.parts, state.parts, fires);
  const points = Object.entries(state.points);
  if (points.length !== Object.keys(stored.points ?? {}).length) return true;
  return points.some(([key, now]) => partsMustSave(stored.points?.[key] ?? [], now, fires));
}

const partsMustSave = (was: PartStates, now: PartStates, fires: boolean): boolean =>
  now.some((part, index) => partMustSave(was[index] ?? null, part, fires));

const tellsAnew = (was: PartState, is: PartState): boolean =>
  was.level !== is.level ||
  was.since !== is.since ||
  was.count !== is.count ||
  was.hardSince !== is.hardSince ||
  was.hardCount !== is.hardCount ||
  was.clearSince !== is.clearSince ||
  was.easeSince !== is.easeSince ||
  was.from !== is.from;

function partMustSave(was: PartState | null, is: PartState | null, fires: boolean): boolean {
  if (!was || !is) return was !== is;
  if (tellsAnew(was, is)) return true;
  const ageMs = is.heard - was.heard;
  if ((was.memo !== is.memo || was.window !== is.window) && ageMs >= KEEP_MEMO_MS) return true;
  if (
    (was.memo === undefined) !== (is.memo === undefined) ||
    (was.window === undefined) !== (is.window === undefined)
  )
    return true;
  if (was.due === is.due) return fires && is.level !== undefined && ageMs >= KEEP_MS;
  // Silence is asked anew when it is due; what else is due must not be found to have passed by whoever follows.
  if (was.due === undefined || is.due === undefined || is.lag !== undefined) return true;
  // Who is now expected earlier must be missed earlier, too.
  if (dueOf(is) < dueOf(was)) return true;
  return ageMs >= Math.max(KEEP_MS, (dueOf(is) - is.heard) / 2);
}
