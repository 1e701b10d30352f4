import type { Decoded } from '../../src/model/uplinks.ts';
import { type Measured, measure, numberFrom, printable } from '../measure.ts';
import { networkScan } from '../network.ts';
import { momentFrom } from '../time.ts';
import { parseNetworks } from './networks.ts';

/** What one command means: its readings, and what stands behind the name of the answer; none where it is not answered. */
export interface CommandResult extends Measured {
  reply?: string;
  /** The name of the answer where it is not the next letter's. */
  replyAs?: string;
  answer?: NonNullable<Decoded['downlinkAnswer']>;
}

type Fields = readonly string[];
type Run = (fields: Fields, receivedAt: number) => CommandResult;

const live = { origin: 'live' } as const;
const nothing: Measured = { readings: [], reasons: [] };
const HOUR_MS = 3_600_000;
const CHINA_HOURS = 8;
const MG_PER_MMOL = 18.0182;
/** Above it a blood sugar can only be milligrams in a decilitre. */
const MOST_MMOL = 35;

function joined(...parts: Measured[]): Measured {
  return { readings: parts.flatMap((part) => part.readings), reasons: parts.flatMap((part) => part.reasons) };
}

const answered = (measured: Measured): CommandResult => ({ ...measured, reply: '' });

/** The battery among 14 digits: three each of signal, satellites and battery, then settings. */
function chargeOf(status = ''): Measured {
  const [, battery] = /^\s*\d{6}(\d{3})\d*\s*$/.exec(status) ?? [];
  return measure('battery', battery, live);
}

/** `AP03,status,steps,rolls[,mode,interval]`: the sign of life. */
const status: Run = ([digits, steps]) => answered(joined(chargeOf(digits), measure('steps', steps, live)));
/** The same of trackers, which count no steps. */
const trackerStatus: Run = ([digits]) => answered(chargeOf(digits));

const lowBattery: Run = ([battery]) => {
  const low = { signal: 'battery_low', value: true, ...live } as const;
  return answered(joined({ readings: [low], reasons: [] }, measure('battery', battery, live)));
};

const networks: Run = ([, , ...fields]) => {
  const { cells, wifi } = parseNetworks(fields);
  const value = networkScan(cells, wifi);
  return answered({ readings: value ? [{ signal: 'network_scan', value, ...live }] : [], reasons: [] });
};

const heartRate: Run = ([rate]) => answered(measure('heart_rate', rate, live));

const pressure = (systolic?: string, diastolic?: string): Measured =>
  joined(measure('systolic', systolic, live), measure('diastolic', diastolic, live));

const heartAndPressure: Run = ([rate, systolic, diastolic]) =>
  answered(joined(measure('heart_rate', rate, live), pressure(systolic, diastolic)));

function sugar(text: string | undefined): Measured {
  const value = numberFrom(text);
  if (value === undefined || value <= MOST_MMOL) return measure('blood_glucose', text, live);
  return measure('blood_glucose', (value / MG_PER_MMOL).toFixed(2), live);
}

/** Any field may be blank. A saturation of 95 beside zeros everywhere is what one firmware sends instead of nothing. */
const vitals: Run = ([rate, systolic, diastolic, saturation, glucose, temperature]) => {
  const placeholder =
    numberFrom(saturation) === 95 && [rate, systolic, diastolic].every((field) => numberFrom(field) === 0);
  const spo2 = placeholder
    ? { readings: [], reasons: ['spo2: 95 beside zeros is a placeholder'] }
    : measure('spo2', saturation, live);
  return answered(
    joined(
      measure('heart_rate', rate, live),
      pressure(systolic, diastolic),
      spo2,
      sugar(glucose),
      measure('body_temperature', temperature, live),
    ),
  );
};

const temperature: Run = ([degrees, battery]) =>
  answered(joined(measure('body_temperature', degrees, live), measure('battery', battery, live)));

