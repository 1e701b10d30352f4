import { definitionOf, type Signal } from '../../model/signals.ts';
import { localTime } from '../../platform/local-time.ts';
import type { AbsenceMemo } from '../parts/absence.ts';
import { personalPart } from '../parts/personal.ts';
import { MOST_SAMPLES, memoOf } from '../parts/sample.ts';
import type { ThresholdMemo } from '../parts/threshold-input.ts';
import { learnerLimits, quietLimits } from '../quiet-limits.ts';
import {
  type AbsencePart,
  isBeyond,
  type Limit,
  type Part,
  type Personal,
  type Rule,
  type Said,
  type ThresholdPart,
} from '../rule.ts';
import { signalsOf } from '../rule-index.ts';
import type { PartState, RuleState } from '../rule-state.ts';

/** A stretch of one series: between which values its readings lie; from where to where it may reach, in device time. */
export interface Stretch {
  signal: Signal;
  /** NaN where they are no numbers; booleans are 0 and 1, words their place among the values of the signal. */
  least: number;
  greatest: number;
  from: number;
  to: number;
}

/** Whether readings of a stretch cannot move the rule: it is as if they had not been said. */
type Quiet = (stretch: Stretch, state: PartState | null) => boolean;

/**
 * What of a rule can be told without playing it: a stretch that leaves every part idle need not be heard. `behindMs` of it must be heard
 * after all before something else is: a smoothed value is made of them.
 */
export interface QuietRule {
  behindMs: number;
  isQuiet(stretch: Stretch, state: RuleState | undefined): boolean;
}

/** Of a rule as it reads for the device. Undefined where it must hear everything. */
export function quietRule(rule: Rule): QuietRule | undefined {
  if (rule.per || rule.inhibitedBy) return undefined;
  const parts = rule.parts.map(quietPart);
  if (parts.includes(undefined)) return undefined;
  const limitsOf = limitsBySignal(rule);
  return {
    behindMs: Math.max(0, ...rule.parts.map(behindOf)),
    isQuiet(stretch, state) {
      if (state && !isStill(state, rule)) return false;
      if (rule.ignoreWhile && !isCounted(rule.ignoreWhile, stretch, state)) return false;
      const limits = limitsOf(stretch.signal);
      if (limits) return isForgotten(state) && isBetween(limits, stretch);
      return parts.every((quiet, index) => quiet?.(stretch, state?.parts[index] ?? null));
    },
  };
}

/** Where the parts that hear a signal all hold it against limits that never move: these. Asked of thousands of stretches. */
function limitsBySignal(rule: Rule): (signal: Signal) => readonly Limit[] | undefined {
  const known = new Map<Signal, readonly Limit[] | undefined>();
  return (signal) => {
    if (!known.has(signal)) known.set(signal, quietLimits(rule, signal) ?? learnerLimits(rule, signal));
    return known.get(signal);
  };
}

function isForgotten(state: RuleState | undefined): boolean {
  if (!state) return true;
  for (const part of state.parts) if (!isUntouched(part)) return false;
  return true;
}

function isBetween(limits: readonly Limit[], { least, greatest }: Stretch): boolean {
  if (limits.length > 0 && Number.isNaN(least)) return false;
  for (const limit of limits) if (isBeyond(limit, isUpper(limit) ? greatest : least)) return false;
  return true;
}

/** Nothing happens by time alone, and an alert that stands was told and is raised once. */
const isStill = ({ alert, points, lookAt, endsAt }: RuleState, { againAfterMs }: Rule): boolean =>
  !points &&
  lookAt === undefined &&
  endsAt === undefined &&
  (!alert || (againAfterMs === undefined && alert.untoldSince === undefined));

/** Nothing that makes samples not count was said before, or is said in this stretch. */
function isCounted(ignoreWhile: readonly Said[], stretch: Stretch, state: RuleState | undefined): boolean {
  return ignoreWhile.every(
    ({ signal, is }) =>
      state?.said?.[signal] === undefined && (signal !== stretch.signal || isNever(stretch, is)),
  );
}

/** No value of the stretch is this state or word. */
function isNever({ signal, least, greatest }: Stretch, is: boolean | string): boolean {
  const { kind, values } = definitionOf(signal);
  const number = typeof is === 'boolean' ? Number(is) : (values?.indexOf(is) ?? -1);
  return kind !== 'number' && (number < least || number > greatest);
}

