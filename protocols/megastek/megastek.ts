/**
 * Megastek personal trackers and belts (MT60, MT80, MT90, MT200X, GVT, XT): text `$MGV002,…!`, and the former `STX…$GPRMC,…` that ends with a
 * line. Nothing is answered.
 */
import type { Decoded, Protocol, ProtocolSession, Uplink } from '../../src/model/uplinks.ts';
import { latin1 } from '../bytes.ts';
import { splitText, type TextFrames } from '../text-frames.ts';
import { decodeCurrent } from './current.ts';
import { decodeFormer } from './former.ts';

const frames: TextFrames = {
  begins: /(?:[0-9A-F]{4})?\$MGV\d|(?:LOG)?STX(?=[,0-9A-Za-z ])/g,
  begun: /(?:[0-9A-F]{1,4}|(?:[0-9A-F]{4})?\$(?:M(?:GV?)?)?|L|LO|LOG|(?:LOG)?S(?:TX?)?)$/,
  ends: /!|\r?\n/g,
  maxFrameBytes: 2_048,
  /** The former form has bytes that may be an exclamation mark: its end is that of the line. */
  declaredEnd(text, start) {
    if (text[start] !== 'S' && text[start] !== 'L') return undefined;
    const line = text.indexOf('\n', start);
    return line < 0 ? text.length : text[line - 1] === '\r' ? line - 1 : line;
  },
};

function decode(session: ProtocolSession, { bytes }: Pick<Uplink, 'bytes'>): Decoded {
  const text = latin1(bytes).slice(0, frames.maxFrameBytes).trim();
  const current = decodeCurrent(text);
  const record = current ?? decodeFormer(text);
  const command = /\$MGV\d*/.exec(text)?.[0].slice(1) ?? (record ? 'GPRMC' : '?');
  const [, imei] = /\$(?:MGV\d*|GPRS),\s*(\d{15})\b/.exec(text) ?? [];
  const nativeId = record?.nativeId ?? imei;
  const { readings = [], reasons = ['neither $MGV… nor $GPRMC with its fields'] } = record ?? {};
  return {
    session,
    ...(nativeId === undefined ? {} : { nativeId }),
    outcome: readings.length > 0 ? 'ok' : record ? 'empty' : 'undecodable',
    command,
    readings,
    replies: [],
    ...(reasons.length > 0 ? { reason: reasons.join('; ') } : {}),
  };
}

/** The protocol `megastek`; trackers report every few minutes and seldom while they rest. */
export const megastek: Protocol = {
  name: 'megastek',
  title: { zh: 'Megastek 个人定位器与腕带', en: 'Megastek personal trackers and belts' },
  tcp: { env: 'MEGASTEK_PORT', port: 5024 },
  expectedEveryMs: 60 * 60_000,
  maxFrameBytes: frames.maxFrameBytes,
  split: (buffer) => splitText(frames, buffer),
  looksLike(bytes) {
    const text = latin1(bytes.subarray(0, 120));
    if (/^\s*(?:[0-9A-F]{4})?\$MGV\d/i.test(text)) return 2;
    return /^\s*(?:LOG)?STX/.test(text) && text.includes('$GPRMC') ? 2 : 0;
  },
  decode,
};
