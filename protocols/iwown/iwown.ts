/**
 * iWOWN 4G watches, set to our base address: `/pb/upload` and `/alarm/upload` bring blocks of protobuf, the others JSON.
 * https://iwap1.iwown.com/iot_platform/restful.html
 */
import type { Decoded, Protocol, ProtocolSession, Uplink } from '../../src/model/uplinks.ts';
import { ByteReader, latin1, salvage, utf8 } from '../bytes.ts';
import { at, decodedOf, idOf, newSink, readBody, textOf } from '../json-frame.ts';
import { placeFinding, toNumber } from '../place-fields.ts';
import { add, isObject, type JsonObject, type Sink } from '../sink.ts';
import { looseTime } from '../time.ts';
import { meaningOf } from '../words.ts';
import { ALARM, HISTORY, LIVE, readBlock, tableOf } from './report.ts';

const MAX_BYTES = 1024 * 1024;
const MAX_BLOCKS = 500;
const MAX_LISTED = 100;
const ID_BYTES = 15;
const HEADER_BYTES = 8;
const MARK = 0x4454;
/** A watch uploads every ten minutes to an hour. */
const EXPECTED_EVERY_MS = 3 * 3_600_000;
const ZONE_S = 8 * 3600;

const BYTE = { ok: Uint8Array.of(0), short: Uint8Array.of(2), header: Uint8Array.of(3) };
const JSON_OK = Buffer.from('{"ReturnCode":0}');
const JSON_BAD = Buffer.from('{"ReturnCode":10002}');
const NO_SLEEP = Buffer.from('{"ReturnCode":10404,"Data":{}}');

type Inbound = Pick<Uplink, 'bytes' | 'topic' | 'payload'>;

interface Envelope {
  nativeId: string | undefined;
  blocks: { opcode: number; bytes: Uint8Array }[];
  answer: Uint8Array;
  reason?: string;
}

function openEnvelope(bytes: Uint8Array): Envelope {
  const nativeId = idOf(latin1(bytes.subarray(0, ID_BYTES)).replace(/[\0 ]+/g, ''));
  const blocks: Envelope['blocks'] = [];
  const closed = (answer: Uint8Array, reason?: string): Envelope => ({
    nativeId,
    blocks,
    answer,
    ...(reason ? { reason } : {}),
  });
  if (bytes.length < ID_BYTES + HEADER_BYTES) return closed(BYTE.short, 'shorter than a block');
  const reader = new ByteReader(bytes.subarray(ID_BYTES), { littleEndian: true });
  while (reader.left > 0 && blocks.length < MAX_BLOCKS) {
    if (reader.left < HEADER_BYTES) return closed(BYTE.short, 'the last block is cut');
    const mark = (reader.u8() << 8) | reader.u8();
    if (mark !== MARK) return closed(BYTE.header, 'a block that does not begin with 44 54');
    const length = reader.u16();
    reader.skip(2);
    const opcode = reader.u16();
    const whole = salvage(() => blocks.push({ opcode, bytes: reader.take(length) }));
    if (!whole) {
      blocks.push({ opcode, bytes: reader.rest() });
      return closed(BYTE.short, 'the last block is cut');
    }
  }
  return closed(BYTE.ok);
}

const COMMANDS: Readonly<Record<number, string>> = { [LIVE]: 'live', [ALARM]: 'alarm', [HISTORY]: 'history' };

function decodeBlocks(session: ProtocolSession, { bytes, payload }: Inbound, alarm: boolean): Decoded {
  const { nativeId, blocks, answer, reason } = openEnvelope(bytes);
  const sink = newSink();
  for (const block of blocks) readBlock(sink, block, tableOf(payload?.map, block.opcode));
  if (blocks.length === 0) sink.misunderstood = true;
  const [first] = blocks;
  const command = (first && COMMANDS[first.opcode]) ?? (alarm ? 'alarm' : 'upload');
  return decodedOf(sink, { session, command, nativeId, replies: [answer], ...(reason ? { reason } : {}) });
}

/** The watch writes its own clock as if it were UTC; a text is that clock, too. */
function timeOf(value: unknown): number | undefined {
  const number = toNumber(value);
  if (number === undefined) return looseTime(value, 8);
  const time = looseTime(value);
  return time === undefined ? undefined : time - ZONE_S * 1000;
}

