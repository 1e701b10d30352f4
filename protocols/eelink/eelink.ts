/**
 * Eelink trackers, badges and pendants, over TCP after a login that tells the IMEI, and over UDP with the IMEI in each datagram. Source: the
 * vendor's device protocol 2.0.
 */
import type { DecodedReading } from '../../src/model/readings.ts';
import type {
  Decoded,
  DownlinkCommand,
  EncodedDownlink,
  Protocol,
  ProtocolSession,
  Uplink,
} from '../../src/model/uplinks.ts';
import { latin1, packedImei } from '../bytes.ts';
import { networkScan } from '../network.ts';
import {
  type Frame,
  formatDatagram,
  formatPackage,
  isKnownType,
  isProven,
  MAX_FRAME_BYTES,
  type Package,
  parseFrame,
  splitFrames,
} from './frame.ts';
import { type Content, readHeartbeat, readOldPosition, readPosition } from './records.ts';

const LOGIN = 0x01;
const INSTRUCTION = 0x80;
/** The old position and the broadcast are not answered. */
const UNANSWERED: ReadonlySet<number> = new Set([0x02, INSTRUCTION, 0x81]);
const COMMAND = '80';
const live = { origin: 'live' } as const;

type Reader = (content: Uint8Array) => Content;
const nothing = (): Content => ({ facts: [], reasons: [] });

const readers: ReadonlyMap<number, Reader> = new Map<number, Reader>([
  [0x02, (content) => readOldPosition(content, 'location')],
  [0x03, readHeartbeat],
  [0x04, (content) => readOldPosition(content, 'warning')],
  [0x05, (content) => readOldPosition(content, 'report')],
  [0x06, (content) => readOldPosition(content, 'message')],
  [0x07, readHeartbeat],
  [0x08, nothing],
  [0x12, (content) => readPosition(content, 'location')],
  [0x13, readHeartbeat],
  [0x14, (content) => readPosition(content, 'warning')],
  [0x15, (content) => readPosition(content, 'report')],
  [0x16, (content) => readPosition(content, 'message')],
  ...[0x17, 0x18, 0x19, 0x1a, 0x1b].map((type): [number, Reader] => [type, nothing]),
]);

/** What one package became. */
interface Said {
  readings: DecodedReading[];
  reasons: string[];
  understood: boolean;
  id?: string;
  answer?: NonNullable<Decoded['downlinkAnswer']>;
}

function readingsOf({ facts, observedAt, location, scan: heard }: Content): DecodedReading[] {
  const scan = heard && networkScan(heard.cells, heard.wifi);
  const base = { ...(observedAt === undefined ? {} : { observedAt }), ...live };
  return [
    ...facts.map((fact) => ({ ...fact, ...base })),
    ...(location ? [{ signal: 'location' as const, value: location, ...base }] : []),
    ...(scan ? [{ signal: 'network_scan' as const, value: scan, ...base }] : []),
  ];
}

/** The answer to an instruction: kind, our serial, text. */
function instructionAnswer(content: Uint8Array): NonNullable<Decoded['downlinkAnswer']> {
  const serial = content.length >= 5 ? Buffer.from(content).readUInt32BE(1) : 0;
  const text = latin1(content.subarray(5));
  const ok = !/\b(?:fail(?:ed)?|error|invalid|unknown)\b/i.test(text);
  return { command: COMMAND, ...(serial === 0 ? {} : { serial: String(serial) }), ok };
}

function understand({ type, content }: Package): Said {
  if (type === LOGIN) {
    const id = packedImei(content.subarray(0, 8));
    return id === undefined
      ? { readings: [], reasons: ['no IMEI in the login'], understood: false }
      : { readings: [], reasons: [], understood: true, id };
  }
  if (type === INSTRUCTION) {
    return { readings: [], reasons: [], understood: true, answer: instructionAnswer(content) };
  }
  const read = readers.get(type);
  if (!read) return { readings: [], reasons: [`unknown type ${commandOf(type)}`], understood: false };
  const said = read(content);
  return { readings: readingsOf(said), reasons: said.reasons, understood: true };
}

function commandOf(type: number): string {
  return type.toString(16).padStart(2, '0');
}

/** The login is answered with the time, the version of the protocol and that no parameters are wanted. */
function replyTo({ type, sequence }: Package, receivedAt: number): Uint8Array[] {
  if (sequence === undefined || UNANSWERED.has(type)) return [];
  if (type !== LOGIN) return [formatPackage(type, sequence)];
  const content = Buffer.alloc(7);
  content.writeUInt32BE(Math.floor(receivedAt / 1000));
  content.writeUInt16BE(1, 4);
  return [formatPackage(type, sequence, content)];
}

