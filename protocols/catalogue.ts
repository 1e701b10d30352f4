import type { Signal } from '../src/model/signals.ts';

export const modelKinds = [
  'wristband',
  'pendant',
  'button',
  'gateway',
  'leak',
  'pressure',
  'level',
  'water_meter',
  'valve',
  'manhole',
  'bin',
  'breaker',
  'power_meter',
  'smoke',
  'gas',
  'fire_panel',
  'generic',
] as const;
export type ModelKind = (typeof modelKinds)[number];

/** A device that people can buy: which language it speaks and what is to be expected of it. */
export interface CatalogueModel {
  protocol: string;
  vendor: string;
  model: string;
  kind: ModelKind;
  /** What it tells when all is well with it, and when not. */
  signals: readonly Signal[];
  /** How often it reports, as it comes from its maker, in seconds. */
  everySeconds: number;
  /** What its maker promises or users report, in days of normal use; absent where it hangs on the mains. */
  batteryDays?: number;
}

const vitals = ['heart_rate', 'systolic', 'diastolic', 'spo2', 'body_temperature'] as const;
const band = ['sos', 'location', 'battery', 'steps'] as const;
const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;

/** The models that GridGuard knows by name. A device of another model speaks all the same: its language decides, not its name. */
export const catalogue: readonly CatalogueModel[] = [
  {
    protocol: 'watch',
    vendor: '3G-ELEC',
    model: 'Setracker',
    kind: 'wristband',
    signals: [...band, 'worn', 'fall', 'heart_rate'],
    everySeconds: 10 * MINUTE,
    batteryDays: 2,
  },
  {
    protocol: 'iw',
    vendor: 'Vivistar',
    model: 'CARE',
    kind: 'wristband',
    signals: [...band, ...vitals, 'worn', 'fall'],
    everySeconds: 10 * MINUTE,
    batteryDays: 3,
  },
  {
    protocol: 'zigbee2mqtt',
    vendor: 'Aqara',
    model: 'SJCGQ11LM',
    kind: 'leak',
    signals: ['water_leak', 'battery', 'battery_voltage'],
    everySeconds: HOUR,
    batteryDays: 2 * 365,
  },
  {
    protocol: 'chirpstack',
    vendor: 'Milesight',
    model: 'EM300-ZLD',
    kind: 'leak',
    signals: ['water_leak', 'battery'],
    everySeconds: 10 * MINUTE,
    batteryDays: 10 * 365,
  },
  {
    protocol: 'chirpstack',
    vendor: 'Dragino',
    model: 'LWL02',
    kind: 'leak',
    signals: ['water_leak', 'battery_voltage'],
    everySeconds: DAY,
    batteryDays: 5 * 365,
  },
];
