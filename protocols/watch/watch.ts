/**
 * The "Watch" family of wristbands (3G-ELEC, Setracker, Beesure, ZJ, SG …): text frames `[3G*id*LEN*CMD,…]` over one TCP
 * connection that the band keeps. Captured-like frames are in `tests/fixtures/watch.ts`.
 */
import type { Origin } from '../../src/model/readings.ts';
import type {
  Decoded,
  DownlinkCommand,
  EncodedDownlink,
  Measurement,
  Protocol,
  ProtocolSession,
  Uplink,
} from '../../src/model/uplinks.ts';
import { printable } from '../measure.ts';
import { utf16Hex } from '../text-frames.ts';
import { type CommandResult, downlinkAnswer, isPlain, runCommand } from './commands.ts';
import {
  type Frame,
  formatFrame,
  looksLikeFrame,
  MAX_FRAME_BYTES,
  parseFrame,
  splitFrames,
} from './frame.ts';
import { decodeRecord, type RecordOptions } from './record.ts';

/** What a connection taught: who speaks in which dialect, and which state bits this device uses. */
interface WatchSession {
  maker?: string;
  id?: string;
  indexed?: boolean;
  states?: number;
}

const POSITION = /^UD(?:[2-9]|_\w+)*$/;
const ALARM = /^AL(?:\d*|_\w*|CUSTOMER\d*)$/;
const DATE = /^\s*\d{6}\s*$/;

function readSession(session: ProtocolSession): WatchSession {
  const { maker, id, indexed, states } = session;
  return {
    ...(typeof maker === 'string' ? { maker } : {}),
    ...(typeof id === 'string' ? { id } : {}),
    ...(typeof indexed === 'boolean' ? { indexed } : {}),
    ...(typeof states === 'number' ? { states } : {}),
  };
}

type Kind = 'alarm' | 'position' | 'other';

/** `WT` and `CR` are records only where they carry one; an unknown `AL…` with a date behind it is an alarm too. */
function kindOf(command: string, fields: readonly string[]): Kind {
  if (isPlain(command)) return 'other';
  const dated = DATE.test(fields[0] ?? '');
  if (ALARM.test(command) || (command.startsWith('AL') && dated)) return 'alarm';
  if (POSITION.test(command) || (/^(?:UD|WT$|CR$)/.test(command) && dated)) return 'position';
  return 'other';
}

type Interpreted = CommandResult & { states?: number };

/** A position record; an alarm is always answered with the bare `AL`, whatever the suffix. */
function interpretRecord(command: string, fields: readonly string[], record: RecordOptions): Interpreted {
  const answer = command === 'CR' ? downlinkAnswer(command, [])?.answer : undefined;
  return {
    ...decodeRecord(fields, record),
    ...(record.isAlarm ? { reply: 'AL' } : {}),
    ...(answer ? { answer } : {}),
  };
}

function interpret({ content, closed }: Frame, knownStates: number, receivedAt: number) {
  const [first = '', ...fields] = content.split(',');
  const spelling = first.trim();
  const command = spelling.toUpperCase();
  const kind = kindOf(command, fields);
  const origin: Origin = command.startsWith('UD2') ? 'history' : 'live';
  const result: Interpreted | undefined =
    kind === 'other'
      ? runCommand(command, { spelling, fields: closed ? fields : [...fields.slice(0, -1), ''], receivedAt })
      : interpretRecord(command, fields, { isAlarm: kind === 'alarm', origin, knownStates });
  return { command: printable(command) || '?', result };
}

function decodeFrame(before: WatchSession, frame: Frame, receivedAt: number): Decoded {
  const knownStates = before.id === frame.id ? (before.states ?? 0) : 0;
  const { command, result } = interpret(frame, knownStates, receivedAt);
  const states = knownStates | (result?.states ?? 0);
  const spoken = {
    session: { maker: frame.maker, id: frame.id, indexed: frame.index !== undefined, states },
    nativeId: frame.id,
    command,
  };
  if (!result) {
    return {
      ...spoken,
      outcome: 'undecodable',
      readings: [],
      replies: [],
      reason: `unknown command ${command}`,
    };
  }
  const reasons = frame.closed ? result.reasons : ['the frame was cut', ...result.reasons];
  return {
    ...spoken,
    outcome: result.readings.length > 0 || result.answer ? 'ok' : 'empty',
    readings: result.readings,
    replies: result.reply === undefined ? [] : [formatFrame(frame, result.reply)],
    ...(reasons.length > 0 ? { reason: reasons.join('; ') } : {}),
    ...(result.answer ? { downlinkAnswer: result.answer } : {}),
  };
}

