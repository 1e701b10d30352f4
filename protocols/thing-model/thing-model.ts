/**
 * Thing models: devices built for a cloud (OneNET OneJSON, Aliyun Alink, TuyaLink, Huawei IoTDA, Tencent, CTWing) whose broker was set to
 * ours, or whose messages are forwarded. One adapter, as they differ in topic and envelope alone; what a property means is told by its
 * name (`generic-map.ts`).
 */
import type { Decoded, DecodedPart, Protocol, ProtocolSession, Uplink } from '../../src/model/uplinks.ts';
import { utf8 } from '../bytes.ts';
import { asObject, decodedOf, idOf, newSink, readBody, reasonOf } from '../json-frame.ts';
import { printable } from '../measure.ts';
import { clean, isObject, type JsonObject } from '../sink.ts';
import { readAlink } from './alink.ts';
import { encode } from './commands.ts';
import { readIotda, readTencent } from './huawei-tencent.ts';
import { knownOf, learn } from './memory.ts';
import type { Given, Part, Said } from './said.ts';
import { readStatements } from './statements.ts';
import { covers, guessPrefix, type Place, type ProfileName, placeOf } from './topics.ts';
import { readTuyaLink } from './tuyalink.ts';

const MAX_BYTES = 262_144;
const MAX_PARTS = 200;
/** A breaker reports at least once an hour, a leak probe once a day. */
const EXPECTED_EVERY_MS = 25 * 3_600_000;

type Inbound = Pick<Uplink, 'bytes' | 'topic' | 'claimedId' | 'receivedAt' | 'retained' | 'topicPrefix'>;

/** Flat JSON on a topic without an id: only the client that published it tells whose it is. */
function readCtwing({ path, message }: Given): Said {
  if (!path.endsWith('_report')) return { command: 'down', parts: [], reason: 'a message to a device' };
  const fields = asObject(message.payload) ?? asObject(message.params) ?? message;
  const event = path === 'event_report';
  const id = String(message.eventId ?? message.event ?? 'event');
  return {
    command: path,
    parts: [{ statements: [event ? { kind: 'event', id, fields } : { kind: 'properties', fields }] }],
  };
}

const READERS: Readonly<Record<ProfileName, (given: Given) => Said>> = {
  onenet: readAlink,
  alink: readAlink,
  tuyalink: readTuyaLink,
  iotda: readIotda,
  tencent: readTencent,
  ctwing: readCtwing,
};

/** Without a topic (a line of the decode tool) the envelope tells. */
function guessPlace(message: JsonObject): Place {
  const place = (profile: ProfileName, path: string): Place => ({
    profile,
    path,
    device: undefined,
    prefix: 'none',
  });
  if (Array.isArray(message.devices)) return place('iotda', 'sys/gateway/sub_devices/properties/report');
  if (Array.isArray(message.services)) {
    const events = message.services.some((one) => isObject(one) && 'paras' in one);
    return place('iotda', events ? 'sys/events/up' : 'sys/properties/report');
  }
  const method = String(message.method ?? '');
  if (/^(?:report|events?_post|control_reply)$/.test(method))
    return place('tencent', method.startsWith('event') ? 'up/event' : 'up/property');
  if (method.startsWith('thing.')) return place('alink', method.replaceAll('.', '/'));
  const data = asObject(message.data);
  if (data && 'eventCode' in data) return place('tuyalink', 'thing/event/trigger');
  if (data && ('subDevices' in data || 'properties' in data))
    return place('tuyalink', 'thing/data/batch_report');
  if (data && ('msgId' in message || 'sys' in message)) return place('tuyalink', 'thing/property/report');
  if (isObject(message.dp)) return place('onenet', 'dp/post/json');
  if (Array.isArray(message.params)) return place('onenet', 'thing/pack/post');
  if (isObject(message.params)) return place('onenet', 'thing/property/post');
  return place('ctwing', 'data_report');
}

/** Bytes that are not JSON on a topic for the device's own language. */
function readRawTopic({ path }: Place, bytes: Uint8Array): Said | undefined {
  if (!/^(?:custome|channel\/raw|thing\/model\/up_raw)/.test(path)) return undefined;
  return {
    command: 'raw',
    parts: [{ statements: [{ kind: 'raw', text: Buffer.from(bytes).toString('base64') }] }],
  };
}

interface Understood {
  said: Said;
  place: Place;
}