function readCalls(sink: Sink, message: JsonObject): void {
  const calls = Array.isArray(message.sos)
    ? message.sos
    : message.sos === undefined || message.sos === null
      ? []
      : [message.sos];
  for (const call of calls.slice(0, MAX_LISTED)) {
    const { alarm_time: time, lat, lon } = isObject(call) ? call : {};
    const into = at(sink, { observedAt: timeOf(time) });
    add(into, { signal: 'sos', value: true });
    const [latitude, longitude] = [toNumber(lat), toNumber(lon)];
    if (latitude === undefined || longitude === undefined) continue;
    const place = placeFinding({ latitude, longitude }, 'wgs84', { source: 'vendor' });
    if (place) add(into, place);
  }
}

function readStatus(sink: Sink, message: JsonObject): void {
  const online = meaningOf('online', textOf(message.Status, message.status) ?? '');
  if (typeof online === 'boolean') add(sink, { signal: 'online', value: online });
}

const PATHS: readonly (readonly [string, RegExp, (sink: Sink, message: JsonObject) => void])[] = [
  ['call_log', /\/call_log\/upload\b/, readCalls],
  ['status', /\/status\/notify\b/, readStatus],
  ['deviceinfo', /\/deviceinfo\/upload\b/, () => undefined],
];

/** Without a path the fields tell. */
function kindOf(path: string, message: JsonObject): (typeof PATHS)[number] | undefined {
  const named = PATHS.find(([, pattern]) => pattern.test(path));
  if (named) return named;
  if ('sos' in message || 'normal_call_logs' in message) return PATHS[0];
  return 'Status' in message ? PATHS[1] : PATHS[2];
}

function decodeJson(session: ProtocolSession, { bytes, topic = '' }: Inbound): Decoded {
  const { value, reason } = readBody(bytes, MAX_BYTES);
  const sink = newSink();
  const message = isObject(value) ? value : {};
  const nativeId = idOf(message.deviceid, message.DeviceId, message.device_id, message.deviceId);
  const [command, , read] = kindOf(topic, message) ?? ['json', /$^/, () => undefined];
  read(sink, message);
  const bad = !isObject(value) || nativeId === undefined;
  // A damaged call for help is repeated by the watch only if it is refused; what it said counts all the same.
  sink.misunderstood = bad;
  return decodedOf(sink, {
    session,
    command,
    nativeId,
    replies: [bad || reason !== undefined ? JSON_BAD : JSON_OK],
    ...(reason ? { reason } : bad ? { reason: 'no device id' } : {}),
  });
}

function decodeSleep(session: ProtocolSession, topic: string): Decoded {
  const query = new URLSearchParams(topic.slice(topic.indexOf('?') + 1));
  return decodedOf(newSink(), {
    session,
    command: 'sleep',
    nativeId: idOf(query.get('deviceid')),
    replies: [NO_SLEEP],
    reason: 'asks for a sleep analysis, which we have none of',
  });
}

function decode(session: ProtocolSession, uplink: Inbound): Decoded {
  const { bytes, topic = '' } = uplink;
  if (/\/health\/sleep\b/.test(topic)) return decodeSleep(session, topic);
  const binary = /\/(?:pb|alarm)\/upload\b/.test(topic);
  const json =
    /^\s*[{[]/.test(latin1(bytes.subarray(0, 16))) || PATHS.some(([, pattern]) => pattern.test(topic));
  return binary || !json
    ? decodeBlocks(session, uplink, topic.includes('/alarm/'))
    : decodeJson(session, uplink);
}

function looksLike(bytes: Uint8Array): 0 | 2 {
  const opcode =
    bytes.length >= ID_BYTES + HEADER_BYTES && bytes[ID_BYTES] === 0x44 && bytes[ID_BYTES + 1] === 0x54;
  if (opcode) return 2;
  return /^\s*\{/.test(utf8(bytes.subarray(0, 8))) &&
    /"normal_call_logs"|"alarm_time"/.test(utf8(bytes.subarray(0, 4096)))
    ? 2
    : 0;
}

export const iwown: Protocol = {
  name: 'iwown',
  title: { zh: '埃微 4G 手表（HTTP）', en: 'iWOWN 4G watches (HTTP)' },
  http: { source: 'iwown', contentType: 'application/json' },
  expectedEveryMs: EXPECTED_EVERY_MS,
  maxFrameBytes: MAX_BYTES,
  looksLike,
  payloadOf({ bytes, topic = '' }) {
    const { nativeId } = /\/(?:pb|alarm)\/upload\b/.test(topic)
      ? openEnvelope(bytes)
      : { nativeId: undefined };
    return nativeId === undefined ? undefined : { nativeId, models: ['iwown'] };
  },
  decode,
};
