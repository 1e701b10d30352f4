/**
 * Shelly: each device is a client of its own. Gen2+ says what changed in `<prefix>/events/rpc`, and all of a component in
 * `<prefix>/status/<component>` where that is switched on; Gen1 has one topic for each value below `shellies/<id>`.
 * https://shelly-api-docs.shelly.cloud/
 */
import type { Decoded, GatewayChild, Protocol, ProtocolSession, Uplink } from '../../src/model/uplinks.ts';
import { add, clean, isObject, type JsonObject } from '../sink.ts';
import { parseTime } from '../time.ts';
import { encode, request } from './commands.ts';
import { readComponent } from './components.ts';
import { readEvents } from './events.ts';
import { readLeaf } from './gen1.ts';
import { readGen1Status } from './gen1-status.ts';
import { memoryOf, type Talk, taughtOf, teach } from './session.ts';
import { covers, defaultPrefix, guessPrefix, idOf, isDownward, isGen1, placeOf } from './topics.ts';

const MAX_BYTES = 65_536;
const MAX_COMPONENTS = 200;
const MAX_REASON = 500;
/** A smoke detector wakes once a day, and may oversleep by a quarter; what has mains power is told by its last will. */
const EXPECTED_EVERY_MS = 30 * 3_600_000;
const POLL_EVERY_MS = 6 * 3_600_000;
/** Models with a battery: their last will says only that they sleep. */
const SLEEPER = /^shelly(?:plus)?(?:flood|ht|h&t|smoke|dw|button|motion|blu|door|window|trv)/i;
const SENDER = /^[\w.-]{1,64}$/;

type Inbound = Pick<Uplink, 'bytes' | 'topic' | 'claimedId' | 'receivedAt' | 'retained' | 'topicPrefix'>;

