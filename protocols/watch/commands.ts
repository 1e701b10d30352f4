import type { Decoded } from '../../src/model/uplinks.ts';
import { type Measured, measure } from '../measure.ts';

/** What one command of the family means: its readings, and the content of the reply. */
export interface CommandResult extends Measured {
  reply?: string;
  answer?: NonNullable<Decoded['downlinkAnswer']>;
}

interface CommandInput {
  /** The command as the device spelt it. */
  spelling: string;
  fields: readonly string[];
  /** Milliseconds since 1970, for devices that ask for the time. */
  receivedAt: number;
}

const live = { origin: 'live' } as const;
const nothing: Measured = { readings: [], reasons: [] };
const CHINA_OFFSET_MS = 8 * 3_600_000;

function joined(...parts: Measured[]): Measured {
  return { readings: parts.flatMap((part) => part.readings), reasons: parts.flatMap((part) => part.reasons) };
}

/** `LK,steps,rolls,battery`. A short form with two fields exists whose second is no battery. */
function keepAlive({ fields: [steps, , battery] }: CommandInput): CommandResult {
  return { ...joined(measure('steps', steps, live), measure('battery', battery, live)), reply: 'LK' };
}

/** `KA,yyyyMMdd,steps,rolls,battery`: the keep-alive of the signed variant. */
function signedKeepAlive({ fields: [, steps, , battery] }: CommandInput): CommandResult {
  return { ...joined(measure('steps', steps, live), measure('battery', battery, live)), reply: 'KA' };
}

function heartRate({ fields, spelling }: CommandInput): CommandResult {
  return { ...measure('heart_rate', fields[0], live), reply: spelling };
}

function bloodPressure({ fields, spelling }: CommandInput): CommandResult {
  const pressure = joined(measure('systolic', fields[0], live), measure('diastolic', fields[1], live));
  return { ...pressure, reply: spelling };
}

/** `bphrt,sys,dia,hr,height,sex,age,weight` */
function pressureAndHeartRate(input: CommandInput): CommandResult {
  const { reply, ...pressure } = bloodPressure(input);
  return {
    ...joined(pressure, measure('heart_rate', input.fields[2], live)),
    reply: reply ?? input.spelling,
  };
}

/** `oxygen,type,value`, on some firmware `oxygen,value`. */
function oxygen({ fields, spelling }: CommandInput): CommandResult {
  return { ...measure('spo2', fields.length >= 2 ? fields[1] : fields[0], live), reply: `${spelling},1` };
}

/** `TEMP,value`, or `btemp2,ok,value`: 1 is a measurement, anything else a failed one. */
function temperature({ fields: [first = '', second = ''], spelling }: CommandInput): CommandResult {
  const checked = /^[01]$/.test(first.trim()) && second.trim() !== '';
  if (!checked) return { ...measure('body_temperature', first, live), reply: spelling };
  const measured =
    first.trim() === '1'
      ? measure('body_temperature', second, live)
      : { readings: [], reasons: ['body_temperature: the measurement failed'] };
  return { ...measured, reply: spelling };
}

/** Voice from the device; or, with a bare digit, its answer to ours, which is not answered again. */
function voice({ fields }: CommandInput): CommandResult {
  const [first = ''] = fields;
  if (fields.length === 1 && /^[01]$/.test(first)) {
    return { ...nothing, answer: { command: 'TK', ok: first === '1' } };
  }
  return { ...nothing, reply: 'TK,1' };
}

/**
 * `LGZONE` asks for zone and time: the clock of the zone that is named beside it. A band that took it for UTC would be
 * ahead, and its times be replaced by ours; the other way round its SOS would look eight hours old.
 */
function zone({ receivedAt }: CommandInput): CommandResult {
  const [day = '', time = ''] = new Date(receivedAt + CHINA_OFFSET_MS).toISOString().split('T');
  return { ...nothing, reply: `LGZONE,+8,${time.slice(0, 8)},${day}` };
}

const replying = (reply: string) => (): CommandResult => ({ ...nothing, reply });
const echoing = ({ spelling }: CommandInput): CommandResult => ({ ...nothing, reply: spelling });
const silent = (): CommandResult => nothing;

/** Uplinks that are no position records, by command in upper case. */
const uplinks: ReadonlyMap<string, (input: CommandInput) => CommandResult> = new Map([
  ['LK', keepAlive],
  ['KA', signedKeepAlive],
  ['PING', echoing],
  ['HEART', heartRate],
  ['PULSE', heartRate],
  ['BLOOD', bloodPressure],
  ['BPHRT', pressureAndHeartRate],
  ['OXYGEN', oxygen],
  ['TEMP', temperature],
  ['BTEMP2', temperature],
  ['TKQ', echoing],
  ['TKQ2', echoing],
  ['TK', voice],
  ['JXTK', replying('JXTKR,1')],
  ['IMG', silent],
  ['INIT', replying('INIT,1')],
  ['LGZONE', zone],
  ['CONFIG', replying('CONFIG,1')],
  ['ICCID', replying('ICCID2,1')],
  ['DSSYNCUP', replying('DSSYNCUP,1')],
  ['WIFIINFOUP', replying('WIFIINFOUP,1')],
  ['APPCONTACTTEL', replying('appcontacttel,0')],
  ['GETFACEOPEN', replying('GETFACEOPEN,0')],
]);

/** Whether a command is an uplink that never carries a position record. */
export function isPlain(command: string): boolean {
  return uplinks.has(command);
}

/** Downlinks that a device answers with their own name. */
const downlinks: ReadonlySet<string> = new Set(
  (
    'CR UPLOAD HRTSTART BODYTEMP2 TEMPSTART SOS SOS1 SOS2 SOS3 CENTER FIND POWEROFF RESET FACTORY MESSAGE SOSSMS LOWBAT ' +
    'REMOVE FALLDOWN FDLIST HRSETAL SLEEPTIME SEDENTARY TEMPSETAL PHB PHB2 WHITELIST1 WHITELIST2 WHITELIST LZ SILENCETIME ' +
    'SILENCETIME2 REMIND MONITOR IP'
  ).split(' '),
);

/** The answer to a downlink; a bare command means that it was accepted. Such answers are not answered. */
export function downlinkAnswer(command: string, fields: readonly string[]): CommandResult | undefined {
  if (!downlinks.has(command)) return undefined;
  return { ...nothing, answer: { command, ok: fields[0]?.trim() !== '0' } };
}

/** What a command other than a position record says; undefined where nobody knows it. */
export function runCommand(command: string, input: CommandInput): CommandResult | undefined {
  return uplinks.get(command)?.(input) ?? downlinkAnswer(command, input.fields);
}
