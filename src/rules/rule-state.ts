import { z } from 'zod';

/** 1: beyond the soft limit long enough, or true; 2: beyond the hard limit. */
export type Level = 1 | 2;

/** What is remembered of one part of a rule for one point; absent values stand for nothing. */
export interface PartState {
  /** The newest sample considered: device time, and when we got it. */
  last: number;
  heard: number;
  /** Of silence: it has not said a word yet, and `heard` is when it was registered. */
  never?: true;
  /** Of silence: the longest interval between two signs of life; it shrinks with each, so that an outage is forgotten. */
  gap?: number;
  /** Pending: true since then, in this many samples. Of an event that stands: when it was last said. */
  since?: number;
  count?: number;
  level?: Level;
  /** Firing: beyond the clear limit, or said to be over, since then. */
  clearSince?: number;
  /** When it comes true or ends without a further reading, by our clock. */
  due?: number;
  /** Of a drop: the highest samples of the time that it looks at, with their times, the later ones lower. */
  window?: readonly (readonly [at: number, value: number])[];
  /** Of a drop that is true: what it fell from. */
  from?: number;
}

export type PartStates = readonly (PartState | null)[];

/** The memory of a rule for its scope: pending while a part has `since`, firing while there is an `alert`. */
export interface RuleState {
  parts: PartStates;
  /** Of a rule per asset: what each point says, by `pointKey`; `parts` is then the foremost of each. */
  points?: Readonly<Record<string, PartStates>>;
  alert?: { at: number; id?: number; level: Level; part: number };
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
      level: level.exactOptional(),
      clearSince: z.number().exactOptional(),
      due: z.number().exactOptional(),
      window: z.array(z.tuple([z.number(), z.number()])).exactOptional(),
      from: z.number().exactOptional(),
    })
    .nullable(),
);
const stored = z.object({
  parts,
  points: z.record(z.string(), parts).exactOptional(),
  alert: z
    .object({ at: z.number(), id: z.number().exactOptional(), level, part: z.int().nonnegative() })
    .exactOptional(),
});
const alertOnly = z.object({ alert: z.object({ id: z.number() }) });

/** A stored state, or undefined where it does not fit a rule of so many parts: then the rule was rewritten. */
export function parseState(
  value: unknown,
  rule: { parts: readonly unknown[]; per?: 'asset' },
): RuleState | undefined {
  const parsed = stored.safeParse(value);
  const { length } = rule.parts;
  if (!parsed.success || parsed.data.parts.length !== length) return undefined;
  const { alert, points } = parsed.data;
  if ((points === undefined) !== (rule.per === undefined)) return undefined;
  if (points && Object.values(points).some((point) => point.length !== length)) return undefined;
  return alert && alert.part >= length ? undefined : parsed.data;
}

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
  return !state.alert && pointsOf(state).every((point) => point.every(isPartIdle));
}

export const isPartIdle = (part: PartState | null): boolean =>
  !part || (!part.level && part.since === undefined && part.due === undefined && part.window === undefined);

/** When a tick must look at this state, by our clock. */
export function dueAt(state: RuleState): number | undefined {
  let due: number | undefined;
  for (const point of pointsOf(state))
    for (const part of point)
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
  const fires = is !== undefined;
  if (!state.points) return partsMustSave(stored.parts, state.parts, fires);
  const points = Object.entries(state.points);
  if (points.length !== Object.keys(stored.points ?? {}).length) return true;
  return points.some(([key, parts]) => partsMustSave(stored.points?.[key] ?? [], parts, fires));
}

const partsMustSave = (stored: PartStates, parts: PartStates, fires: boolean): boolean =>
  parts.some((part, index) => partMustSave(stored[index] ?? null, part, fires));

function partMustSave(was: PartState | null, is: PartState | null, fires: boolean): boolean {
  if (!was || !is) return was !== is;
  if (was.level !== is.level || was.since !== is.since || was.count !== is.count) return true;
  if (was.clearSince !== is.clearSince || was.window !== is.window || was.from !== is.from) return true;
  if (was.due === is.due) return fires && is.level !== undefined && is.heard - was.heard >= KEEP_MS;
  if (was.due === undefined || is.due === undefined) return true;
  return is.heard - was.heard >= Math.max(KEEP_MS, (is.due - is.heard) / 10);
}
