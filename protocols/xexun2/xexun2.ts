/** Xexun's second language, spoken by its cards, watches and pendants of 2020 to 2024. */
import type {
  Decoded,
  DownlinkCommand,
  EncodedDownlink,
  Protocol,
  ProtocolSession,
  Uplink,
} from '../../src/model/uplinks.ts';
import { latin1 } from '../bytes.ts';
import type { Sink } from '../sink.ts';
import {
  type Frame,
  formatFrame,
  isMarked,
  isProven,
  MAX_FRAME_BYTES,
  parseFrame,
  splitFrames,
} from './frame.ts';
import { readItems, readRecord, recordsOf } from './records.ts';

const MESSAGE = { command: 0x0007, position: 0x0014, items: 0x0020 } as const;
const KNOWN: ReadonlySet<number> = new Set(Object.values(MESSAGE));
const RECEIVED = 0x01;

function nativeIdOf(imei: string): string | undefined {
  return /^\d{16}$/.test(imei) && !/^0+$/.test(imei) ? imei.slice(0, 15) : undefined;
}

function commandName(id: number): string {
  return id.toString(16).padStart(4, '0');
}

function sinksOf({ id, body }: Frame): Sink[] {
  if (id === MESSAGE.position) return recordsOf(body).map(readRecord);
  return id === MESSAGE.items ? [readItems(body)] : [];
}

/** The device answers a text command with a text. */
function answerOf({ id, body }: Frame): NonNullable<Decoded['downlinkAnswer']> | undefined {
  if (id !== MESSAGE.command) return undefined;
  return { command: commandName(id), ok: !/err|fail/i.test(latin1(body)) };
}

function decodeFrame(session: ProtocolSession, frame: Frame): Decoded {
  const nativeId = nativeIdOf(frame.imei) ?? (typeof session.id === 'string' ? session.id : undefined);
  const sinks = sinksOf(frame);
  const readings = sinks.flatMap((sink) => sink.readings);
  const answer = answerOf(frame);
  const reasons = [
    ...(frame.checksum === 'wrong' ? ['the checksum is wrong'] : []),
    ...(frame.checksum === 'missing' ? ['the frame was cut'] : []),
    ...(KNOWN.has(frame.id) ? [] : [`message ${commandName(frame.id)} is not known`]),
    ...new Set(sinks.flatMap((sink) => sink.reasons)),
  ];
  return {
    session: nativeId === undefined ? {} : { id: nativeId },
    ...(nativeId === undefined ? {} : { nativeId }),
    command: commandName(frame.id),
    ...(answer ? {} : { sequence: `${commandName(frame.id)}-${frame.serial}` }),
    outcome: readings.length > 0 || answer ? 'ok' : 'empty',
    readings,
    replies: answer ? [] : [formatFrame(frame, Uint8Array.of(RECEIVED))],
    ...(reasons.length > 0 ? { reason: reasons.join('; ') } : {}),
    ...(answer ? { downlinkAnswer: answer } : {}),
  };
}

function decode(session: ProtocolSession, { bytes }: Pick<Uplink, 'bytes'>): Decoded {
  const frame = parseFrame(bytes);
  if (frame) return decodeFrame(session, frame);
  const reason = 'it ends before the header does';
  return { session, outcome: 'undecodable', readings: [], replies: [], command: '?', reason };
}

function looksLike(bytes: Uint8Array): 0 | 1 | 2 | 3 {
  if (isProven(bytes)) return 3;
  return isMarked(bytes) ? 2 : 0;
}

function textOf(command: DownlinkCommand): string | undefined {
  switch (command.kind) {
    case 'set_interval':
      return `tracking_send=${command.seconds},${command.seconds}`;
    case 'power_off':
      return 'of=1';
    case 'restart':
      return 'reset';
    default:
      return undefined;
  }
}

/** Commands are texts in a frame; the header names the device by its IMEI and a zero. */
function encode(
  command: DownlinkCommand,
  { nativeId, serial }: { nativeId: string; serial: number },
): EncodedDownlink | undefined {
  const text = textOf(command);
  if (text === undefined || !/^\d{15}$/.test(nativeId)) return undefined;
  const to = { id: MESSAGE.command, serial, imei: `${nativeId}0` };
  return { bytes: formatFrame(to, Buffer.from(text, 'latin1')), answeredBy: commandName(MESSAGE.command) };
}

/** The protocol `xexun2`. */
export const xexun2: Protocol = {
  name: 'xexun2',
  title: { zh: 'Xexun 定位器 第二代协议', en: 'Xexun trackers, second protocol' },
  tcp: { env: 'XEXUN2_PORT', port: 5233 },
  expectedEveryMs: 45 * 60_000,
  maxFrameBytes: MAX_FRAME_BYTES,
  split: splitFrames,
  looksLike,
  decode,
  encode,
};
