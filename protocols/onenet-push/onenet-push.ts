/**
 * OneNET, the cloud of China Mobile, as it pushes to our address. Its envelope is not published in one form, so all that are known are
 * taken: `{msg: {type: 1, dev_id, ds_id, at, value}, msg_signature, nonce}` with `msg` an object, a list or a text of them, and
 * `{messageType, notifyType, deviceId, productId, data: {params}}`. A GET with `msg` asks whether the address is ours and wants it back.
 */
import type { Decoded, DecodedPart, Protocol, ProtocolSession, Uplink } from '../../src/model/uplinks.ts';
import { alarmsOf } from '../alarm-words.ts';
import { utf8 } from '../bytes.ts';
import { readModel, readRaw } from '../cloud-payload.ts';
import { addFindings } from '../generic-map.ts';
import {
  asObject,
  at,
  decodedOf,
  idOf,
  newSink,
  parseJson,
  readBody,
  reasonOf,
  textOf,
} from '../json-frame.ts';
import { printable } from '../measure.ts';
import { add, clean, isObject, type JsonObject, type Sink } from '../sink.ts';
import { looseTime } from '../time.ts';
import { readTimed } from '../timed-fields.ts';

const MAX_BYTES = 1024 * 1024;
const MAX_BATCH = 200;
const EXPECTED_EVERY_MS = 3 * 86_400_000;

interface Message {
  sink: Sink;
  command: string;
  nativeId: string | undefined;
  sequence?: string;
}

const imeiIn = (value: unknown) => /^\d{15}$/.exec(textOf(value) ?? '')?.[0];

function identify(message: JsonObject): string | undefined {
  const imei = imeiIn(message.imei) ?? imeiIn(message.IMEI) ?? imeiIn(message.deviceName);
  return (
    imei ?? idOf(message.deviceName, message.dev_name, message.deviceId, message.device_id, message.dev_id)
  );
}

function readPoint(sink: Sink, name: string, value: unknown): void {
  const object = asObject(value);
  if (object) readModel(sink, object);
  else if (/^\d+_\d+_\d+$/.test(name) && typeof value === 'string') readRaw(sink, value);
  else readModel(sink, { [name]: value });
}

/** `type` 1 a data point, 2 on or off line, 7 the answer to a stored command. */
function readOld(message: JsonObject): Message {
  const type = Number(message.type);
  const sink = newSink(looseTime(message.at ?? message.timestamp));
  const nativeId = identify(message);
  if (type === 2) {
    const online = textOf(message.status);
    if (online === '1' || online === '0') add(sink, { signal: 'online', value: online === '1' });
    return { sink, command: 'status', nativeId };
  }
  if (type !== 1) return { sink, command: `type-${printable(textOf(message.type) ?? '', 8)}`, nativeId };
  readPoint(sink, textOf(message.ds_id, message.datastream_id) ?? 'value', message.value);
  return { sink, command: 'data', nativeId };
}

function readEvents(sink: Sink, params: JsonObject): void {
  for (const [id, given] of Object.entries(params).slice(0, 100)) {
    const { value = given, time } = isObject(given) ? given : {};
    const into = at(sink, { observedAt: looseTime(time) ?? sink.observedAt });
    addFindings({ sink: into }, alarmsOf(id));
    const object = asObject(value);
    if (object) readModel(into, object);
  }
}

const ONLINE = /^(?:(?:device)?_?)?(online|offline)$/i;

function readNew(message: JsonObject): Message {
  const kind = textOf(message.notifyType, message.messageType, message.type) ?? 'push';
  const command = /^[\w.-]{1,40}$/.test(kind) ? kind : 'push';
  const data = asObject(message.data) ?? {};
  const sink = newSink(looseTime(message.timestamp ?? message.at ?? message.time ?? data.timestamp));
  const nativeId = identify({ ...data, ...message });
  const status = textOf(message.status, data.status) ?? '';
  const [, state] = ONLINE.exec(kind) ?? ONLINE.exec(status) ?? [];
  if (state !== undefined) add(sink, { signal: 'online', value: state.toLowerCase() === 'online' });
  const params =
    asObject(data.params) ?? asObject(message.params) ?? (isObject(message.data) ? data : undefined);
  if (params && state === undefined) {
    if (/event/i.test(kind)) readEvents(sink, params);
    else readTimed(sink, params);
  }
  const id = textOf(message.id, data.id);
  return {
    sink,
    command,
    nativeId,
    ...(id === undefined || sink.observedAt === undefined
      ? {}
      : { sequence: clean(`${id}@${sink.observedAt}`) }),
  };
}