/** One message, and what beside its readings it says. */
interface Message extends Talk {
  prefix: string;
  path: string;
  text: string;
  payload: unknown;
  command: string;
  /** The id that the message itself bears. */
  told?: string;
  answer?: Decoded['downlinkAnswer'];
  introduces?: GatewayChild[];
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function wrong({ sink }: Talk, reason: string): undefined {
  sink.misunderstood = true;
  sink.reasons.push(reason);
}

function readStatus(message: Message, params: JsonObject): undefined {
  message.sink.observedAt = typeof params.ts === 'number' ? parseTime(params.ts * 1000) : undefined;
  const entries = Object.entries(params).slice(0, MAX_COMPONENTS);
  for (const [component, status] of entries) readComponent(message, component, status);
}

function readNotification(message: Message, { method, params }: JsonObject): undefined {
  message.command = clean(String(method), 32).replace(/[^ -~]/g, '?');
  if (!isObject(params)) return wrong(message, `${message.command}: no params`);
  message.full = method === 'NotifyFullStatus';
  readStatus(message, params);
  if (method === 'NotifyEvent')
    readEvents(message, params.events, [message.prefix, message.told ?? '', message.id]);
}

/** The answer to a request of ours; that to `Shelly.GetStatus` is a whole status. */
function readAnswer(message: Message, { id, error, result }: JsonObject): undefined {
  message.command = 'rpc';
  const ok = error === undefined || error === null;
  if (isObject(result) && Object.keys(result).some((key) => key === 'sys' || /^\w+:\d/.test(key))) {
    message.full = true;
    const { sys } = result;
    readStatus(message, { ...result, ts: isObject(sys) ? sys.unixtime : undefined });
  } else if (typeof id === 'number') message.answer = { command: 'rpc', serial: String(id), ok };
  if (!ok && isObject(error)) message.sink.reasons.push(`refused: ${clean(String(error.message))}`);
}

function readOnline(message: Message): undefined {
  const word = message.text.trim().toLowerCase();
  message.command = 'online';
  if (word !== 'true' && word !== 'false') return wrong(message, 'online: expected true or false');
  const sleeps = taughtOf(message.memory).sleeps === true || SLEEPER.test(message.id);
  if (word === 'false' && sleeps) message.sink.reasons.push('asleep until its next report');
  else add(message.sink, { signal: 'online', value: word === 'true' });
}

/** What a Gen1 device says of itself when it connects. */
function readAnnouncement(message: Message, payload: JsonObject): undefined {
  message.command = 'announce';
  const { id, model, mac } = payload;
  if (typeof id !== 'string' || !SENDER.test(id)) return wrong(message, 'announce: no id');
  message.told = id;
  const known = [model, mac].every((part) => part === undefined || typeof part === 'string');
  if (!known) return wrong(message, 'announce: expected texts');
  const named = typeof model === 'string' ? { model: clean(model) } : {};
  message.introduces = [{ nativeId: id, name: id, ...named, vendor: 'Shelly' }];
}

function readOwnTopic(message: Message): undefined {
  const { path, payload, text } = message;
  message.command = clean(path.split(/[/:]/, 1)[0] ?? '', 24).replace(/[^ -~]/g, '?') || 'state';
  if (path === 'online') return readOnline(message);
  if (isDownward(path)) {
    message.sink.reasons.push('a command to the device');
    return;
  }
  if (path === 'announce') {
    return isObject(payload) ? readAnnouncement(message, payload) : wrong(message, 'announce: not JSON');
  }
  const [, component] = /^status\/([\w:]{1,40})$/.exec(path) ?? [];
  if (component !== undefined) {
    message.full = true;
    return isObject(payload)
      ? readComponent(message, component, payload)
      : wrong(message, 'status: not JSON');
  }
  if (/^(?:info|status)$/.test(path)) return readInfo(message);
  if (path === 'events/rpc' || path.endsWith('/rpc'))
    return wrong(message, 'expected a notification or an answer');
  readLeaf(message, path, { text: text.trim(), names: [message.prefix, message.id] });
}

function readInfo(message: Message): undefined {
  const { payload } = message;
  if (!isObject(payload)) return wrong(message, 'info: not JSON');
  const { unixtime } = payload;
  message.sink.observedAt = typeof unixtime === 'number' ? parseTime(unixtime * 1000) : undefined;
  readGen1Status(message, payload);
}

/** A notification or an answer shows itself by its keys, on whatever topic it comes. */
function read(message: Message): undefined {
  const { payload, path } = message;
  if (!isObject(payload) || isDownward(path)) return readOwnTopic(message);
  const { method, result, error, src, relays } = payload;
  if (typeof method === 'string' && method.startsWith('Notify')) return readNotification(message, payload);
  if (typeof src === 'string' && (result !== undefined || error !== undefined))
    return readAnswer(message, payload);
  if (path === '' && Array.isArray(relays)) return readInfo(message);
  return path === '' ? wrong(message, 'no topic, and no notification') : readOwnTopic(message);
}

/** The id that speaks: who logged in, else what the message, an earlier one or the topic says. */
function nativeIdOf({ claimedId }: Inbound, { told, memory, prefix }: Message): string | undefined {
  const id = claimedId ?? told ?? taughtOf(memory).id ?? idOf(prefix);
  return id === '' || id === 'shellies' ? undefined : clean(id, 128);
}

function begin(session: ProtocolSession, uplink: Inbound): Message | string {
  const { bytes, topic, topicPrefix, claimedId = '', retained } = uplink;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  const payload = parse(text);
  const sender = isObject(payload) && typeof payload.src === 'string' && SENDER.test(payload.src);
  const told = isObject(payload) && sender ? String(payload.src) : undefined;
  const place = topic === undefined ? undefined : placeOf(topic, topicPrefix);
  if (topic !== undefined && !place && told === undefined)
    return `${clean(topic, 128)} is none of its topics`;
  const memory = memoryOf(session);
  const prefix = place?.prefix ?? topicPrefix ?? claimedId;
  return {
    sink: {
      readings: [],
      reasons: [],
      misunderstood: false,
      observedAt: undefined,
      origin: retained ? 'retained' : 'live',
    },
    memory,
    id: told ?? taughtOf(memory).id ?? idOf(prefix),
    full: false,
    prefix,
    path: place?.path ?? '',
    text,
    payload,
    command: 'state',
    ...(told === undefined ? {} : { told }),
  };
}

function refusal(session: ProtocolSession, reason: string): Decoded {
  return { session, outcome: 'undecodable', readings: [], replies: [], command: 'state', reason };
}

function decode(session: ProtocolSession, uplink: Inbound): Decoded {
  if (uplink.bytes.byteLength > MAX_BYTES)
    return refusal(session, `${uplink.bytes.byteLength} bytes are more than ${MAX_BYTES}`);
  const message = begin(session, uplink);
  if (typeof message === 'string') return refusal(session, message);
  read(message);
  if (message.told !== undefined && message.path !== 'announce') teach(message, { id: message.told });
  const { sink, memory, command, answer, introduces } = message;
  const nativeId = nativeIdOf(uplink, message);
  const said = sink.readings.length > 0 || answer !== undefined || introduces !== undefined;
  const reason = sink.reasons.join('; ').slice(0, MAX_REASON).toWellFormed();
  return {
    session: memory,
    outcome: said ? 'ok' : sink.misunderstood ? 'undecodable' : 'empty',
    ...(nativeId === undefined ? {} : { nativeId }),
    readings: sink.readings,
    replies: [],
    command,
    ...(reason === '' ? {} : { reason }),
    ...(answer ? { downlinkAnswer: answer } : {}),
    ...(introduces ? { introduces } : {}),
  };
}

function looksLike(bytes: Uint8Array): 0 | 2 {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 300)).toString(
    'latin1',
  );
  return /"src"\s*:\s*"shelly[^"]*"/i.test(head) ||
    /"method"\s*:\s*"Notify(?:Full)?(?:Status|Event)"/.test(head)
    ? 2
    : 0;
}

/** The whole status, of which a device by itself tells only what changes. Gen1 is asked in its own way. */
function poll(
  session: ProtocolSession,
  device: { nativeId: string; now: number; topicPrefix?: string },
): ReturnType<NonNullable<Protocol['poll']>> {
  const { nativeId, now, topicPrefix = defaultPrefix(nativeId) } = device;
  const old = isGen1(nativeId) || isGen1(idOf(topicPrefix));
  const { topic = '', bytes } = old
    ? { topic: `${topicPrefix}/command`, bytes: Buffer.from('update') }
    : request(topicPrefix, 0, ['Shelly.GetStatus']);
  return { session, publish: [{ topic, bytes }], nextAt: now + POLL_EVERY_MS };
}

/** The protocol `shelly`. */
export const shelly: Protocol = {
  name: 'shelly',
  title: { zh: 'Shelly', en: 'Shelly' },
  gateway: { defaultPrefix, guessPrefix, covers, alone: true },
  expectedEveryMs: EXPECTED_EVERY_MS,
  maxFrameBytes: MAX_BYTES,
  looksLike,
  decode,
  poll,
  encode,
};
