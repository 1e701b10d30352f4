/** What the data identifiers (DI) of DL/T 645 stand for, as data. Energy in Wh, power in W, whatever the meter's digits. */
import type { BreakerFaultCause, Signal } from '../../src/model/signals.ts';

/** One value of packed decimal digits, the lowest byte first. */
export interface DecimalField {
  bytes: number;
  /** One unit of the last digit, in the unit of the signal. */
  factor: number;
  /** The highest bit is the sign. */
  signed?: true;
  signal: Signal;
  channel?: string;
}

/** One of the seven words of state. */
export interface StatusField {
  bytes: 2;
  word: number;
}

export type Field = DecimalField | StatusField;

/** The values behind one identifier in their order; `repeat` goes on as long as there are bytes. */
export interface Item {
  fields: readonly Field[];
  repeat?: (index: number) => Field | undefined;
}

const PHASES = ['a', 'b', 'c'] as const;

type Quantity = Omit<DecimalField, 'channel'>;

const voltage: Quantity = { signal: 'voltage', bytes: 2, factor: 0.1 };
const current: Quantity = { signal: 'current', bytes: 3, factor: 0.001, signed: true };
const power: Quantity = { signal: 'power', bytes: 3, factor: 0.1, signed: true };
const reactive: Quantity = { ...power, signal: 'reactive_power' };
const apparent: Quantity = { ...power, signal: 'apparent_power' };
const factor: Quantity = { signal: 'power_factor', bytes: 2, factor: 0.001, signed: true };
const energy: Quantity = { signal: 'energy_import', bytes: 4, factor: 10 };

/** The second byte of `02 xx`: whether there is a total before the phases. */
const variables: Readonly<Record<string, { quantity: Quantity; total: boolean }>> = {
  '01': { quantity: voltage, total: false },
  '02': { quantity: current, total: false },
  '03': { quantity: power, total: true },
  '04': { quantity: reactive, total: true },
  '05': { quantity: apparent, total: true },
  '06': { quantity: factor, total: true },
};
const variables1997: Readonly<Record<string, { quantity: Quantity; total: boolean }>> = {
  1: { quantity: { ...voltage, factor: 1 }, total: false },
  2: { quantity: { signal: 'current', bytes: 2, factor: 0.01 }, total: false },
  3: { quantity: power, total: true },
  4: { quantity: { signal: 'reactive_power', bytes: 2, factor: 10, signed: true }, total: true },
  5: { quantity: factor, total: true },
};

/** The second byte of `00 xx`. */
const energies: Readonly<Record<string, { signal: Signal; channel?: string; signed?: true }>> = {
  '00': { signal: 'energy_import', channel: 'combined', signed: true },
  '01': { signal: 'energy_import' },
  '02': { signal: 'energy_export' },
  15: { signal: 'energy_import', channel: 'a' },
  16: { signal: 'energy_export', channel: 'a' },
  29: { signal: 'energy_import', channel: 'b' },
  '2A': { signal: 'energy_export', channel: 'b' },
  '3D': { signal: 'energy_import', channel: 'c' },
  '3E': { signal: 'energy_export', channel: 'c' },
};

const single: Readonly<Record<string, Field>> = {
  '02800001': { ...current, channel: 'n' },
  '02800002': { signal: 'frequency', bytes: 2, factor: 0.01 },
  '02800007': { signal: 'breaker_temperature', bytes: 2, factor: 0.1, signed: true },
  '02800008': { signal: 'battery_voltage', bytes: 2, factor: 0.01, channel: 'clock' },
  '02800009': { signal: 'battery_voltage', bytes: 2, factor: 0.01, channel: 'reading' },
};

/** `FF` stands for all: a total where there is one, then the phases. */
function phased(
  { quantity, total }: { quantity: Quantity; total: boolean },
  index: string,
): Item | undefined {
  const phases = PHASES.map((channel) => ({ ...quantity, channel }));
  const all: readonly Field[] = total ? [quantity, ...phases] : phases;
  if (/^F+$/.test(index)) return { fields: all };
  const field = all[Number.parseInt(index, 16) - (total ? 0 : 1)];
  return field && { fields: [field] };
}

/** Of a block the total comes first, then one value for each tariff. */
function tariffs(total: DecimalField, index: number): Item | undefined {
  const tariff = (number: number): DecimalField => ({
    ...total,
    channel: [total.channel, `t${number}`].filter((part) => part !== undefined).join('-'),
  });
  if (index === 0) return { fields: [total] };
  if (index === 0xff) return { fields: [total], repeat: tariff };
  return index <= 63 ? { fields: [tariff(index)] } : undefined;
}

function item2007(identifier: string): Item | undefined {
  const [first = '', second = '', third = '', last = ''] = identifier.match(/../g) ?? [];
  const alone = single[identifier];
  if (alone) return { fields: [alone] };
  if (first === '00' && (last === '00' || last === 'FF')) {
    const kind = energies[second];
    return kind && tariffs({ ...energy, ...kind }, Number.parseInt(third, 16));
  }
  if (first === '02' && last === '00') {
    const kind = variables[second];
    return kind && phased(kind, third);
  }
  if (!identifier.startsWith('040005')) return undefined;
  const word = Number.parseInt(last, 16);
  if (word === 0xff) return { fields: [1, 2, 3, 4, 5, 6, 7].map((each) => ({ bytes: 2, word: each })) };
  return word >= 1 && word <= 7 ? { fields: [{ bytes: 2, word }] } : undefined;
}

function item1997(identifier: string): Item | undefined {
  const [, direction, tariff] = /^90([12])([0-9A-F])$/.exec(identifier) ?? [];
  if (direction !== undefined) {
    const signal = direction === '1' ? 'energy_import' : 'energy_export';
    return tariffs({ ...energy, signal }, tariff === 'F' ? 0xff : Number.parseInt(tariff ?? '', 16));
  }
  const [, kind = '', index = ''] = /^B6([1-5])([0-3F])$/.exec(identifier) ?? [];
  const known = variables1997[kind];
  return known && phased(known, index);
}

/** `identifier` is written with the highest byte first: eight digits in the edition of 2007, four in that of 1997. */
export function itemOf(identifier: string): Item | undefined {
  return identifier.length === 4 ? item1997(identifier) : item2007(identifier);
}

/** Words 4 to 6 tell of the phases a, b and c, by their bits; a bit that is no fault of the supply is left out. */
export const phaseFaults: Readonly<Record<number, BreakerFaultCause>> = {
  0: 'phase_loss',
  1: 'under_voltage',
  2: 'over_voltage',
  4: 'over_current',
  5: 'overload',
  6: 'negative_power',
  7: 'phase_loss',
};
/** Word 7 tells of all phases together. */
export const commonFaults: Readonly<Record<number, BreakerFaultCause>> = {
  2: 'phase_unbalance',
  3: 'phase_unbalance',
  8: 'phase_unbalance',
};

/** The bits of an abnormal answer. */
export const errors = [
  'other error',
  'no requested data',
  'wrong password or no right',
  'the speed cannot be changed',
  'too many time zones',
  'too many day parts',
  'too many tariffs',
] as const;