/** `1` is the blood pressure as `diastolic|systolic`; the larger of the two is the systolic one whoever swaps them. */
function single(type: string | undefined, value: string | undefined): Measured {
  const parts = (value ?? '').split('|');
  switch (type?.trim()) {
    case '1': {
      const [low, high] = [...parts].sort((a, b) => Number(a) - Number(b));
      return pressure(high, low);
    }
    case '2':
      return measure('heart_rate', value, live);
    case '3':
      return measure('body_temperature', value, live);
    case '4':
      return measure('spo2', value, live);
    default:
      return {
        readings: [],
        reasons: [`a measurement of type ${printable(type?.trim() ?? '', 8) || 'none'}`],
      };
  }
}

/** A device's moment that is not ours yet was told by its clock in China, not in UTC as its positions are. */
function pastMoment(text: string | undefined, receivedAt: number): number | undefined {
  const utc = momentFrom(text?.trim() ?? '');
  return utc !== undefined && utc > receivedAt + HOUR_MS ? utc - CHINA_HOURS * HOUR_MS : utc;
}

/** `APJK,yyyy-MM-dd HH:mm:ss,type,value`: one measurement with its own time. */
const measurement: Run = ([time, type, value], receivedAt) => {
  const { readings, reasons } = single(type, value);
  const observedAt = pastMoment(time, receivedAt);
  const timed = readings.map((one) => (observedAt === undefined ? one : { ...one, observedAt }));
  return answered({ readings: timed, reasons });
};

/** 0 not worn, 1 worn, as the last field. */
const wear: Run = (fields) => {
  const last = fields.at(-1)?.trim() ?? '';
  if (!/^0?[01]$/.test(last)) return answered({ readings: [], reasons: ['worn: neither 0 nor 1'] });
  return answered({ readings: [{ signal: 'worn', value: last.endsWith('1'), ...live }], reasons: [] });
};

/** Voice and pictures come in packets, each of which is told to have arrived. */
const packet: Run = ([time = '', total = '', number = '']) => {
  const counts = [total, number].every((field) => /^\d{1,5}$/.test(field.trim()));
  const told = counts && /^[-: \d]{0,20}$/.test(time);
  return { ...nothing, reply: told ? `,${time},${total},${number},1` : '', replyAs: 'BP07' };
};

const understood: Run = () => answered(nothing);

const uplinks: ReadonlyMap<string, Run> = new Map([
  ['AP02', networks],
  ['AP03', status],
  ['AP04', lowBattery],
  ['AP07', packet],
  ['AP42', packet],
  ['AP49', heartRate],
  ['AP50', temperature],
  ['APHT', heartAndPressure],
  ['APHP', vitals],
  ['APJK', measurement],
  ['APWR', wear],
  ...['AP97', 'APHD', 'APWT', 'APVR', 'APBL', 'APTQ', 'APTP'].map((name) => [name, understood] as const),
]);

/** What a band answers to our commands: with the serial of ours, and it does not want to be answered. */
const answers: ReadonlySet<string> = new Set(
  (
    'AP12 AP14 AP15 AP16 AP17 AP18 AP20 AP31 AP33 AP34 AP40 AP46 AP76 AP77 AP84 AP85 AP86 AP87 ' +
    'APXL APXY APXZ APXT APOX APTE APJZ'
  ).split(' '),
);

/** Whether a command is an answer to one of ours. */
function answerOf(command: string, [serial = '']: Fields): CommandResult | undefined {
  if (!answers.has(command)) return undefined;
  const told = serial.trim();
  const own = /^\d{1,10}$/.test(told) ? { serial: String(Number(told)) } : {};
  return { ...nothing, answer: { command, ...own, ok: true } };
}

/** Trackers number their commands otherwise than bands: their status is told by its form. */
function trackerCommand(command: string, fields: Fields): Run | undefined {
  return /^[CY]P/.test(command) && /^\d{14}$/.test(fields[0]?.trim() ?? '') ? trackerStatus : undefined;
}

/** What a command other than login and position says; undefined where nobody knows it. */
export function runCommand(command: string, fields: Fields, receivedAt: number): CommandResult | undefined {
  const run = uplinks.get(command) ?? trackerCommand(command, fields);
  return run?.(fields, receivedAt) ?? answerOf(command, fields);
}

/** Whether an unknown command looks like the answer to one of ours: nothing but a serial. */
export function isBareSerial(fields: Fields): boolean {
  return fields.length === 1 && /^\d{6}$/.test(fields[0]?.trim() ?? '');
}
