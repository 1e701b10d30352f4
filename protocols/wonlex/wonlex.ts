/**
 * Wonlex watches (HW20 PRO, L08 Pro): JSON behind a binary head over TCP, or as messages of a WebSocket. Every upload bears the IMEI and an
 * `ident` that the answer repeats.
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
import { reasonOf, textOf } from '../json-frame.ts';
import { printable } from '../measure.ts';
import { isObject, type JsonObject } from '../sink.ts';
import { looseTime } from '../time.ts';
import { alarmsIn, batteryIn, stepsIn } from './alarms.ts';
import { type Frame, formatFrame, MAX_FRAME_BYTES, parseFrame, splitFrames } from './frame.ts';
import { locationIn, scanIn } from './places.ts';
import { batchIn, isValue, readValue, valueIn } from './vitals.ts';

interface Envelope {
  type: string;
  /** As it came: a number or a string. */
  ident: unknown;
  ref: string;
  imei?: string;
  /** The fields of `data`, over those that stand at the top. */
  data: JsonObject;
  sentAt?: number | undefined;
}

function envelopeOf(message: JsonObject): Envelope | undefined {
  const type = textOf(message.type);
  if (type === undefined) return undefined;
  const imei = textOf(message.imei) ?? (isObject(message.data) ? textOf(message.data.imei) : undefined);
  const { type: _type, ident, ref, imei: _imei, timestamp, ...top } = message;
  return {
    type,
    ident,
    ref: textOf(ref) ?? '',
    ...(imei !== undefined && /^[\w-]{5,32}$/.test(imei) ? { imei } : {}),
    data: isObject(message.data) ? { ...top, ...message.data } : top,
    sentAt: looseTime(timestamp),
  };
}

interface Said {
  readings: DecodedReading[];
  reasons: string[];
  understood: boolean;
}

/** Uploads that are known and hold nothing that is a reading. */
const SILENT =
  /^(?:login|heartbeat|up(?:BF|UA|ECG|HRV|PPG|RR|Sleep|Run|Weather|DeviceInfo)|.*Weather.*|get.*|sync.*)$/i;
const TOLD_BESIDE = /^up(?:Location|TodayActivity|Walk|Run|Step|Sport|Status|Battery|Power)/i;

/** A batch is what was kept while there was no connection, or measured in between. */
function readBatch(data: JsonObject): Said {
  const batch = batchIn(data);
  if (!batch || !isValue(batch.type)) {
    return { readings: [], reasons: ['a batch of values that are not known'], understood: false };
  }
  const read = batch.samples.map((sample) => readValue(batch.type, sample, { origin: 'history' }));
  return {
    readings: read.flatMap((one) => one.readings),
    reasons: [...new Set(read.flatMap((one) => one.reasons))],
    understood: true,
  };
}

function readUpload({ type, data, sentAt }: Envelope): Said {
  if (/^upBatch$/i.test(type)) return readBatch(data);
  const observedAt = looseTime(data.dataTime ?? data.time ?? data.timestamp) ?? sentAt;
  const origin: Origin = 'live';
  const base = { origin, ...(observedAt === undefined ? {} : { observedAt }) };
  const value = isValue(type)
    ? readValue(type, { text: valueIn(data, type) ?? '', observedAt }, base)
    : undefined;
  const facts = [...alarmsIn(type, data), ...batteryIn(data), ...(value ? [] : stepsIn(data))];
  const location = locationIn(data);
  const scan = scanIn(data);
  const readings: DecodedReading[] = [
    ...facts.map((fact) => ({ ...fact, ...base })),
    ...(value?.readings ?? []),
    ...(location ? [{ ...location, ...base }] : []),
    ...(scan ? [{ signal: 'network_scan' as const, value: scan, ...base }] : []),
  ];
  const understood =
    readings.length > 0 || value !== undefined || SILENT.test(type) || TOLD_BESIDE.test(type);
  const reasons = understood ? (value?.reasons ?? []) : [`unknown type ${printable(type)}`];
  return { readings, reasons, understood };
}

/** Same type and ident; the answer to a login says that the watch is bound. */
function replyTo({ type, ident, imei }: Envelope, isFramed: boolean, receivedAt: number): Uint8Array {
  const data = {
    type,
    ...(imei === undefined ? {} : { imei }),
    timestamp: receivedAt,
    status: 'success',
    ...(type === 'login' ? { bindStatus: 1 } : {}),
  };
  const head = {
    type,
    ...(ident === undefined ? {} : { ident }),
    ref: 's:reply',
    ...(imei === undefined ? {} : { imei }),
  };
  return formatFrame({ ...head, data, timestamp: receivedAt }, isFramed);
}

