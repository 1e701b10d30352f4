import type { Signal } from '../src/model/signals.ts';

/** A number of a device becomes ours as `value * factor + offset`. */
export interface Conversion {
  factor: number;
  offset: number;
}

const times = (factor: number): Conversion => ({ factor, offset: 0 });
const GALLON_L = 3.785411784;
const CUBIC_FOOT_L = 28.316846592;

const volume: Readonly<Record<string, number>> = {
  ml: 0.001,
  l: 1,
  liter: 1,
  liters: 1,
  litre: 1,
  litres: 1,
  hl: 100,
  m3: 1000,
  gal: GALLON_L,
  gallon: GALLON_L,
  gallons: GALLON_L,
  ft3: CUBIC_FOOT_L,
  cf: CUBIC_FOOT_L,
};
const perHour: Readonly<Record<string, number>> = {
  s: 3600,
  sec: 3600,
  min: 60,
  m: 60,
  h: 1,
  hr: 1,
  hour: 1,
};
const flow: Readonly<Record<string, number>> = {
  lpm: 60,
  gpm: GALLON_L * 60,
  ...Object.fromEntries(
    Object.entries(volume).flatMap(([unit, litres]) =>
      Object.entries(perHour).map(([time, factor]) => [`${unit}/${time}`, litres * factor]),
    ),
  ),
};
const pressure = { pa: 0.001, hpa: 0.1, mbar: 0.1, kpa: 1, bar: 100, Mpa: 1000, psi: 6.894757 };
const length = { mm: 1, cm: 10, dm: 100, m: 1000, in: 25.4, inch: 25.4, ft: 304.8 };
const energy = { wh: 1, kwh: 1000, Mwh: 1_000_000 };
const celsius = { '°c': 1, c: 1, 度: 1 };
const volt = { v: 1, mv: 0.001, kv: 1000 };
const ampere = { a: 1, ma: 0.001 };
const watt = { w: 1, mw: 0.001, kw: 1000, Mw: 1_000_000 };
const percent = { '%': 1 };
const bloodPressure = { mmhg: 1, kpa: 7.50062 };

/** Factors into the unit of each signal. Letters are small; only a mega keeps its capital, or it would be a milli. */
const factors: Partial<Record<Signal, Readonly<Record<string, number>>>> = {
  water_volume: volume,
  water_flow: flow,
  water_pressure: pressure,
  level_distance: length,
  level_depth: length,
  leak_position: length,
  fill: percent,
  battery: percent,
  battery_voltage: volt,
  voltage: volt,
  current: ampere,
  residual_current: { ma: 1, a: 1000, µa: 0.001, ua: 0.001 },
  power: watt,
  reactive_power: { var: 1, kvar: 1000 },
  apparent_power: { va: 1, kva: 1000 },
  energy_import: energy,
  energy_export: energy,
  power_factor: { '%': 0.01, '': 1 },
  frequency: { hz: 1, khz: 1000 },
  water_temperature: celsius,
  breaker_temperature: celsius,
  conductor_temperature: celsius,
  respiratory_rate: { 'breaths/min': 1, '/min': 1, bpm: 1, rpm: 1 },
  heart_rate: { bpm: 1, '/min': 1, 'beats/min': 1, '次/分': 1 },
  spo2: percent,
  systolic: bloodPressure,
  diastolic: bloodPressure,
  body_temperature: celsius,
  blood_glucose: { 'mmol/l': 1, 'mg/dl': 1 / 18.016 },
  rssi: { dbm: 1 },
  snr: { db: 1 },
  tilt: { '°': 1, deg: 1 },
};

function spelling(unit: string): string {
  const plain = unit
    .trim()
    .replaceAll('³', '3')
    .replaceAll('^', '')
    .replaceAll('℃', '°c')
    .replaceAll(' ', '');
  return /^M[PWp]/.test(plain) ? `M${plain.slice(1).toLowerCase()}` : plain.toLowerCase();
}

/** How a number in this unit becomes one of the signal; undefined where the unit does not measure it. */
export function conversionOf(signal: Signal, unit: string): Conversion | undefined {
  const plain = spelling(unit);
  const known = factors[signal];
  if (known === celsius && (plain === '°f' || plain === 'f')) return { factor: 5 / 9, offset: -160 / 9 };
  const factor = known && Object.hasOwn(known, plain) ? known[plain] : undefined;
  return factor === undefined ? undefined : times(factor);
}

/** Power that flows back comes as a huge number: what a counter of 24 or 32 bits, or a tenth of it, lacks to its end. */
const WRAPS = [0x19999a, 0x1000000, 0x1999999c, 0x100000000];

/** A power that may be negative: see `WRAPS`. */
export function unwrapped(value: number): number {
  const end = WRAPS.find((wrap) => value > wrap * 0.9 && value <= wrap);
  return end === undefined ? value : Math.round((value - end) * 10) / 10;
}
