import type { Reading } from '../model/readings.ts';
import type { Signal } from '../model/signals.ts';
import { LOOK_AGAIN_MS, lagOf, stepDrop, stepEvent, stepLimit, stepNoData, stepState } from './conditions.ts';
import type { RuleInput } from './evaluate.ts';
import { dueAbsence, stepAbsence } from './parts/absence.ts';
import { dueCount, stepCount } from './parts/count.ts';
import { dueExpression, stepExpression } from './parts/expression.ts';
import { stepGeofence } from './parts/geofence.ts';
import { memoOf } from './parts/sample.ts';
import { stepShift } from './parts/shift.ts';
import { type ThresholdMemo, thresholdInput } from './parts/threshold-input.ts';
import { isBeyond, type NoDataPart, type Part, type ThresholdPart } from './rule.ts';
import type { PartState } from './rule-state.ts';

type ReadingInput = Extract<RuleInput, { reading: Reading }>;

/** One part hears one reading. */
export function stepReading(part: Part, state: PartState | null, input: ReadingInput): PartState | null {
  const { reading } = input;
  if (input.type === 'device_reading' && (!state || mainSignal(part) === reading.signal)) return state;
  switch (part.type) {
    case 'threshold':
      return part.signal === reading.signal ? stepThreshold(part, state, reading) : state;
    case 'state':
      if (part.signal !== reading.signal && part.clearWhen?.signal !== reading.signal) return state;
      return stepState(part, state, reading);
    case 'event':
      if (part.signal !== reading.signal && part.stands?.until?.signal !== reading.signal) return state;
      return stepEvent(part, state, reading);
    case 'drop':
      return part.signal === reading.signal ? stepDrop(part, state, reading) : state;
    case 'no_data':
      if (input.type === 'device_reading' || !isMeantSign(part, reading)) return state;
      return stepNoData(part, state, {
        heardAt: reading.receivedAt,
        expectedEveryMs: input.expectedEveryMs,
        exactly: part.signals !== undefined,
      });
    case 'children_silent':
      return state;
    default:
      return withLag(stepFurther(part, state, reading), reading);
  }
}

/** What this reading made due is due by our clock as much later as the device's is behind. */
function withLag(state: PartState | null, reading: Reading): PartState | null {
  if (state?.due === undefined || state.lag !== undefined) return state;
  return { ...state, lag: lagOf(reading) };
}

type FurtherPart = Extract<Part, { type: 'count' | 'shift' | 'geofence' | 'absence' | 'expression' }>;

function stepFurther(part: FurtherPart, state: PartState | null, reading: Reading): PartState | null {
  switch (part.type) {
    case 'count':
      return part.signal === reading.signal ? stepCount(part, state, reading) : state;
    case 'shift':
      return part.signal === reading.signal ? stepShift(part, state, reading) : state;
    case 'geofence':
      return reading.signal === 'location' ? stepGeofence(part, state, reading) : state;
    case 'absence':
      return stepAbsence(part, state, reading);
    case 'expression':
      return stepExpression(part, state, reading);
  }
}

const isMeantSign = ({ signals }: NoDataPart, reading: Reading): boolean =>
  signals ? signals.includes(reading.signal) : isSignOfLife(reading);

const mainSignal = (part: Part): Signal | undefined => ('signal' in part ? part.signal : undefined);

/** `online: false` is what the broker says of a device that is gone. */
export const isSignOfLife = ({ signal, value }: Reading): boolean =>
  !(signal === 'online' && value === false);

function stepThreshold(part: ThresholdPart, state: PartState | null, reading: Reading): PartState | null {
  const { value, observedAt: at, receivedAt: heard } = reading;
  if (typeof value !== 'number' || !Number.isFinite(value)) return state;
  if (part.ignore && isBeyond(part.ignore, value)) return state;
  if (!part.smooth && !part.personal) return stepLimit(part, state, { at, heard, value });
  const input = thresholdInput(part, memoOf<ThresholdMemo>(state), { at, value, wearer: reading.subjectId });
  const { memo } = input;
  const pending = state && isOnlyMemo(state) ? null : state;
  const next =
    input.value === undefined ? pending : stepLimit(input.part, pending, { at, heard, value: input.value });
  if (!memo) return next;
  if (next) return { ...next, memo };
  return !pending && state?.memo === memo ? state : { last: at, heard, memo };
}

const isOnlyMemo = (state: PartState): boolean =>
  !state.level && state.since === undefined && state.hardSince === undefined;

/** Time alone brings about what was due `at`, by the clock that the part goes by. */
export function stepDue(part: Part, state: PartState, at: number): PartState | null {
  switch (part.type) {
    case 'event':
    case 'drop':
      return null;
    case 'children_silent':
      return { ...state, due: at + LOOK_AGAIN_MS };
    case 'count':
      return dueCount(part, state, at);
    case 'absence':
      return dueAbsence(part, state, at);
    case 'expression':
      return dueExpression(part, state, at);
    default: {
      if (state.clearSince !== undefined) return null;
      const { due: _done, lag: _none, ...rest } = state;
      return { ...rest, since: state.since ?? state.heard, level: 1 };
    }
  }
}