const isUntouched = (state: PartState | null): boolean => !state || isOnlyMemory(state);

const isOnlyMemory = (state: PartState): boolean =>
  !state.level && state.since === undefined && state.hardSince === undefined && state.due === undefined;

function quietPart(part: Part): Quiet | undefined {
  const watched = signalsOf(part);
  const unconcerned = (quiet: Quiet): Quiet => {
    return (stretch, state) =>
      watched.includes('any') || watched.includes(stretch.signal)
        ? quiet(stretch, state)
        : isUntouched(state);
  };
  switch (part.type) {
    case 'threshold':
      return part.smooth?.kind === 'ewma' || part.smooth?.kind === 'rate' || part.smooth?.kind === 'range'
        ? undefined
        : unconcerned(quietThreshold(part));
    case 'absence':
      return unconcerned(quietAbsence(part));
    case 'state':
      return unconcerned(quietState(part.signal, part.is));
    case 'event':
      return unconcerned(quietState(part.signal, true));
    default:
      return undefined;
  }
}

/** Smoothed samples are kept by slots of the time: two slots more than its length make the same of them. */
const behindOf = (part: Part): number =>
  part.type === 'threshold' && part.smooth ? Math.ceil(part.smooth.overMs * (1 + 2 / MOST_SAMPLES)) : 0;

/**
 * A median, a mean, a lowest or highest of samples that are all within the limits is so, too. Outside of the quiet hours nothing is learned,
 * and the limits of the wearer stay what they are.
 */
function quietThreshold(part: ThresholdPart): Quiet {
  const { personal, hard } = part;
  const touches = personal && touching(personal);
  return ({ least, greatest, from, to }, state) => {
    if (!isUntouched(state) || Number.isNaN(least)) return false;
    const isWithin = (limit: Limit): boolean => !isBeyond(limit, isUpper(limit) ? greatest : least);
    if (hard && !isWithin(hard.limit)) return false;
    if (!touches) return isWithin(part.soft);
    const memo = memoOf<ThresholdMemo>(state)?.personal;
    if (memo?.night !== undefined || touches(from, to)) return false;
    return isWithin(personalPart(part, memo).soft);
  };
}

const isUpper = ({ op }: Limit): boolean => op === 'above' || op === 'at_least';

type Times = Pick<Personal, 'from' | 'to' | 'timeZone'>;

/** Whether a stretch that is shorter than half a day touches a time of the local day; asked of several series one after the other. */
function touching({ from, to, timeZone }: Times): (start: number, end: number) => boolean {
  const local = localTime(timeZone);
  const isIn = (minute: number): boolean =>
    from < to ? minute >= from && minute < to : minute >= from || minute < to;
  const touches = (start: number, end: number): boolean => {
    if (isIn(local.minuteOf(start)) || isIn(local.minuteOf(end))) return true;
    const day = local.dayOf(start);
    return [day, day + 1].some((each) => {
      const begins = local.at(each, from);
      return begins >= start && begins <= end;
    });
  };
  let last = { start: Number.NaN, end: Number.NaN, touches: false };
  return (start, end) => {
    if (last.start !== start || last.end !== end) last = { start, end, touches: touches(start, end) };
    return last.touches;
  };
}

/** Nothing counts before the first sign, and what is no sign only makes the absence due, once a day. */
function quietAbsence(part: AbsencePart): Quiet {
  const signs = new Set(part.signs.map(({ signal }) => signal));
  const local = localTime(part.timeZone);
  const touches = touching({ from: part.from, to: part.by, timeZone: part.timeZone });
  return ({ signal, from, to }, state) => {
    if (state?.due !== undefined && state.due <= to) return false;
    const memo = memoOf<AbsenceMemo>(state);
    if (!memo || state?.level) return !signs.has(signal);
    if (!touches(from, to)) return true;
    const isKnown = memo.day === local.dayOf(from) && memo.day === local.dayOf(to) && part.from < part.by;
    return isKnown && (memo.seen || !signs.has(signal));
  };
}

/** No sample is what the state or event would be; what ends it counts only once it is. */
const quietState =
  (signal: Signal, is: boolean | string): Quiet =>
  (stretch, state) =>
    !state && (stretch.signal !== signal || isNever(stretch, is));
