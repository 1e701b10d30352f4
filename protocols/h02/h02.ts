/**
 * H02 devices (HuaBao, SinoTrack and many others): `*HQ,id,TYPE,…#` or packed records behind `$`, over TCP and UDP; each frame bears the id.
 * Source: the vendors' GPRS protocol documents.
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
import { latin1 } from '../bytes.ts';
import { numberFrom, printable } from '../measure.ts';
import { networkScan } from '../network.ts';
import { idBytesOf, isPackedMark, MAX_FRAME_BYTES, PACKED, splitFrames } from './frame.ts';
import {
  type Content,
  readBase,
  readFix,
  readLink,
  readNeighbours,
  readPacked,
  readV3,
  readVp1,
} from './record.ts';
import { batteryFacts } from './status.ts';

interface Sentence {
  maker: string;
  id: string;
  type: string;
  fields: readonly string[];
}

const SENTENCE = /^\*?([A-Za-z]{2}),([0-9A-Za-z]{1,32}),([0-9A-Za-z]{1,16})((?:,[^#]*)?)#?\s*$/;
const nothing: Content = { facts: [], reasons: [] };

function parseSentence(text: string): Sentence | undefined {
  const [, maker, id, type, rest] = SENTENCE.exec(text) ?? [];
  if (maker === undefined || id === undefined || type === undefined) return undefined;
  return { maker, id, type: type.toUpperCase(), fields: (rest ?? '').split(',').slice(1) };
}

function beat({ fields }: Sentence): Content {
  return { facts: batteryPercent(fields[0]), reasons: [] };
}

function batteryPercent(text: string | undefined) {
  const value = numberFrom(text);
  return value === undefined || !Number.isInteger(value) ? [] : batteryFacts(value);
}

const types: ReadonlyMap<string, (sentence: Sentence) => Content> = new Map([
  ['LINK', ({ fields }: Sentence) => readLink(fields)],
  ['NBR', ({ fields }: Sentence) => readNeighbours(fields)],
  ['V3', ({ fields }: Sentence) => readV3(fields)],
  ['VP1', ({ fields }: Sentence) => readVp1(fields)],
  ['BS', ({ fields }: Sentence) => readBase(fields)],
  ['V0', () => nothing],
  ['HTBT', beat],
]);

/** Sentences that may come without a place, and then say nothing that is a reading. */
const KNOWN = /^(?:V\d+|VI1|ALRM|SMS|XT|I\d+\w*|D\d+|S\d+|R\d+|SCF|CXZT|IMEI|NBR)$/;
/** A confirmation names what it confirms. */
const CONFIRMS = 'V4';

/** Alarm sentences that carry no status word with an alarm in it stay an alarm. */
function withAlarm(type: string, content: Content): Content {
  if (type !== 'ALRM' || content.facts.length > 0) return content;
  return { ...content, facts: [{ signal: 'general_alarm', value: true, code: 'ALRM' }] };
}

function understand(sentence: Sentence): Content | undefined {
  const { type, fields } = sentence;
  const known = types.get(type)?.(sentence);
  if (known) return known;
  const content = readFix(fields) ?? (KNOWN.test(type) ? nothing : undefined);
  return content && withAlarm(type, content);
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}

function utcDigits(receivedAt: number): string {
  return new Date(receivedAt).toISOString().replace(/\D/g, '').slice(0, 14);
}

/** Positions are confirmed with our clock, signs of life repeated. */
function repliesTo({ maker, id, type }: Sentence, receivedAt: number): Uint8Array[] {
  const answer = (rest: string) => [Buffer.from(`*${maker},${id},${rest}#`, 'latin1')];
  if (type === 'V1' || type === 'NBR') return answer(`V4,${type},${utcDigits(receivedAt)}`);
  return type === 'V0' || type === 'HTBT' ? answer(type) : [];
}

/** A clock time that bears our serial to the device and back, as far as one holds it. */
function serialAsTime(serial: number): string {
  const seconds = serial % 86_400;
  return [seconds / 3600, (seconds / 60) % 60, seconds % 60]
    .map((part) => twoDigits(Math.floor(part)))
    .join('');
}

function answerIn({ type, fields }: Sentence): Decoded['downlinkAnswer'] {
  const [command = '', detail = ''] = fields;
  if (type !== CONFIRMS || !/^[A-Z]{1,3}\d*$/i.test(command)) return undefined;
  return { command: command.toUpperCase(), ok: !/^(?:ERROR|FAIL)/i.test(detail) };
}

function readingsOf({ facts, location, cells = [], observedAt }: Content): DecodedReading[] {
  const base = { ...(observedAt === undefined ? {} : { observedAt }), origin: 'live' as const };
  const scan = networkScan(cells);
  return [
    ...facts.map((fact) => ({ ...fact, ...base })),
    ...(location ? [{ signal: 'location' as const, value: location, ...base }] : []),
    ...(scan ? [{ signal: 'network_scan' as const, value: scan, ...base }] : []),
  ];
}

