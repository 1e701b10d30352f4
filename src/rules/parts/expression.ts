import { z } from 'zod';
import type { Reading } from '../../model/readings.ts';
import { definitionOf } from '../../model/signals.ts';
import { lagOf } from '../conditions.ts';
import { compileExpression } from '../expressions.ts';
import type { ExpressionPart } from '../rule.ts';
import type { PartState } from '../rule-state.ts';
import { memoOf } from './sample.ts';

type Value = number | boolean | string;
type Latest = Readonly<Record<string, readonly [at: number, value: Value]>>;

/** The latest values by the names that the expression reads. */
export type ExpressionMemo = { values: Latest };

/** What a stored memo must look like. */
export const expressionMemo = z.strictObject({
  values: z.record(z.string(), z.tuple([z.number(), z.union([z.number(), z.boolean(), z.string()])])),
});

interface Programs {
  when: ReturnType<typeof compileExpression>;
  clear: ReturnType<typeof compileExpression> | undefined;
  /** It reads states alone: they hold until the device says otherwise, where a number must be measured again. */
  holds: boolean;
}

/**
 * A reading of what the expression reads. While a value is missing or too old it says nothing: what is pending begins anew, what is true
 * stays true.
 */
export function stepExpression(
  part: ExpressionPart,
  before: PartState | null,
  reading: Reading,
): PartState | null {
  const { value, observedAt: last, receivedAt: heard } = reading;
  if (typeof value === 'object' || !part.reads.some((read) => isOf(read, reading))) return before;
  const state = dueExpression(part, before, last);
  const values = { ...memoOf<ExpressionMemo>(state)?.values };
  for (const read of part.reads) if (isOf(read, reading)) values[read.name] = [last, value];
  const sample = { last, heard, memo: { values } };
  const { when, clear, holds } = programsOf(part);
  const known = knownAt(part, values, last);
  const isTrue = known && when.evaluate(known);
  const lag = holds ? lagOf(reading) : undefined;
  if (!state?.level) return isTrue ? pending(part, { state, sample, lag }) : sample;
  const isOver = known && (clear ? clear.evaluate(known) === true : isTrue === false);
  return isOver
    ? clearing(part, { state, sample, lag })
    : { ...sample, ...sinceOf(state), level: state.level };
}

/** What holds has held for long enough. */
export function dueExpression(part: ExpressionPart, state: PartState | null, now: number): PartState | null {
  if (state?.due === undefined || state.due > now) return state;
  const { due, lag: _past, clearSince: _over, level, ...rest } = state;
  if (level) {
    const { since: _was, ...idle } = rest;
    return idle;
  }
  const values = memoOf<ExpressionMemo>(state)?.values ?? {};
  return knownAt(part, values, due) ? { ...rest, level: 1 } : rest;
}

interface Moment {
  state: PartState | null;
  sample: { last: number; heard: number; memo: ExpressionMemo };
  /** Where time alone brings it about. */
  lag: number | undefined;
}

function pending({ forMs }: ExpressionPart, { state, sample, lag }: Moment): PartState {
  const since = state?.since ?? sample.last;
  if (sample.last - since >= forMs) return { ...sample, since, level: 1 };
  return { ...sample, since, ...(lag === undefined ? {} : { due: since + forMs, lag }) };
}

function clearing(
  { clearForMs }: ExpressionPart,
  { state, sample, lag }: Moment & { state: PartState },
): PartState {
  const clearSince = state.clearSince ?? sample.last;
  if (sample.last - clearSince >= clearForMs) return sample;
  const due = lag === undefined ? {} : { due: clearSince + clearForMs, lag };
  return { ...sample, ...sinceOf(state), level: state.level ?? 1, clearSince, ...due };
}

const sinceOf = ({ since }: PartState): { since?: number } => (since === undefined ? {} : { since });

const isOf = (read: ExpressionPart['reads'][number], { signal, channel }: Reading): boolean =>
  read.signal === signal && read.channel === channel;

/** The values by their names, unless one is missing or too old. */
function knownAt({ reads, maxAgeMs }: ExpressionPart, values: Latest, at: number) {
  const known: Record<string, Value> = {};
  for (const { name } of reads) {
    const value = values[name];
    if (!value || at - value[0] > maxAgeMs) return undefined;
    known[name] = value[1];
  }
  return known;
}

const compiled = new WeakMap<ExpressionPart, Programs>();

function programsOf(part: ExpressionPart): Programs {
  const ready = compiled.get(part);
  if (ready) return ready;
  const programs: Programs = {
    when: compileExpression(part.when),
    clear: part.clear === undefined ? undefined : compileExpression(part.clear),
    holds: part.reads.every(({ signal }) => definitionOf(signal).kind !== 'number'),
  };
  compiled.set(part, programs);
  return programs;
}
