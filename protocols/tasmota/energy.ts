/** `ENERGY` of `SENSOR`: one number, or an array with one for each phase or circuit. Energy is in kWh. */
import { isPlausible, type Signal } from '../../src/model/signals.ts';
import { add, discard, isObject, type JsonObject, refuse, type Sink } from '../sink.ts';

type Channel = { channel?: string };

const QUANTITIES: readonly (readonly [key: string, signal: Signal, factor: number])[] = [
  ['Voltage', 'voltage', 1],
  ['Current', 'current', 1],
  ['Power', 'power', 1],
  ['ApparentPower', 'apparent_power', 1],
  ['ReactivePower', 'reactive_power', 1],
  ['Factor', 'power_factor', 1],
  ['Frequency', 'frequency', 1],
  ['Total', 'energy_import', 1000],
  ['ImportActive', 'energy_import', 1000],
  ['ExportActive', 'energy_export', 1000],
  ['ExportTotal', 'energy_export', 1000],
];
const PHASES = ['a', 'b', 'c'];
const MOST_POINTS = 32;

/** A number of ours; absent and `null` are none. */
export function put(sink: Sink, signal: Signal, value: unknown, place: Channel = {}): undefined {
  if (value === null || value === undefined) return;
  if (typeof value !== 'number') return refuse(sink, signal, 'a number', value);
  const rounded = Math.round(value * 1000) / 1000;
  if (!isPlausible(signal, rounded)) return discard(sink, signal, `${value} is not plausible`);
  add(sink, { signal, ...place, value: rounded });
}

/** Three are phases; any other count are circuits, the first of them 1. */
export function pointsOf(count: number): Channel[] {
  return Array.from({ length: Math.min(count, MOST_POINTS) }, (_, i) => ({
    channel: count === 3 ? (PHASES[i] ?? '') : String(i + 1),
  }));
}

function listOf(value: unknown): { values: unknown[]; places: Channel[] } {
  if (!Array.isArray(value)) return { values: [value], places: [{}] };
  if (value.length === 1) return { values: value, places: [{}] };
  return { values: value.slice(0, MOST_POINTS), places: pointsOf(value.length) };
}

const isZero = (value: unknown) =>
  Array.isArray(value) ? value.every((one) => one === 0 || one === null) : value === 0;

/** Zeros that stand for "not measured": a relay that is off shows no voltage, and no load has no power factor. */
function isPlaceholder(key: string, energy: JsonObject, index: number): boolean {
  if (key === 'Voltage' || key === 'Frequency') return isZero(energy[key]);
  if (key !== 'Factor') return false;
  const { Power: power, Current: current } = energy;
  return [power, current].some((load) => (Array.isArray(load) ? load[index] : load) === 0);
}

/** True where there is anything that a metering device tells. */
export function readEnergy(sink: Sink, energy: unknown): boolean {
  if (!isObject(energy)) return false;
  for (const [key, signal, factor] of QUANTITIES) {
    if (key === 'ImportActive' && energy.Total !== undefined) continue;
    if (key === 'ExportTotal' && energy.ExportActive !== undefined) continue;
    const { values, places } = listOf(energy[key]);
    values.forEach((value, i) => {
      if (value === 0 && isPlaceholder(key, energy, i)) return;
      const scaled = typeof value === 'number' ? value * factor : value;
      put(
        sink,
        signal,
        key === 'Factor' && typeof scaled === 'number' ? Math.abs(scaled) : scaled,
        places[i],
      );
    });
  }
  return true;
}
