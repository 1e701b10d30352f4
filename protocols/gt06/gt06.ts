/**
 * The GT06 family (Concox, Jimi, and the many that speak like them): pendants, badges and older bands with binary frames over TCP. A login
 * tells the IMEI, what follows on the connection bears no id. Source: the vendor's communication protocol documents.
 */
import type { DecodedReading, Origin } from '../../src/model/readings.ts';
import type {
  Decoded,
  DownlinkCommand,
  EncodedDownlink,
  Protocol,
  ProtocolSession,
  Uplink,
} from '../../src/model/uplinks.ts';
import { packedImei } from '../bytes.ts';
import { printable } from '../measure.ts';
import { networkScan } from '../network.ts';
import { type Content, nothing } from './content.ts';
import { type Frame, formatFrame, isProven, MAX_FRAME_BYTES, parseFrame, splitFrames } from './frame.ts';
import { readRecord } from './records.ts';
import {
  addressAnswer,
  imeiIn,
  isRefusal,
  placeIn,
  readLongAnswer,
  readShortAnswer,
  type TextAnswer,
} from './texts.ts';

/** What a connection taught: who speaks, the zone that it announced, and whether its clock was seen to keep that zone's time. */
interface Gt06Session {
  id?: string;
  zoneMinutes?: number;
  local?: boolean;
}

const LOGIN = 0x01;
const TIME = 0x8a;
const COMMAND = 0x80;
const ADDRESS = 0x97;
const ADDRESS_REQUESTS: ReadonlySet<number> = new Set([0x1a, 0x2a]);
/** Known, and nothing in them is a reading. */
const SILENT: ReadonlySet<number> = new Set([0x94, 0x90, 0x98, 0x9b, 0x9c, 0x8d]);
/** All answers to commands go by one name: the device says which it answers by the mark. */
const TEXT = 'TEXT';
const MINUTE_MS = 60_000;

function readSession({ id, zoneMinutes, local }: ProtocolSession): Gt06Session {
  return {
    ...(typeof id === 'string' ? { id } : {}),
    ...(typeof zoneMinutes === 'number' ? { zoneMinutes } : {}),
    ...(typeof local === 'boolean' ? { local } : {}),
  };
}

/** IMEI, then on newer devices the model, and the zone: twelve bits of hours times hundred, a bit for west, the language. */
function login(content: Uint8Array): Gt06Session {
  const id = packedImei(content.subarray(0, 8));
  const [high = 0, low = 0] = content.subarray(10, 12);
  const bits = (high << 8) | low;
  const minutes = Math.floor((bits >> 4) / 100) * 60 + ((bits >> 4) % 100);
  const zoneMinutes = (bits & 8) === 0 ? minutes : -minutes;
  return {
    ...(id === undefined ? {} : { id }),
    ...(content.length >= 12 && Math.abs(zoneMinutes) <= 14 * 60 ? { zoneMinutes } : {}),
  };
}

/**
 * The documents say UTC, much firmware keeps the time of the zone it announced. A live frame shows which it is: what is hours off as UTC
 * and right as that zone's time is that zone's time.
 */
function keepsLocalTime(session: Gt06Session, content: Content, receivedAt: number): boolean {
  const { zoneMinutes = 0, local = false } = session;
  if (content.clock === undefined || content.buffered || zoneMinutes === 0) return local;
  const asUtc = Math.abs(content.clock - receivedAt);
  const asLocal = Math.abs(content.clock - zoneMinutes * MINUTE_MS - receivedAt);
  if (Math.min(asUtc, asLocal) > 10 * MINUTE_MS) return local;
  return asLocal < asUtc;
}

function readingsOf(content: Content, observedAt: number | undefined): DecodedReading[] {
  const origin: Origin = content.buffered ? 'history' : 'live';
  const base = { ...(observedAt === undefined ? {} : { observedAt }), origin };
  const { location } = content;
  const scan = content.scan && networkScan(content.scan.cells, content.scan.wifi);
  return [
    ...content.facts.map((fact) => ({ ...fact, ...base })),
    ...(location ? [{ signal: 'location' as const, value: location, ...base }] : []),
    ...(scan ? [{ signal: 'network_scan' as const, value: scan, ...base }] : []),
  ];
}

/** The answer: the same type and serial; to a question for the time, UTC. */
function replyTo(frame: Frame, receivedAt: number): Uint8Array[] {
  const { type, serial, extended } = frame;
  if (serial === undefined) return [];
  if (type === TIME) {
    const now = new Date(receivedAt);
    const clock = Uint8Array.of(
      now.getUTCFullYear() % 100,
      now.getUTCMonth() + 1,
      now.getUTCDate(),
      now.getUTCHours(),
      now.getUTCMinutes(),
      now.getUTCSeconds(),
    );
    return [formatFrame(type, clock, { serial })];
  }
  if (ADDRESS_REQUESTS.has(type)) {
    return [formatFrame(ADDRESS, addressAnswer(frame.content), { serial, extended: true })];
  }
  return [formatFrame(type, new Uint8Array(), { serial, extended })];
}

function commandOf(type: number): string {
  return type.toString(16).padStart(2, '0');
}

function sequenceOf({ serial, checksum }: Frame, bytes: Uint8Array): { sequence?: string } {
  if (serial === undefined || checksum !== 'right') return {};
  return { sequence: `${serial}.${Buffer.from(bytes).toString('hex').replace(/0d0a$/, '').slice(-4)}` };
}

