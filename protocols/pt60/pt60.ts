/** iStartek PT60 watches: text frames `@G#@,V01,…@R#@` and `@B#@|01|…@E#@`, each with the IMEI, each answered. */
import type { Decoded, Protocol, ProtocolSession, Uplink } from '../../src/model/uplinks.ts';
import { latin1 } from '../bytes.ts';
import { splitText } from '../text-frames.ts';
import { answerTo, frames, parseFrame } from './frame.ts';
import { decodeRecord } from './record.ts';

function decode(
  session: ProtocolSession,
  { bytes, receivedAt }: Pick<Uplink, 'bytes' | 'receivedAt'>,
): Decoded {
  const frame = parseFrame(bytes.subarray(0, frames.maxFrameBytes));
  if (!frame) {
    const reason = 'neither @G#@,V01,type,IMEI nor @B#@|01|type|IMEI';
    return { session, outcome: 'undecodable', command: '?', readings: [], replies: [], reason };
  }
  const { readings, reasons } = decodeRecord(frame);
  return {
    session,
    nativeId: frame.imei,
    outcome: readings.length > 0 ? 'ok' : 'empty',
    command: `${frame.form}${frame.type}`,
    readings,
    replies: [answerTo(frame, receivedAt)],
    ...(reasons.length > 0 ? { reason: reasons.join('; ') } : {}),
  };
}

/** The protocol `pt60`. */
export const pt60: Protocol = {
  name: 'pt60',
  title: { zh: 'PT60 定位手表', en: 'PT60 watches' },
  tcp: { env: 'PT60_PORT', port: 5164 },
  expectedEveryMs: 30 * 60_000,
  maxFrameBytes: frames.maxFrameBytes,
  split: (buffer) => splitText(frames, buffer),
  looksLike(bytes) {
    const text = latin1(bytes.subarray(0, 64));
    if (/^\s*@[GB]#@/.test(text)) return 2;
    return /^[,|]V?01[,|]\d{1,3}[,|]\d{15}/.test(text) ? 1 : 0;
  },
  decode,
};