function understand({ bytes, topic, receivedAt }: Inbound): Understood | string {
  const place = topic === undefined ? undefined : placeOf(topic);
  if (topic !== undefined && !place) return `${clean(topic, 128)} is no topic of a thing model`;
  const raw = place && readRawTopic(place, bytes);
  if (place && raw) return { said: raw, place };
  const { value, reason } = readBody(bytes, MAX_BYTES);
  if (!isObject(value)) return reason ?? 'expected a JSON object';
  const where = place ?? guessPlace(value);
  // Damaged JSON is flat: its fields are what is left of the properties.
  const message =
    reason === undefined
      ? value
      : { ...value, params: value, data: value, services: [{ properties: value }] };
  const said = READERS[where.profile]({
    profile: where.profile,
    path: where.path,
    topic,
    message,
    receivedAt,
  });
  return { place: where, said: reason === undefined ? said : { ...said, reason } };
}

function publicationOf({ reply }: Said): Pick<Decoded, 'publish'> {
  return reply ? { publish: [{ topic: reply.topic, bytes: Buffer.from(JSON.stringify(reply.body)) }] } : {};
}

/** Parts of one device together, the order kept. */
function byDevice(
  parts: readonly Part[],
  own: string | undefined,
): Map<string | undefined, Part['statements']> {
  const devices = new Map<string | undefined, Part['statements']>();
  for (const { device, statements } of parts.slice(0, MAX_PARTS)) {
    const id = device === undefined ? own : idOf(device);
    devices.set(id, [...(devices.get(id) ?? []), ...statements]);
  }
  return devices;
}

function refused(session: ProtocolSession, nativeId: string | undefined, reason: string): Decoded {
  return decodedOf({ ...newSink(), misunderstood: true }, { session, command: 'thing', nativeId, reason });
}

function decode(session: ProtocolSession, uplink: Inbound): Decoded {
  const understood = understand(uplink);
  if (typeof understood === 'string') {
    const { device } = placeOf(uplink.topic ?? '') ?? {};
    return refused(session, device ?? uplink.claimedId, understood);
  }
  const { said, place } = understood;
  const own = place.device ?? uplink.claimedId;
  const main = newSink(said.time, uplink.retained ? 'retained' : 'live');
  main.misunderstood = said.misunderstood ?? false;
  const others: DecodedPart[] = [];
  let next = session;
  for (const [nativeId, statements] of byDevice(said.parts, own)) {
    const sink = nativeId === own ? main : newSink(said.time, main.origin);
    const learnt = readStatements(sink, statements, {
      profile: place.profile,
      purpose: knownOf(session, nativeId)?.purpose,
    });
    const behind = nativeId === own ? {} : { behind: true as const };
    if (nativeId !== undefined)
      next = learn(next, nativeId, { profile: place.profile, prefix: place.prefix, ...behind, ...learnt });
    if (sink !== main && nativeId !== undefined && sink.readings.length > 0)
      others.push({ nativeId, readings: sink.readings, ...reasonOf(sink.reasons) });
  }
  const { id, time, answer, reason } = said;
  const moment = time ?? main.readings.find(({ observedAt }) => observedAt !== undefined)?.observedAt;
  return decodedOf(main, {
    session: next,
    command: printable(said.command, 40),
    nativeId: own,
    sequence:
      id === undefined || moment === undefined ? undefined : clean(`${said.command}/${id}@${moment}`, 128),
    ...(reason === undefined ? {} : { reason }),
    ...(answer ? { downlinkAnswer: answer } : {}),
    ...(others.length > 0 ? { others } : {}),
    ...publicationOf(said),
  });
}

const TELLTALE = /"(?:params|services|dp)"\s*:|"method"\s*:\s*"(?:thing\.|report"|event_post")|"msgId"\s*:/;

function looksLike(bytes: Uint8Array): 0 | 1 | 2 {
  const text = utf8(bytes.subarray(0, 2048));
  if (!/^\s*\{/.test(text) || !TELLTALE.test(text)) return 0;
  return /"version"\s*:\s*"1\.0"|"clientToken"|"service_id"|"thing\./.test(text) ? 2 : 1;
}

export const thingModel: Protocol = {
  name: 'thing_model',
  alsoCalled: ['onenet', 'alink', 'tuyalink', 'iotda', 'tencent'],
  title: {
    zh: '物模型设备（OneNET、阿里云、涂鸦、华为、腾讯）',
    en: 'Thing-model devices (OneNET, Alink, TuyaLink, IoTDA, Tencent)',
  },
  gateway: {
    defaultPrefix: (nativeId) => `tylink/${nativeId}`,
    guessPrefix,
    covers,
    open: true,
  },
  expectedEveryMs: EXPECTED_EVERY_MS,
  maxFrameBytes: MAX_BYTES,
  looksLike,
  decode,
  encode,
};