function readMessage(given: unknown): Message[] {
  const message = asObject(given);
  if (!message) return [];
  const old = message.type !== undefined && (message.dev_id !== undefined || message.ds_id !== undefined);
  return [old ? readOld(message) : readNew(message)];
}

/** The messages of an envelope: `msg` as object, list or text, or the message without one. */
function messagesOf(body: unknown): unknown[] {
  if (Array.isArray(body)) return body.slice(0, MAX_BATCH).flatMap(messagesOf);
  if (!isObject(body)) return [];
  const { msg } = body;
  if (msg === undefined) return [body];
  const inner = typeof msg === 'string' ? parseJson(msg) : msg;
  return (Array.isArray(inner) ? inner : [inner]).slice(0, MAX_BATCH);
}

/** What the verification of the address wants back. */
function challengeOf({ bytes, topic = '' }: Pick<Uplink, 'bytes' | 'topic'>): string | undefined {
  const at = topic.indexOf('?');
  if (bytes.byteLength > 0 || at < 0) return undefined;
  return new URLSearchParams(topic.slice(at)).get('msg') ?? undefined;
}

function partOf({ sink, nativeId, sequence }: Message): DecodedPart[] {
  if (nativeId === undefined || sink.readings.length === 0) return [];
  return [
    {
      nativeId,
      readings: sink.readings,
      ...(sequence === undefined ? {} : { sequence }),
      ...reasonOf(sink.reasons),
    },
  ];
}

function refused(session: ProtocolSession, reason: string): Decoded {
  return decodedOf(
    { ...newSink(), misunderstood: true },
    { session, command: 'push', nativeId: undefined, reason },
  );
}

function decode(session: ProtocolSession, uplink: Pick<Uplink, 'bytes' | 'topic'>): Decoded {
  const challenge = challengeOf(uplink);
  if (challenge !== undefined) {
    const replies = [Buffer.from(clean(challenge, 256))];
    return decodedOf(newSink(), {
      session,
      command: 'verify',
      nativeId: undefined,
      replies,
      reason: 'the cloud verifies the address',
    });
  }
  const { value, reason } = readBody(uplink.bytes, MAX_BYTES);
  if (isObject(value) && value.enc_msg !== undefined)
    return refused(session, 'encrypted: choose plain text in the console');
  const [first, ...rest] = messagesOf(value).flatMap(readMessage);
  if (!first) return refused(session, reason ?? 'expected {msg: …}');
  const same = rest.filter(({ nativeId }) => nativeId === first.nativeId);
  first.sink.readings.push(...same.flatMap(({ sink }) => sink.readings));
  const others = rest.filter(({ nativeId }) => nativeId !== first.nativeId).flatMap(partOf);
  return decodedOf(first.sink, {
    session,
    command: first.command,
    nativeId: first.nativeId,
    sequence: rest.length > 0 ? undefined : first.sequence,
    ...(reason === undefined ? {} : { reason }),
    ...(others.length > 0 ? { others } : {}),
  });
}

function looksLike(bytes: Uint8Array): 0 | 1 | 2 {
  const text = utf8(bytes.subarray(0, 4096));
  if (!/^\s*[[{]/.test(text)) return 0;
  if (/"msg_signature"|"notifyType"/.test(text)) return 2;
  return /"msg"\s*:/.test(text) && /"(?:nonce|signature)"/.test(text) ? 2 : 0;
}

export const onenetPush: Protocol = {
  name: 'onenet_push',
  title: { zh: 'OneNET 推送', en: 'OneNET push (China Mobile)' },
  http: { source: 'onenet', contentType: 'text/plain; charset=utf-8' },
  expectedEveryMs: EXPECTED_EVERY_MS,
  maxFrameBytes: MAX_BYTES,
  looksLike,
  decode,
};
