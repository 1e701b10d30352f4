/** The canonical signals: every reading names one of these and is given in its unit, whatever the device said. */

export interface Location {
  /** WGS-84 degrees. */
  latitude: number;
  longitude: number;
  altitude?: number;
  accuracyM?: number;
  source: 'gps' | 'wifi' | 'cell' | 'beacon' | 'vendor';
  satellites?: number;
  speedKmh?: number;
}

export interface NetworkScan {
  cells: { mcc?: number; mnc?: number; lac: number; cid: number; rssi?: number }[];
  wifi: { name?: string; mac: string; rssi?: number }[];
}

export type SignalKind = 'number' | 'boolean' | 'event' | 'enum' | 'location' | 'network_scan';

export interface SignalDefinition {
  kind: SignalKind;
  unit?: string;
  loinc?: string;
  /** Plausible range, both ends included; what lies outside is no measurement. */
  range?: readonly [number | null, number | null];
  values?: readonly string[];
}

const number = (unit: string, min: number | null, max: number | null, loinc?: string): SignalDefinition => ({
  kind: 'number',
  unit,
  range: [min, max],
  ...(loinc ? { loinc } : {}),
});
const event: SignalDefinition = { kind: 'event' };
const state: SignalDefinition = { kind: 'boolean' };

export const signals = {
  heart_rate: number('/min', 20, 250, '8867-4'),
  spo2: number('%', 50, 100, '59408-5'),
  systolic: number('mmHg', 50, 260, '8480-6'),
  diastolic: number('mmHg', 30, 180, '8462-4'),
  body_temperature: number('°C', 30, 44, '8310-5'),
  respiratory_rate: number('/min', 4, 60, '9279-1'),
  blood_glucose: number('mmol/L', 1, 35),
  steps: number('count', 0, null),
  location: { kind: 'location' },
  network_scan: { kind: 'network_scan' },
  sos: event,
  service_call: event,
  fall: event,
  no_motion: event,
  worn: state,
  moving: state,
  charging: state,
  fence_exit: event,
  fence_enter: event,
  general_alarm: event,
  vibration: event,
  power_off: event,
  power_on: event,
  battery: number('%', 0, 100),
  battery_voltage: number('V', 0, 60),
  battery_low: state,
  tamper: state,
  sensor_fault: state,
  online: state,
  rssi: number('dBm', null, null),
  snr: number('dB', null, null),
  water_leak: state,
  leak_position: number('mm', 0, null),
  water_pressure: number('kPa', -100, 4000),
  water_flow: number('L/h', null, null),
  water_volume: number('L', 0, null),
  water_temperature: number('°C', -20, 120),
  level_distance: number('mm', 0, null),
  level_depth: number('mm', 0, null),
  fill: number('%', 0, 100),
  valve_position: { kind: 'enum', values: ['open', 'closed', 'moving', 'fault'] },
  cover_open: state,
  tilt: number('°', -360, 360),
  breaker_position: { kind: 'enum', values: ['closed', 'open', 'unknown'] },
  breaker_opened_by: { kind: 'enum', values: ['trip', 'remote', 'local', 'schedule', 'prepay', 'unknown'] },
  breaker_fault: event,
  voltage: number('V', 0, 1000),
  current: number('A', -1000, 1000),
  residual_current: number('mA', 0, 30000),
  power: number('W', null, null),
  reactive_power: number('var', null, null),
  apparent_power: number('VA', null, null),
  energy_import: number('Wh', 0, null),
  energy_export: number('Wh', 0, null),
  power_factor: number('', 0, 1),
  frequency: number('Hz', 0, 1000),
  conductor_temperature: number('°C', -40, 200),
  breaker_temperature: number('°C', -40, 200),
  smoke: state,
  gas: state,
  carbon_monoxide: state,
  fire: state,
} as const satisfies Record<string, SignalDefinition>;

export type Signal = keyof typeof signals;

export const breakerFaultCauses = [
  'short_circuit',
  'overload',
  'over_current',
  'over_voltage',
  'under_voltage',
  'phase_loss',
  'phase_unbalance',
  'residual_current',
  'over_temperature',
  'arc_fault',
  'surge',
  'fire',
  'high_power',
  'power_outage',
  'negative_power',
  'self_test_failed',
  'credit',
  'unspecified',
] as const;
export type BreakerFaultCause = (typeof breakerFaultCauses)[number];

/** Signals whose occurrence takes the lane of life. The level ones among them count only while true. */
export const lifeSignals = [
  'sos',
  'fall',
  'service_call',
  'smoke',
  'gas',
  'carbon_monoxide',
  'fire',
] as const satisfies readonly Signal[];
export type LifeSignal = (typeof lifeSignals)[number];

const lifeSet: ReadonlySet<string> = new Set(lifeSignals);

export function isSignal(name: string): name is Signal {
  return Object.hasOwn(signals, name);
}

export function isLifeSignal(name: string): name is LifeSignal {
  return lifeSet.has(name);
}

export function definitionOf(signal: Signal): SignalDefinition {
  return signals[signal];
}

/** Whether a number is a measurement of this signal: finite and inside the plausible range. */
export function isPlausible(signal: Signal, value: number): boolean {
  if (!Number.isFinite(value)) return false;
  const [min, max] = definitionOf(signal).range ?? [null, null];
  return (min === null || value >= min) && (max === null || value <= max);
}