interface Speaker {
  maker?: string;
  id?: string;
}

function speakerOf({ maker, id }: ProtocolSession): Speaker {
  return { ...(typeof maker === 'string' ? { maker } : {}), ...(typeof id === 'string' ? { id } : {}) };
}

function decodeSentence(sentence: Sentence, receivedAt: number): Decoded {
  const understood = understand(sentence);
  const content = understood ?? nothing;
  const readings = readingsOf(content);
  const answer = answerIn(sentence);
  const command = printable(sentence.type, 16);
  const reasons = understood ? content.reasons : [`unknown type ${command}`];
  return {
    session: { maker: sentence.maker, id: sentence.id },
    outcome: readings.length > 0 || answer ? 'ok' : understood ? 'empty' : 'undecodable',
    nativeId: sentence.id,
    readings,
    replies: repliesTo(sentence, receivedAt),
    command,
    ...(reasons.length > 0 ? { reason: reasons.join('; ') } : {}),
    ...(answer ? { downlinkAnswer: answer } : {}),
  };
}

function decodePacked(session: ProtocolSession, bytes: Uint8Array): Decoded | undefined {
  const content = readPacked(bytes);
  if (!content) return undefined;
  const { maker, id: known } = speakerOf(session);
  const id = content.id ?? known;
  const readings = readingsOf(content);
  return {
    session: { ...(maker === undefined ? {} : { maker }), ...(id === undefined ? {} : { id }) },
    outcome: readings.length > 0 ? 'ok' : 'empty',
    ...(id === undefined ? {} : { nativeId: id }),
    readings,
    replies: [],
    command: '$',
    ...(content.reasons.length > 0 ? { reason: content.reasons.join('; ') } : {}),
  };
}

/** A packed record whose mark was taken off. */
function marked(bytes: Uint8Array): Uint8Array {
  if (isPackedMark(bytes[0]) && idBytesOf(bytes) !== undefined) return bytes;
  return Uint8Array.of(0x24, ...bytes);
}

function decode(session: ProtocolSession, uplink: Pick<Uplink, 'bytes' | 'receivedAt'>): Decoded {
  const bytes = uplink.bytes.subarray(0, MAX_FRAME_BYTES);
  const sentence = parseSentence(latin1(bytes));
  if (sentence) return decodeSentence(sentence, uplink.receivedAt);
  const packed = bytes[0] === 0x2a ? undefined : decodePacked(session, marked(bytes));
  const reason = 'neither a sentence *HQ,id,type nor a packed record';
  return packed ?? { session, outcome: 'undecodable', readings: [], replies: [], command: '?', reason };
}

/** What follows the id of a command. The family has none for numbers, measuring or ringing that all of it knows. */
function wordsOf(command: DownlinkCommand, time: string): string | undefined {
  switch (command.kind) {
    case 'locate_now':
      return `D1,${time},10,1`;
    case 'set_interval':
      return `S71,${time},22,${Math.round(command.seconds)}`;
    case 'restart':
      return `R1,${time}`;
    default:
      return undefined;
  }
}

function encode(
  command: DownlinkCommand,
  device: { nativeId: string; session: ProtocolSession; serial: number },
): EncodedDownlink | undefined {
  const { maker = 'HQ', id = device.nativeId } = speakerOf(device.session);
  const words = wordsOf(command, serialAsTime(device.serial));
  if (words === undefined) return undefined;
  const bytes = Buffer.from(`*${maker},${id},${words}#`, 'latin1');
  return { bytes, answeredBy: words.split(',')[0] ?? '' };
}

function looksLike(bytes: Uint8Array): 0 | 1 | 2 | 3 {
  const text = latin1(bytes.subarray(0, MAX_FRAME_BYTES));
  const sentence = parseSentence(text.split('#', 1)[0] ?? '');
  if (sentence && /^\d{8,16}$/.test(sentence.id)) return text.startsWith('*') ? 2 : 1;
  if (bytes.length < PACKED.short - 1 || bytes.length > PACKED.long + 3) return 0;
  if (isPackedMark(bytes[0]) && idBytesOf(bytes) !== undefined) return 2;
  return idBytesOf(marked(bytes)) === undefined ? 0 : 1;
}

/** The protocol `h02`; heartbeats come every few minutes. */
export const h02: Protocol = {
  name: 'h02',
  title: { zh: 'H02 系列（HQ 协议）', en: 'H02 family (HQ)' },
  tcp: { env: 'H02_PORT', port: 5013 },
  udp: { env: 'H02_PORT', port: 5013 },
  expectedEveryMs: 30 * 60_000,
  maxFrameBytes: MAX_FRAME_BYTES,
  split: splitFrames,
  looksLike,
  decode,
  encode,
};
