/** Code tables of GB/T 26875.3-2011, chapter 8, as data. */
import type { Signal } from '../../src/model/signals.ts';

/** Table 5: kinds of components. 128 to 255 are each maker's own. */
export const components: Readonly<Record<number, string>> = {
  0: 'general component',
  1: 'fire alarm control unit',
  10: 'combustible gas detector',
  11: 'point combustible gas detector',
  12: 'independent combustible gas detector',
  13: 'line combustible gas detector',
  16: 'electrical fire monitor',
  17: 'residual current electrical fire detector',
  18: 'temperature electrical fire detector',
  21: 'detection loop',
  22: 'fire display panel',
  23: 'manual call point',
  24: 'hydrant button',
  25: 'fire detector',
  30: 'heat detector',
  31: 'point heat detector',
  32: 'point heat detector (S)',
  33: 'point heat detector (R)',
  34: 'line heat detector',
  35: 'line heat detector (S)',
  36: 'line heat detector (R)',
  37: 'fibre heat detector',
  40: 'smoke detector',
  41: 'point ionisation smoke detector',
  42: 'point photoelectric smoke detector',
  43: 'beam smoke detector',
  44: 'aspirating smoke detector',
  50: 'combined fire detector',
  51: 'smoke and heat detector',
  52: 'light and heat detector',
  53: 'light and smoke detector',
  61: 'ultraviolet flame detector',
  62: 'infrared flame detector',
  69: 'flame detector',
  74: 'gas detector',
  78: 'video fire detector',
  79: 'acoustic fire detector',
  81: 'gas extinguishing controller',
  82: 'fire electric controller',
  83: 'control room display',
  84: 'module',
  85: 'input module',
  86: 'output module',
  87: 'input and output module',
  88: 'relay module',
  91: 'fire pump',
  92: 'fire water tank',
  95: 'sprinkler pump',
  96: 'water flow indicator',
  97: 'signal valve',
  98: 'alarm valve',
  99: 'pressure switch',
  101: 'valve drive',
  102: 'fire door',
  103: 'fire damper',
  104: 'ventilation',
  105: 'foam pump',
  106: 'pipe solenoid valve',
  111: 'smoke exhaust fan',
  113: 'smoke exhaust damper',
  114: 'air supply opening',
  115: 'smoke vent',
  116: 'smoke curtain',
  117: 'fire shutter controller',
  118: 'fire door monitor',
  121: 'sounder',
};

const GAS = new Set([10, 11, 12, 13, 74]);
const PIPES = new Set([91, 92, 95, 96, 97, 98, 99, 105, 106]);
/** Systems of water: hydrants, sprinklers, water spray. */
const WATER_SYSTEMS = new Set([11, 12, 14, 15, 16]);
export const RESIDUAL_CURRENT = 17;
export const CABLE_TEMPERATURE = 18;
const ELECTRICAL = new Set([16, RESIDUAL_CURRENT, CABLE_TEMPERATURE]);

export const isGas = (component: number): boolean => GAS.has(component);
export const isElectrical = (component: number): boolean => ELECTRICAL.has(component);
const isWater = ({ component, system }: Place) => PIPES.has(component) || WATER_SYSTEMS.has(system);

export interface Place {
  system: number;
  address: number;
  component: number;
}

/** What is meant by one status word: the alarm in bit 1, and the bits that say that something is out of order. */
export interface StatusWord {
  faults: Readonly<Record<number, string>>;
  /** Said in the uplink log only. */
  notes: Readonly<Record<number, string>>;
}

export const ALARM_BIT = 1;

const activity = {
  3: 'shielded',
  4: 'supervised',
  5: 'started',
  6: 'feedback',
  7: 'delayed',
};
/** 8.2.1.1 */
export const systemStatus: StatusWord = {
  faults: { 2: 'fault', 8: 'main power fault', 9: 'backup power fault', 10: 'bus fault' },
  notes: { ...activity, 11: 'manual mode', 12: 'configuration changed', 13: 'reset' },
};
/** 8.2.1.2 */
export const componentStatus: StatusWord = {
  faults: { 2: 'fault', 8: 'power fault' },
  notes: activity,
};
/** 8.2.1.6 */
export const transmitterStatus: StatusWord = {
  faults: {
    2: 'fault',
    3: 'main power fault',
    4: 'backup power fault',
    5: 'no channel to the centre',
    6: 'line to the panel broken',
  },
  notes: {},
};

/** 8.2.1.4 and 8.2.1.7; bit 5 is the answer to a roll-call in the transmitter. */
export const operations = [
  'reset',
  'mute',
  'manual alarm',
  'alarm cleared',
  'self-test',
  'confirmed',
  'test',
] as const;

/** A number of table 6 becomes ours as `value * factor`. */
export interface Quantity {
  name: string;
  signal?: Signal;
  factor?: number;
}

/** What is measured where: `value` of table 6 with its step, at this place. */
export function quantityOf(kind: number, place: Place): Quantity {
  switch (kind) {
    case 2:
      return { name: 'height', signal: 'level_depth', factor: 10 };
    case 3:
      return temperature(place);
    case 4:
      return { name: 'pressure', signal: 'water_pressure', factor: 100 };
    case 5:
      return { name: 'pressure', signal: 'water_pressure', factor: 0.1 };
    case 8:
      return { name: 'voltage', signal: 'voltage', factor: 0.1 };
    case 9:
      return place.component === RESIDUAL_CURRENT
        ? { name: 'residual current', signal: 'residual_current', factor: 100 }
        : { name: 'current', signal: 'current', factor: 0.1 };
    case 10:
      return { name: 'flow', signal: 'water_flow', factor: 360 };
    default:
      return { name: others[kind] ?? `quantity ${kind}` };
  }
}

const others: Readonly<Record<number, string>> = {
  1: 'count',
  6: 'gas concentration',
  7: 'time',
  11: 'air flow',
  12: 'wind speed',
};

function temperature(place: Place): Quantity {
  const name = 'temperature';
  if (isElectrical(place.component)) return { name, signal: 'conductor_temperature', factor: 0.1 };
  return isWater(place) ? { name, signal: 'water_temperature', factor: 0.1 } : { name };
}
