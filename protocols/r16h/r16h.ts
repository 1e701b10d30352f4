/**
 * R16H bracelets: text frames `@TYPE,IMEI[,…]$` (vendor's protocol document). The server answers nothing; what could not be sent is kept
 * and comes later with the flag `S`.
 */
import type {
  Decoded,
  DownlinkCommand,
  EncodedDownlink,
  Protocol,
  ProtocolSession,
  Uplink,
} from '../../src/model/uplinks.ts';
import { latin1 } from '../bytes.ts';
import { splitText, type TextFrames } from '../text-frames.ts';
import { decodeGps, decodeIndoor } from './record.ts';

const frames: TextFrames = {
  begins: /@[A-Z]{4},/g,
  begun: /@[A-Z]{0,4}$/,
  ends: /\$/g,
  maxFrameBytes: 2_048,
};

const HEAD = /^\s*@?([A-Z]{4}),\s*(\d{10,20})\s*(?:,|\$|$)/;
/** Settings that a bracelet reports the success of. */
const REFUSED = /fail|err|refus|invalid|^0$/i;

function interpret(
  type: string,
  fields: readonly string[],
): Pick<Decoded, 'readings' | 'reason' | 'downlinkAnswer'> {
  switch (type) {
    case 'GPSD':
      return told(decodeGps(fields));
    case 'LBSD':
      return told(decodeIndoor(fields));
    case 'LINK':
      return { readings: [] };
    case 'RPLY': {
      const command = fields.find((field) => /^[A-Z]{4}$/.test(field)) ?? 'RPLY';
      return { readings: [], downlinkAnswer: { command, ok: !fields.some((field) => REFUSED.test(field)) } };
    }
    default:
      return { readings: [], reason: `unknown type ${type}` };
  }
}

const told = ({ readings, reasons }: ReturnType<typeof decodeGps>) => ({
  readings,
  ...(reasons.length > 0 ? { reason: reasons.join('; ') } : {}),
});

const KNOWN = new Set(['GPSD', 'LBSD', 'LINK', 'RPLY']);

function decode(session: ProtocolSession, { bytes }: Pick<Uplink, 'bytes'>): Decoded {
  const text = latin1(bytes)
    .slice(0, frames.maxFrameBytes)
    .replace(/\$?\s*$/, '');
  const [whole = '', type, imei] = HEAD.exec(text) ?? [];
  if (type === undefined || imei === undefined) {
    return {
      session,
      outcome: 'undecodable',
      command: '?',
      readings: [],
      replies: [],
      reason: 'no header @TYPE,IMEI',
    };
  }
  const meaning = interpret(type, whole.endsWith(',') ? text.slice(whole.length).split(',') : []);
  const worth = meaning.readings.length > 0 || meaning.downlinkAnswer !== undefined;
  return {
    session,
    nativeId: imei,
    outcome: worth ? 'ok' : KNOWN.has(type) ? 'empty' : 'undecodable',
    command: type,
    replies: [],
    ...meaning,
  };
}

/** `ROLL` is all whose form the document tells as far as it is public; it is answered with a position. */
function encode(command: DownlinkCommand, { nativeId }: { nativeId: string }): EncodedDownlink | undefined {
  return command.kind === 'locate_now' ? { bytes: Buffer.from(`@ROLL,${nativeId}$`, 'latin1') } : undefined;
}

/** The protocol `r16h`. */
export const r16h: Protocol = {
  name: 'r16h',
  title: { zh: 'R16H 定位手环', en: 'R16H bracelets' },
  tcp: { env: 'R16H_PORT', port: 5203 },
  expectedEveryMs: 30 * 60_000,
  maxFrameBytes: frames.maxFrameBytes,
  split: (buffer) => splitText(frames, buffer),
  looksLike: (bytes) => (/^\s*@?(?:GPSD|LBSD|LINK|RPLY),\d{15}/.test(latin1(bytes.subarray(0, 40))) ? 2 : 0),
  decode,
  encode,
};
