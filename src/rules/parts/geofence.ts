import { z } from 'zod';
import { distanceM } from '../../model/geo.ts';
import type { Home, Reading } from '../../model/readings.ts';
import type { Location } from '../../model/signals.ts';
import type { GeofencePart } from '../rule.ts';
import type { PartState } from '../rule-state.ts';
import { memoOf } from './sample.ts';

const MS_PER_HOUR = 3_600_000;
/** A fix by radio cell that does not say how accurate it is. */
const CELL_ACCURACY_M = 1000;

/** The last fix that was believed. */
export type GeofenceMemo = { at: number; latitude: number; longitude: number; distanceM: number };

/** What a stored memo must look like. */
export const geofenceMemo = z.strictObject({
  at: z.number(),
  latitude: z.number(),
  longitude: z.number(),
  distanceM: z.number(),
});

/** A fix of a device whose wearer has a home to be watched. */
export function stepGeofence(
  part: GeofencePart,
  state: PartState | null,
  reading: Reading,
): PartState | null {
  const fix = locationOf(reading);
  if (!fix || state?.last === reading.observedAt) return state;
  const { home, observedAt: last, receivedAt: heard } = reading;
  if (!home) return null;
  const accuracyM = fix.accuracyM ?? (fix.source === 'cell' ? CELL_ACCURACY_M : 0);
  if (accuracyM > part.accuracyM) return state;
  if (isTooFast(part, memoOf<GeofenceMemo>(state), { fix, at: last })) return state;
  const memo: GeofenceMemo = {
    at: last,
    latitude: fix.latitude,
    longitude: fix.longitude,
    distanceM: Math.round(distanceM(fix, home)),
  };
  const known = state && last - state.last <= part.maxGapMs ? state : null;
  const moment = { known, sample: { last, heard, memo }, home };
  return state?.level ? returning(part, moment, state) : leaving(part, moment, accuracyM);
}

interface Moment {
  /** Undefined after a gap in which anything may have happened. */
  known: PartState | null;
  sample: { last: number; heard: number; memo: GeofenceMemo };
  home: Home;
}

/** Pending or not, by a fix that may lie beyond the fence. */
function leaving(part: GeofencePart, { known, sample, home }: Moment, accuracyM: number): PartState {
  const radiusM = home.radiusM ?? part.radiusM;
  const { last, memo } = sample;
  if (memo.distanceM <= radiusM) return sample;
  const pending = known?.since === undefined ? {} : { since: known.since, count: known.count ?? 0 };
  // It may be either side of the fence: that says nothing.
  if (memo.distanceM - accuracyM <= radiusM) return { ...sample, ...pending };
  const since = known?.since ?? last;
  const count = (known?.count ?? 0) + 1;
  const isLong = last - since >= part.forMs && count >= part.minSamples;
  return isLong ? { ...sample, since, level: 1 } : { ...sample, since, count };
}

/** Away until fixes near home have come for long enough. */
function returning(
  { radiusM, clear }: GeofencePart,
  { known, sample, home }: Moment,
  state: PartState,
): PartState {
  const { since = sample.last, level = 1 } = state;
  const away = { ...sample, since, level };
  if (sample.memo.distanceM > (clear.radiusM * (home.radiusM ?? radiusM)) / radiusM) return away;
  const clearSince = known?.clearSince ?? sample.last;
  const count = known?.clearSince === undefined ? 1 : (known.count ?? 0) + 1;
  const isBack = sample.last - clearSince >= clear.forMs && count >= clear.minSamples;
  return isBack ? sample : { ...away, clearSince, count };
}

function isTooFast(
  { maxSpeedKmh }: GeofencePart,
  from: GeofenceMemo | undefined,
  { fix, at }: { fix: Location; at: number },
): boolean {
  if (!from || at <= from.at) return false;
  const km = distanceM(from, fix) / 1000;
  return km / ((at - from.at) / MS_PER_HOUR) > maxSpeedKmh;
}

const locationOf = ({ value }: Reading): Location | undefined =>
  typeof value === 'object' && 'latitude' in value ? value : undefined;
