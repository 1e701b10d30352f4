/** Xexun's third language, spoken by its devices since 2025. It has no commands that are published. */
import type { Decoded, Protocol, ProtocolSession, Uplink } from '../../src/model/uplinks.ts';
import {
  type Frame,
  formatAnswer,
  isProven,
  isWellFormed,
  MAX_FRAME_BYTES,
  parseFrame,
  splitFrames,
} from './frame.ts';
import { momentsOf, readMoment } from './items.ts';

const REPORT = 0x20;
const RECEIVED = 0x00;

function nativeIdOf(imei: string): string | undefined {
  return /^0\d{15}$/.test(imei) && !/^0+$/.test(imei) ? imei.slice(1) : undefined;
}

function decodeFrame(session: ProtocolSession, frame: Frame): Decoded {
  const nativeId = nativeIdOf(frame.imei) ?? (typeof session.id === 'string' ? session.id : undefined);
  const isReport = frame.message === REPORT;
  const sinks = isReport ? momentsOf(frame.items).map(readMoment) : [];
  const readings = sinks.flatMap((sink) => sink.readings);
  const command = frame.message.toString(16).padStart(2, '0');
  const reasons = [
    ...(frame.checksum === 'wrong' ? ['the checksum is wrong'] : []),
    ...(frame.checksum === 'missing' ? ['the frame was cut'] : []),
    ...(isReport ? [] : [`message ${command} is not known`]),
    ...new Set(sinks.flatMap((sink) => sink.reasons)),
  ];
  return {
    session: nativeId === undefined ? {} : { id: nativeId },
    ...(nativeId === undefined ? {} : { nativeId }),
    command,
    sequence: `${command}-${frame.sequence}`,
    outcome: readings.length > 0 ? 'ok' : 'empty',
    readings,
    replies: isReport ? [formatAnswer(frame, Uint8Array.of(RECEIVED))] : [],
    ...(reasons.length > 0 ? { reason: reasons.join('; ') } : {}),
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
  return isWellFormed(bytes) ? 2 : 0;
}

/** The protocol `xexun3`. */
export const xexun3: Protocol = {
  name: 'xexun3',
  title: { zh: 'Xexun 定位器 第三代协议', en: 'Xexun trackers, third protocol' },
  tcp: { env: 'XEXUN3_PORT', port: 5264 },
  expectedEveryMs: 45 * 60_000,
  maxFrameBytes: MAX_FRAME_BYTES,
  split: splitFrames,
  looksLike,
  decode,
};
