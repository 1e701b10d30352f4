/**
 * GridGuard's own language: one JSON object over MQTT, keys are the canonical signals. `protocols/README.md` is the guide
 * for firmware; messages of every kind stand in `tests/fixtures/native.ts`.
 */
import { isSignal, lifeSignals } from '../../src/model/signals.ts';
import type {
  Decoded,
  DownlinkCommand,
  EncodedDownlink,
  PositionProof,
  Protocol,
  ProtocolSession,
  Uplink,
} from '../../src/model/uplinks.ts';
import { utf8 } from '../bytes.ts';
import { add, clean, isObject, type JsonObject, refuse, type Sink } from '../sink.ts';
import { parseTime, TIME_FORMAT } from '../time.ts';
import { isYes, readKey } from './values.ts';

const TOPIC = { up: 'gridguard/v1/+/up', down: 'gridguard/v1/+/down' } as const;
const PREFIX = 'gridguard/v1/';
const NATIVE_ID = /^[\w.:-]{1,64}$/;
const MAX_BYTES = 65_536;
const MAX_REASON = 500;

/** What the moments of one message have in common. */
interface Message extends Sink {
  sequences: (string | undefined)[];
  answer?: NonNullable<Decoded['downlinkAnswer']>;
}

/** Native id of `gridguard/v1/<id>/up`. */
function idOf(topic: string): string | undefined {
  if (!topic.startsWith(PREFIX) || !topic.endsWith('/up')) return undefined;
  const id = topic.slice(PREFIX.length, -3);
  return NATIVE_ID.test(id) ? id : undefined;
}

/** `{"serial": 12, "ok": true}`: what became of a downlink. */
function readAnswer(message: Message, given: unknown): void {
  const { serial, ok } = isObject(given) ? given : {};
  if ((typeof serial !== 'number' && typeof serial !== 'string') || typeof ok !== 'boolean') {
    refuse(message, 'answer', '{"serial", "ok": true or false}', given);
  } else {
    message.answer = { command: 'answer', serial: clean(String(serial)), ok };
  }
}

/** The number that makes a repetition recognisable; with the device's time it stays unique across a restart. */
function readSequence(message: Message, given: JsonObject): void {
  const { seq } = given;
  if (seq !== undefined && !Number.isSafeInteger(seq)) refuse(message, 'seq', 'an integer', seq);
  const time = message.observedAt === undefined ? '' : `@${message.observedAt}`;
  message.sequences.push(Number.isSafeInteger(seq) ? `${seq}${time}` : undefined);
}

function readTimes(message: Message, { time, history }: JsonObject): void {
  message.observedAt = time === undefined || time === null ? undefined : parseTime(time);
  if (time !== undefined && time !== null && message.observedAt === undefined)
    refuse(message, 'time', TIME_FORMAT, time);
  message.origin = history !== undefined && isYes(history) ? 'history' : 'live';
  if (history !== undefined && typeof history !== 'boolean')
    refuse(message, 'history', 'true or false', history);
}

function readMoment(message: Message, moment: JsonObject): void {
  readTimes(message, moment);
  readSequence(message, moment);
  for (const key of Object.keys(moment)) {
    if (key === 'seq' || key === 'time' || key === 'history') continue;
    if (key === 'answer') readAnswer(message, moment.answer);
    else readKey(message, key, moment[key]);
  }
}

/**
 * A call for help in a text that says it twice, or that was cut before its end (a firmware whose buffer is too short):
 * raised as far as the text says so in so many words.
 */
function hearCalls(message: Message, text: string): void {
  for (const signal of lifeSignals) {
    if (!text.includes(`"${signal}"`) || message.readings.some((reading) => reading.signal === signal))
      continue;
    if (new RegExp(`"${signal}"\\s*:\\s*(?:true|1|"true"|"1")(?![\\w.])`, 'i').test(text)) {
      add(message, { signal, value: true, code: 'damaged message' });
      message.reasons.push(`${signal}: raised from the text of the message`);
    }
  }
}

function parse(text: string): { payload?: unknown; fault?: string } {
  try {
    return { payload: JSON.parse(text) };
  } catch {
    return { fault: text.trim() === '' ? 'the message is empty' : 'not JSON' };
  }
}

function readPayload(message: Message, text: string): void {
  const { payload, fault } = parse(text);
  const moments = Array.isArray(payload) ? payload : [payload];
  if (fault !== undefined) {
    message.misunderstood = true;
    message.reasons.push(fault);
  } else {
    for (const moment of moments) {
      if (isObject(moment)) readMoment(message, moment);
      else refuse(message, 'message', 'a JSON object or an array of them', moment);
    }
  }
  if (moments.length === 1) hearCalls(message, text);
}