/** The watch repeats type and ident of a command. */
function answerIn({ type, ident, ref, data }: Envelope): Decoded['downlinkAnswer'] {
  if (!ref.endsWith('reply') && !/^dn[A-Z]|^(?:locationInterval|deviceMeasuringFrequency)$/.test(type))
    return undefined;
  const serial = textOf(ident);
  const ok = !/fail|error|refus/i.test(textOf(data.status) ?? '');
  return { command: printable(type), ...(serial === undefined ? {} : { serial }), ok };
}

const MAX_IDENT = 64;

function decodeFrame(
  session: ProtocolSession,
  { message, isFramed, reason }: Frame,
  receivedAt: number,
): Decoded {
  const envelope = envelopeOf(message);
  if (!envelope) {
    return {
      session,
      outcome: 'undecodable',
      readings: [],
      replies: [],
      command: '?',
      reason: 'no type in it',
    };
  }
  const answer = answerIn(envelope);
  const said = answer ? { readings: [], reasons: [], understood: true } : readUpload(envelope);
  const known = typeof session.id === 'string' ? session.id : undefined;
  const id = envelope.imei ?? known;
  const ident = textOf(envelope.ident)?.slice(0, MAX_IDENT);
  return {
    session: { ...(id === undefined ? {} : { id }), bare: !isFramed },
    outcome: said.readings.length > 0 || answer ? 'ok' : said.understood ? 'empty' : 'undecodable',
    ...(id === undefined ? {} : { nativeId: id }),
    readings: said.readings,
    replies: answer || envelope.ref.startsWith('s:') ? [] : [replyTo(envelope, isFramed, receivedAt)],
    ...(ident === undefined || answer
      ? {}
      : { sequence: `${printable(envelope.type)}.${printable(ident, MAX_IDENT)}` }),
    command: printable(envelope.type) || '?',
    ...reasonOf([reason, ...said.reasons]),
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
    reason: 'no JSON object',
  };
}

const MEASUREMENTS = {
  heart_rate: 'dnHeartRate',
  blood_pressure: 'dnBP',
  spo2: 'dnBO',
  temperature: 'dnTemperature',
} as const;

function wordsOf(command: DownlinkCommand): { type: string; data: JsonObject } | undefined {
  switch (command.kind) {
    case 'locate_now':
      return { type: 'dnLocation', data: {} };
    case 'measure':
      return { type: MEASUREMENTS[command.what], data: {} };
    case 'set_interval':
      return { type: 'locationInterval', data: { intervalTime: Math.round(command.seconds) } };
    default:
      return undefined;
  }
}

/** The `ident` is our serial; the answer repeats it. No clock is at hand, and a command needs no timestamp. */
function encode(
  command: DownlinkCommand,
  { nativeId, session, serial }: { nativeId: string; session: ProtocolSession; serial: number },
): EncodedDownlink | undefined {
  const words = wordsOf(command);
  if (!words) return undefined;
  const imei = typeof session.id === 'string' ? session.id : nativeId;
  const message = { type: words.type, ident: String(serial), ref: 's:down', imei, data: words.data };
  return { bytes: formatFrame(message, session.bare !== true), answeredBy: words.type };
}

function looksLike(bytes: Uint8Array): 0 | 1 | 2 | 3 {
  if (bytes[0] !== 0xfc && bytes[0] !== 0x7b) return 0;
  const frame = parseFrame(bytes);
  const envelope = frame && envelopeOf(frame.message);
  if (!frame || !envelope) return bytes[0] === 0xfc && bytes[1] === 0xaf ? 1 : 0;
  if (frame.isFramed || /^[ws]:/.test(envelope.ref)) return 2;
  return envelope.imei !== undefined && /^(?:login|heartbeat|up[A-Z])/.test(envelope.type) ? 2 : 0;
}

/** The protocol `wonlex`. */
export const wonlex: Protocol = {
  name: 'wonlex',
  title: { zh: 'Wonlex 手表（JSON）', en: 'Wonlex watches (JSON)' },
  tcp: { env: 'WONLEX_PORT', port: 5296 },
  webSocket: { path: '/wonlex' },
  expectedEveryMs: 20 * 60_000,
  maxFrameBytes: MAX_FRAME_BYTES,
  split: splitFrames,
  looksLike,
  decode,
  encode,
};