/** Answers to a datagram go in one. */
function repliesTo(
  { packages, isDatagram }: Frame,
  id: string | undefined,
  receivedAt: number,
): Uint8Array[] {
  const replies = packages.flatMap((one) => replyTo(one, receivedAt));
  if (!isDatagram || replies.length === 0) return replies;
  return id === undefined ? [] : [formatDatagram(id, replies)];
}

/** The number of the first package, and how many there are: a datagram that is sent again holds the same ones. */
function sequenceOf({ packages }: Frame): { sequence?: string } {
  const [first] = packages;
  if (first?.sequence === undefined) return {};
  const more = packages.length > 1 ? `+${packages.length - 1}` : '';
  return { sequence: `${commandOf(first.type)}-${first.sequence}${more}` };
}

function decodeFrame(session: ProtocolSession, frame: Frame, receivedAt: number): Decoded {
  const said = frame.packages.map(understand);
  const known = typeof session.id === 'string' ? session.id : undefined;
  const id = frame.id ?? said.find((one) => one.id !== undefined)?.id ?? known;
  const readings = said.flatMap((one) => one.readings);
  const answer = said.find((one) => one.answer)?.answer;
  const [first] = frame.packages;
  const reasons = [...(frame.reason ? [frame.reason] : []), ...new Set(said.flatMap((one) => one.reasons))];
  const understood = said.some((one) => one.understood);
  return {
    session: { ...(id === undefined ? {} : { id }), ...(frame.isDatagram ? { datagrams: true } : {}) },
    outcome: readings.length > 0 || answer ? 'ok' : understood ? 'empty' : 'undecodable',
    ...(id === undefined ? {} : { nativeId: id }),
    readings,
    ...(answer ? {} : sequenceOf(frame)),
    replies: repliesTo(frame, id, receivedAt),
    command: first ? commandOf(first.type) : '?',
    ...(reasons.length > 0 || !understood ? { reason: reasons.join('; ') || 'no package in it' } : {}),
    ...(answer ? { downlinkAnswer: answer } : {}),
  };
}

function decode(
  session: ProtocolSession,
  { bytes, receivedAt }: Pick<Uplink, 'bytes' | 'receivedAt'>,
): Decoded {
  const frame = parseFrame(bytes);
  if (frame) return decodeFrame(session, frame, receivedAt);
  return {
    session,
    outcome: 'undecodable',
    readings: [],
    replies: [],
    command: '?',
    reason: 'no package 6767',
  };
}

function wordsOf(command: DownlinkCommand): string | undefined {
  switch (command.kind) {
    case 'locate_now':
      return 'WHERE#';
    case 'restart':
      return 'RESET#';
    case 'power_off':
      return 'SHUTDOWN#';
    default:
      return undefined;
  }
}

/** 80: kind 1 (command), our serial, the words; behind the head of a datagram where the device speaks so. */
function encode(
  command: DownlinkCommand,
  { nativeId, session, serial }: { nativeId: string; session: ProtocolSession; serial: number },
): EncodedDownlink | undefined {
  const words = wordsOf(command);
  if (words === undefined) return undefined;
  const mark = Buffer.alloc(5, 1);
  mark.writeUInt32BE(serial >>> 0, 1);
  const bytes = formatPackage(INSTRUCTION, serial & 0xffff, Buffer.concat([mark, Buffer.from(words)]));
  const id = typeof session.id === 'string' ? session.id : nativeId;
  return { bytes: session.datagrams === true ? formatDatagram(id, [bytes]) : bytes, answeredBy: COMMAND };
}

function looksLike(bytes: Uint8Array): 0 | 1 | 2 | 3 {
  if (isProven(bytes)) return 3;
  const isMarked = bytes[0] === 0x67 && bytes[1] === 0x67 && isKnownType(bytes[2]);
  if (isMarked) return splitFrames(bytes).frames.length > 0 ? 2 : 1;
  const frame = bytes.length <= MAX_FRAME_BYTES ? parseFrame(bytes) : undefined;
  if (!frame) return 0;
  return frame.isDatagram && bytes[0] !== 0x45 ? 3 : 1;
}

/** The protocol `eelink`; a heartbeat comes every 3 to 5 minutes. */
export const eelink: Protocol = {
  name: 'eelink',
  title: { zh: '移联 Eelink 定位器', en: 'Eelink trackers' },
  tcp: { env: 'EELINK_PORT', port: 5064 },
  udp: { env: 'EELINK_PORT', port: 5064 },
  expectedEveryMs: 20 * 60_000,
  maxFrameBytes: MAX_FRAME_BYTES,
  split: splitFrames,
  looksLike,
  decode,
  encode,
};