function decode(session: ProtocolSession, uplink: Pick<Uplink, 'bytes' | 'receivedAt'>): Decoded {
  const frame = parseFrame(uplink.bytes);
  if (frame) return decodeFrame(readSession(session), frame, uplink.receivedAt);
  const reason = 'no header [maker*id*length*';
  return { session, outcome: 'undecodable', readings: [], replies: [], command: '?', reason };
}

/** Makers speak of measuring in two ways; SpO2 on request is not in the family. */
function measureContent(what: Measurement, maker: string): string | undefined {
  if (what === 'spo2') return undefined;
  if (what === 'temperature') return maker === 'ZJ' ? 'TEMPSTART' : 'bodytemp2';
  return maker === 'ZJ' ? 'HRTSTART,1' : 'hrtstart,1';
}

/** Bands hold three; a blank clears one. */
function sosContent(numbers: readonly string[]): string {
  return `SOS,${Array.from({ length: 3 }, (_, at) => (numbers[at] ?? '').replace(/[^+\d]/g, '')).join(',')}`;
}

/** Content of a downlink; undefined where the family, or this maker, has none. */
function downlinkContent(command: DownlinkCommand, maker: string): string | undefined {
  switch (command.kind) {
    case 'locate_now':
      return 'CR';
    case 'ring':
      return 'FIND';
    case 'message':
      return `MESSAGE,${utf16Hex(command.text)}`;
    case 'measure':
      return measureContent(command.what, maker);
    case 'set_sos_numbers':
      return sosContent(command.numbers);
    case 'set_interval':
      return `UPLOAD,${command.seconds}`;
    case 'fall_detection':
      if (maker === 'ZJ') return undefined;
      return command.on ? 'FALLDOWN,1,1' : 'FALLDOWN,0,0';
    case 'power_off':
      return 'POWEROFF';
    case 'restart':
      return 'RESET';
    default:
      return undefined;
  }
}

/**
 * The maker code is the one that the device used; where frames have an index, our serial becomes it. Which commands the signed variant
 * takes is not told.
 */
function encode(
  command: DownlinkCommand,
  device: { nativeId: string; session: ProtocolSession; serial: number },
): EncodedDownlink | undefined {
  const { maker = '3G', id = device.nativeId, indexed = false } = readSession(device.session);
  const content = maker.length === 2 ? downlinkContent(command, maker) : undefined;
  if (content === undefined) return undefined;
  const index = (device.serial & 0xffff || 1).toString(16).padStart(4, '0');
  const bytes = formatFrame({ maker, id, ...(indexed ? { index } : {}) }, content);
  return { bytes, answeredBy: (content.split(',')[0] ?? '').toUpperCase() };
}

/** Bands announce themselves by the 15 digits of the IMEI or by ten of them. */
function aliases(nativeId: string): string[] {
  return /^\d{15}$/.test(nativeId) ? [nativeId, nativeId.slice(4, 14)] : [nativeId];
}

/** The protocol `watch`; bands keep themselves alive every 5 to 8 minutes. */
export const watch: Protocol = {
  name: 'watch',
  title: { zh: '手环 3G/SG/ZJ/CS 协议', en: 'Wristbands of the 3G/SG/ZJ/CS family' },
  tcp: { env: 'WATCH_PORT', port: 5093 },
  expectedEveryMs: 20 * 60_000,
  maxFrameBytes: MAX_FRAME_BYTES,
  split: splitFrames,
  looksLike: looksLikeFrame,
  aliases,
  decode,
  encode,
};
