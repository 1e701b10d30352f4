/** What the pushes of vendors' own clouds share: a body of fields, a device id, a time, and the kind of the message. */
import type { DecodedReading } from '../../src/model/readings.ts';
import type { Decoded, ProtocolSession, Uplink } from '../../src/model/uplinks.ts';
import type { Datum } from '../datum.ts';
import type { Purpose } from '../field-names.ts';
import { readFields } from '../generic-map.ts';
import { asObject, decodedOf, idOf, newSink, readBody, textOf } from '../json-frame.ts';
import { printable } from '../measure.ts';
import { fromPair, placeFinding } from '../place-fields.ts';
import { add, isObject, type JsonObject, type Sink } from '../sink.ts';
import { looseTime } from '../time.ts';

export const MAX_PUSH_BYTES = 262_144;
/** A wristband whose cloud pushes every quarter of an hour, and three times that. */
export const PUSH_EXPECTED_EVERY_MS = 45 * 60_000;
const MAX_BATCH = 100;
const NESTED = ['data', 'content', 'body', 'params', 'payload'];

export type PushInbound = Pick<Uplink, 'bytes' | 'topic'>;

/** One message with what stands in its envelope and in its data side by side; the envelope wins. */
export function flatten(message: JsonObject): JsonObject {
  const inner = NESTED.map((name) => asObject(message[name])).filter(isObject);
  return Object.assign({}, ...inner, message) as JsonObject;
}

/** The messages of a body: one, or a list of them. */
export function messagesOf(bytes: Uint8Array): { messages: JsonObject[]; reason?: string } {
  const { value, reason } = readBody(bytes, MAX_PUSH_BYTES);
  const list = Array.isArray(value)
    ? value
    : isObject(value) && Array.isArray(value.data)
      ? value.data.map((one) => (isObject(one) ? { ...value, data: undefined, ...one } : one))
      : [value];
  return {
    messages: list.slice(0, MAX_BATCH).filter(isObject).map(flatten),
    ...(reason === undefined ? {} : { reason }),
  };
}

export function timeOf(message: JsonObject, names: readonly string[]): number | undefined {
  return names.map((name) => looseTime(message[name])).find((time) => time !== undefined);
}

export function idIn(message: JsonObject, names: readonly string[]): string | undefined {
  return idOf(...names.map((name) => message[name]));
}

/** Vitals, wear state, battery and position by the names of their fields; `ignore` are names that mean something else here. */
export function readRest(
  sink: Sink,
  message: JsonObject,
  { datum, ignore }: { datum: Datum; ignore: ReadonlySet<string> },
): void {
  const rest = Object.fromEntries(
    Object.entries(message).filter(([name]) => !ignore.has(name) && !NESTED.includes(name)),
  );
  const purpose: Purpose = 'person';
  readFields(sink, rest, { purpose, datum });
  const text = textOf(message.location, message.position, message.lnglat, message.gps);
  const pair = text === undefined ? undefined : fromPair(text);
  const place = pair && placeFinding(pair, datum);
  if (place && !sink.readings.some(({ signal }) => signal === 'location')) add(sink, place);
}

/** Adds an event or a state that the fields have not told already. */
export function tell(sink: Sink, reading: Omit<DecodedReading, 'origin' | 'observedAt'>): void {
  if (!sink.readings.some(({ signal, value }) => signal === reading.signal && value === reading.value))
    add(sink, reading);
}

export interface PushLanguage {
  idNames: readonly string[];
  timeNames: readonly string[];
  /** Reads one message and names its kind; undefined for one that is not of this language. */
  read(
    sink: Sink,
    message: JsonObject,
    path: string,
  ): { command: string; answer?: { command: string; ok: boolean } } | undefined;
  replies: Decoded['replies'];
}

/** A push with one message or a list; messages of other devices than the first are its `others`. */
export function decodePush(
  language: PushLanguage,
  session: ProtocolSession,
  { bytes, topic = '' }: PushInbound,
): Decoded {
  const { messages, reason } = messagesOf(bytes);
  const read = messages.map((message) => {
    const sink = newSink(timeOf(message, language.timeNames));
    const told = language.read(sink, message, topic.toLowerCase());
    if (!told) sink.misunderstood = true;
    return { sink, told, nativeId: idIn(message, language.idNames), message };
  });
  const [first] = read;
  if (!first) {
    const sink = { ...newSink(), misunderstood: true };
    return decodedOf(sink, {
      session,
      command: 'push',
      nativeId: undefined,
      replies: language.replies,
      reason: reason ?? 'expected an object',
    });
  }
  const mine = read.slice(1).filter(({ nativeId }) => nativeId === first.nativeId);
  first.sink.readings.push(...mine.flatMap(({ sink }) => sink.readings));
  const others = read.flatMap(({ sink, nativeId }) =>
    nativeId === undefined || nativeId === first.nativeId || sink.readings.length === 0
      ? []
      : [{ nativeId, readings: sink.readings }],
  );
  const { observedAt } = first.sink;
  const command = printable(first.told?.command || 'push', 40);
  return decodedOf(first.sink, {
    session,
    command,
    nativeId: first.nativeId,
    sequence: observedAt === undefined || read.length > 1 ? undefined : `${command}@${observedAt}`,
    replies: language.replies,
    ...(reason === undefined ? {} : { reason }),
    ...(first.told?.answer ? { downlinkAnswer: first.told.answer } : {}),
    ...(others.length > 0 ? { others } : {}),
  });
}