/** One number for a message of several moments: the first, the last and how many. */
function sequenceOf({ sequences }: Message): string | undefined {
  const [first] = sequences;
  const last = sequences.at(-1);
  if (first === undefined || last === undefined) return undefined;
  return sequences.length === 1 ? first : `${first}-${last}/${sequences.length}`;
}

function outcomeOf({ readings, answer, misunderstood }: Message): Decoded['outcome'] {
  if (readings.length > 0 || answer) return 'ok';
  return misunderstood ? 'undecodable' : 'empty';
}

function undecodable(session: ProtocolSession, reason: string): Decoded {
  return { session, outcome: 'undecodable', readings: [], replies: [], command: 'up', reason };
}

function decode(session: ProtocolSession, uplink: Pick<Uplink, 'bytes' | 'topic' | 'claimedId'>): Decoded {
  const { bytes, topic, claimedId } = uplink;
  const nativeId = topic === undefined ? claimedId : idOf(topic);
  if (topic !== undefined && nativeId === undefined) {
    return undecodable(session, `${clean(topic)} is not ${TOPIC.up}`);
  }
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, MAX_BYTES)).toString(
    'utf8',
  );
  const message: Message = {
    readings: [],
    reasons: [],
    misunderstood: false,
    observedAt: undefined,
    origin: 'live',
    sequences: [],
  };
  if (bytes.byteLength > MAX_BYTES)
    message.reasons.push(`${bytes.byteLength} bytes are more than ${MAX_BYTES}`);
  readPayload(message, text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
  const sequence = sequenceOf(message);
  const reason = message.reasons.join('; ').slice(0, MAX_REASON);
  return {
    session,
    outcome: outcomeOf(message),
    ...(nativeId === undefined ? {} : { nativeId }),
    readings: message.readings,
    replies: [],
    ...(sequence === undefined ? {} : { sequence }),
    command: 'up',
    ...(reason === '' ? {} : { reason }),
    ...(message.answer ? { downlinkAnswer: message.answer } : {}),
  };
}

/** `{"cmd":"locate_now","serial":12}` and so on, answered in `up` by `{"answer":{"serial":12,"ok":true}}`. */
function encode(command: DownlinkCommand, device: { nativeId: string; serial: number }): EncodedDownlink {
  const { kind, ...details } = command;
  const text = JSON.stringify({ cmd: kind, serial: device.serial, ...details });
  return {
    bytes: Buffer.from(text),
    topic: `${PREFIX}${device.nativeId}/down`,
    answeredBy: 'answer',
    ...(command.kind === 'switch' ? { confirmedBy: proofsOf(command) } : {}),
  };
}

/** A breaker lets current pass while it is closed, a valve lets water pass while it is open. */
function proofsOf({ on, channel }: { on: boolean; channel?: string }): PositionProof[] {
  const point = channel === undefined ? {} : { channel };
  return [
    { signal: 'breaker_position', ...point, value: on ? 'closed' : 'open' },
    { signal: 'valve_position', ...point, value: on ? 'open' : 'closed' },
  ];
}

const OWN_KEYS: ReadonlySet<string> = new Set(['seq', 'time', 'history', 'answer']);

/** An object, or a list of objects, with a key that is a signal of ours; surely where no key is foreign. */
function looksLike(bytes: Uint8Array): 0 | 1 | 2 {
  if (bytes.byteLength > MAX_BYTES || !/^\s*[[{]/.test(utf8(bytes.subarray(0, 16)))) return 0;
  try {
    const message: unknown = JSON.parse(utf8(bytes));
    const one = Array.isArray(message) ? message[0] : message;
    const keys = isObject(one) ? Object.keys(one) : [];
    if (!keys.some((key) => isSignal(key))) return 0;
    return keys.every((key) => isSignal(key) || OWN_KEYS.has(key)) ? 2 : 1;
  } catch {
    return 0;
  }
}

/** The protocol `native`: devices speak at least every 5 minutes. */
export const native: Protocol = {
  name: 'native',
  title: { zh: 'GridGuard MQTT JSON', en: 'GridGuard MQTT JSON' },
  mqttTopic: TOPIC.up,
  mqttDownTopic: TOPIC.down,
  expectedEveryMs: 15 * 60_000,
  maxFrameBytes: MAX_BYTES,
  looksLike,
  decode,
  encode,
};