function decodeAnswer(session: ProtocolSession, { mark, text }: TextAnswer): Decoded {
  const place = placeIn(text);
  return {
    session,
    outcome: 'ok',
    readings: place ? [{ signal: 'location', value: place, origin: 'live' }] : [],
    replies: [],
    command: TEXT,
    ...(text === '' ? {} : { reason: `it says: ${printable(text, 120)}` }),
    downlinkAnswer: { command: TEXT, ...(mark ? { serial: String(mark) } : {}), ok: !isRefusal(text) },
  };
}

function decodeContent(before: Gt06Session, frame: Frame, receivedAt: number): Decoded {
  const { type, content: bytes, checksum } = frame;
  const understood = readRecord(type, bytes) ?? (SILENT.has(type) || type === TIME ? nothing() : undefined);
  const content = understood ?? nothing();
  const local = keepsLocalTime(before, content, receivedAt);
  const shift = local ? (before.zoneMinutes ?? 0) * MINUTE_MS : 0;
  const observedAt = content.clock === undefined ? undefined : content.clock - shift;
  const readings = readingsOf(content, observedAt);
  const imei = imeiIn(type, bytes);
  const session = { ...(imei === undefined ? {} : { id: imei }), ...before, ...(local ? { local } : {}) };
  const reasons = [
    ...(checksum === 'right' ? [] : [`the checksum is ${checksum}`]),
    ...content.reasons,
    ...(understood ? [] : [`unknown type ${commandOf(type)}`]),
  ];
  return {
    session,
    outcome: readings.length > 0 ? 'ok' : understood ? 'empty' : 'undecodable',
    readings,
    replies: replyTo(frame, receivedAt),
    command: commandOf(type),
    ...(reasons.length > 0 ? { reason: reasons.join('; ') } : {}),
  };
}

function decodeLogin(session: ProtocolSession, frame: Frame): Decoded {
  const taught = login(frame.content);
  if (taught.id === undefined) {
    return {
      session,
      outcome: 'undecodable',
      readings: [],
      replies: [],
      command: '01',
      reason: 'no IMEI in the login',
    };
  }
  return {
    session: { ...taught },
    outcome: 'empty',
    readings: [],
    replies: replyTo(frame, 0),
    command: '01',
  };
}

function decode(session: ProtocolSession, uplink: Pick<Uplink, 'bytes' | 'receivedAt'>): Decoded {
  const frame = parseFrame(uplink.bytes);
  if (!frame) {
    return {
      session,
      outcome: 'undecodable',
      readings: [],
      replies: [],
      command: '?',
      reason: 'no frame 7878 or 7979',
    };
  }
  const before = readSession(session);
  const decoded = decodeType(before, frame, uplink.receivedAt);
  const { id } = readSession(decoded.session);
  return { ...decoded, ...(id === undefined ? {} : { nativeId: id }), ...sequenceOf(frame, uplink.bytes) };
}

function decodeType(before: Gt06Session, frame: Frame, receivedAt: number): Decoded {
  if (frame.type === LOGIN) return decodeLogin({ ...before }, frame);
  if (frame.type === 0x15) return decodeAnswer({ ...before }, readShortAnswer(frame.content));
  if (frame.type === 0x21) return decodeAnswer({ ...before }, readLongAnswer(frame.content));
  return decodeContent(before, frame, receivedAt);
}

/** The words of the vendor's text commands. */
function wordsOf(command: DownlinkCommand): string | undefined {
  switch (command.kind) {
    case 'locate_now':
      return 'WHERE#';
    case 'set_sos_numbers':
      return `SOS,A,${command.numbers.slice(0, 3).join(',')}#`;
    case 'set_interval':
      return `TIMER,${command.seconds},${command.seconds}#`;
    case 'restart':
      return 'RESET#';
    default:
      return undefined;
  }
}

/** 80: length, our serial as the mark that the answer repeats, the words. */
function encode(command: DownlinkCommand, { serial }: { serial: number }): EncodedDownlink | undefined {
  const words = wordsOf(command);
  if (words === undefined || !/^[ -~]{1,240}$/.test(words)) return undefined;
  const mark = [serial >>> 24, (serial >>> 16) & 0xff, (serial >>> 8) & 0xff, serial & 0xff];
  const content = Uint8Array.of(words.length + 4, ...mark, ...Buffer.from(words));
  return { bytes: formatFrame(COMMAND, content, { serial: serial & 0xffff }), answeredBy: TEXT };
}

/** Topin frames have the same marks: only in these types their length is a length too. */
const SHARED: ReadonlySet<number> = new Set([0x08, 0x13, 0x30]);

/** Proven by the checksum; where that is wrong, told by a length that is right. */
function looksLike(bytes: Uint8Array): 0 | 1 | 2 | 3 {
  if (isProven(bytes)) return 3;
  const frame =
    bytes[0] === bytes[1] && (bytes[0] === 0x78 || bytes[0] === 0x79) ? parseFrame(bytes) : undefined;
  if (!frame) return 0;
  return frame.extended || (frame.measured && !SHARED.has(frame.type)) ? 2 : 1;
}

/** The protocol `gt06`; a status comes every 3 to 5 minutes. */
export const gt06: Protocol = {
  name: 'gt06',
  title: { zh: 'GT06 系列（康凯斯、几米等）', en: 'GT06 family (Concox, Jimi and others)' },
  tcp: { env: 'GT06_PORT', port: 5023 },
  expectedEveryMs: 20 * MINUTE_MS,
  maxFrameBytes: MAX_FRAME_BYTES,
  split: splitFrames,
  looksLike,
  decode,
  encode,
};
