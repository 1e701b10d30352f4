import { z } from 'zod';
import type { Reading } from '../../model/readings.ts';
import { localTime } from '../../platform/local-time.ts';
import { lagOf } from '../conditions.ts';
import type { AbsencePart } from '../rule.ts';
import type { PartState } from '../rule-state.ts';
import { memoOf, says } from './sample.ts';

/** Of the local day whose time it looks at: whether a sign was seen, and the last values of the signals that are to rise. */
export type AbsenceMemo = { day: number; seen: boolean; values: Readonly<Record<string, number>> };

/** What a stored memo must look like. */
export const absenceMemo = z.strictObject({
  day: z.int(),
  seen: z.boolean(),
  values: z.record(z.string(), z.number()),
});

const NO_DAY = -1;

/**
 * Any reading of a device that has ever told one of the signals: that it speaks between the two times makes the absence due, a sign calls
 * it off, then or later. A number that rises is a sign when it is higher than it last was within the time.
 */
export function stepAbsence(part: AbsencePart, before: PartState | null, reading: Reading): PartState | null {
  const { observedAt: last, receivedAt: heard } = reading;
  const state = dueAbsence(part, before, last);
  const day = dayOf(part, last);
  const memo = memoOf<AbsenceMemo>(state);
  if (!memo && !part.signs.some(({ signal }) => signal === reading.signal)) return state;
  if (day === undefined && !state?.level) return memo ? state : { last, heard, memo: unseen(NO_DAY) };
  const known = memo && (state?.level || memo.day === day) ? memo : unseen(day ?? 0);
  if (known.seen && !state?.level) return state;
  if (isSign(part, known.values, reading))
    return { last, heard, memo: day === undefined ? unseen(NO_DAY) : { ...unseen(day), seen: true } };
  const values = valuesAfter(part, known.values, reading);
  if (known === memo && values === known.values) return state;
  const next = { last, heard, memo: { ...known, values } };
  return state?.level ? { ...state, ...next } : { ...next, due: endOf(part, known.day), lag: lagOf(reading) };
}

/** It is that time of the day, and nothing was seen. */
export function dueAbsence(_part: AbsencePart, state: PartState | null, now: number): PartState | null {
  if (state?.due === undefined || state.due > now) return state;
  const { due: since, lag: _past, ...rest } = state;
  return { ...rest, since, level: 1 };
}

const unseen = (day: number): AbsenceMemo => ({ day, seen: false, values: {} });

/** The local day on which the time began that this moment lies in. */
function dayOf({ from, by, timeZone }: AbsencePart, at: number): number | undefined {
  const local = localTime(timeZone);
  const minute = local.minuteOf(at);
  if (from < by) return minute >= from && minute < by ? local.dayOf(at) : undefined;
  if (minute >= from) return local.dayOf(at);
  return minute < by ? local.dayOf(at) - 1 : undefined;
}

const endOf = ({ from, by, timeZone }: AbsencePart, day: number): number =>
  localTime(timeZone).at(from < by ? day : day + 1, by);

const isSign = ({ signs }: AbsencePart, values: AbsenceMemo['values'], { signal, value }: Reading): boolean =>
  signs.some((sign) => {
    if (sign.signal !== signal) return false;
    if (sign.match !== 'rises') return says(sign.match, value);
    const before = values[signal];
    return before !== undefined && typeof value === 'number' && value > before;
  });

/** The same where none is new. */
function valuesAfter(
  { signs }: AbsencePart,
  values: AbsenceMemo['values'],
  { signal, value }: Reading,
): AbsenceMemo['values'] {
  if (typeof value !== 'number' || values[signal] === value) return values;
  const isWatched = signs.some((sign) => sign.signal === signal && sign.match === 'rises');
  return isWatched ? { ...values, [signal]: value } : values;
}
