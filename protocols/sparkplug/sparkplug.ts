/**
 * Sparkplug B 3.0, host side: edge nodes tell in a birth certificate which metrics they and their devices have, and then say only what changed,
 * often by a number alone. https://sparkplug.eclipse.org/specification/version/3.0/documents/sparkplug-specification-3.0.0.pdf
 */
import type { DecodedReading } from '../../src/model/readings.ts';
import type { Decoded, Protocol, ProtocolSession, Uplink } from '../../src/model/uplinks.ts';
import { parseTime } from '../time.ts';
import { bdSeqOf, bearDevice, bearNode, childOf } from './births.ts';
import { encodeSwitch, rebirthRequest } from './commands.ts';
import { type Heard, readMetrics } from './data.ts';
import { decodePayload, type Payload } from './payload.ts';
import { type Memory, memoryOf, NODE, own, taughtOf } from './session.ts';
import { covers, defaultPrefix, guessPrefix, nativeIdOf, type Place, placeOf, prefixOf } from './topics.ts';

type Inbound = Pick<Uplink, 'bytes' | 'topic' | 'claimedId' | 'receivedAt' | 'retained'>;

const MAX_BYTES = 1024 * 1024;
const MAX_REASON = 500;
/** An edge node is asked for a rebirth no more often than this. */
const ASK_EVERY_MS = 30_000;
/** The language has no heartbeat: silence means only that nothing changed. */
const EXPECTED_EVERY_MS = 24 * 3_600_000;
const NUMBERS = 256;

function refusal(session: ProtocolSession, reason: string): Decoded {
  return { session, outcome: 'undecodable', readings: [], replies: [], command: '?', reason };
}

function online(value: boolean, { payload, retained }: Message): DecodedReading {
  const at = parseTime(payload.timestamp);
  const when = at === undefined ? {} : { observedAt: at };
  return { signal: 'online', value, ...when, origin: retained ? 'retained' : 'live' };
}

interface Message {
  place: Place;
  payload: Payload;
  retained: boolean;
}

function readBirth(memory: Memory, message: Message): Heard {
  const { place, payload, retained } = message;
  const { device } = place;
  const born = device === undefined ? bearNode(memory, payload) : bearDevice(memory, device, payload);
  const heard = readMetrics(born, { device: device ?? NODE, payload, birth: true, retained });
  return { ...heard, readings: [online(true, message), ...heard.readings] };
}

/** A broker may tell the last will of an old connection after the edge node has a new one. */
function readDeath(memory: Memory, message: Message): Heard {
  const nothing: Heard = { memory, readings: [], reasons: [], puzzled: false };
  if (message.place.device !== undefined) return { ...nothing, readings: [online(false, message)] };
  const [told, born] = [bdSeqOf(message.payload), taughtOf(memory).bdSeq];
  if (told !== undefined && born !== undefined && told !== born)
    return { ...nothing, reasons: [`the death of session ${told}, and session ${born} lives: ignored`] };
  const { seq: _seq, ...rest } = memory;
  const { observedAt: _willsOwn, ...reading } = online(false, message);
  return { ...nothing, memory: { ...rest, dead: true }, readings: [reading] };
}

function readData(memory: Memory, { place, payload, retained }: Message): Heard {
  const { device = NODE } = place;
  const heard = readMetrics(memory, { device, payload, birth: false, retained });
  const born = own(taughtOf(memory).devices, device) !== undefined && !memory.dead;
  if (born) return heard;
  const who = device === NODE ? 'this edge node' : 'this device';
  return { ...heard, reasons: [`no birth of ${who} was heard`, ...heard.reasons], puzzled: true };
}

function read(memory: Memory, message: Message): Heard {
  const { kind } = message.place;
  if (kind.endsWith('BIRTH')) return readBirth(memory, message);
  return kind.endsWith('DEATH') ? readDeath(memory, message) : readData(memory, message);
}

/** Messages of an edge node count from 0 to 255; its birth begins anew, and its death stands outside. */
function follow(memory: Memory, { place, payload }: Message): { memory: Memory; missed?: string } {
  const { seq } = payload;
  if (seq === undefined || place.kind === 'NDEATH') return { memory };
  const expected = memory.seq === undefined || place.kind === 'NBIRTH' ? seq : (memory.seq + 1) % NUMBERS;
  const next = memory.seq === seq ? memory : { ...memory, seq };
  return seq === expected
    ? { memory: next }
    : { memory: next, missed: `message ${expected} is missing before ${seq}` };
}

/** A rebirth is asked for where something is missing; not again while the last request may be on its way. */
function ask(heard: Heard, { place, receivedAt }: { place: Place; receivedAt: number }) {
  const { askedAt } = heard.memory;
  const lately = askedAt !== undefined && receivedAt - askedAt < ASK_EVERY_MS && receivedAt >= askedAt;
  if (!heard.puzzled || lately) return { memory: heard.memory };
  const memory = { ...heard.memory, askedAt: receivedAt };
  return { memory, publish: rebirthRequest(prefixOf(place), receivedAt) };
}

/** The stamp makes the number, which wraps after 256 messages, one of its own. */
function sequenceOf({ timestamp, seq }: Payload, { kind, device }: Place): { sequence?: string } {
  return timestamp === undefined || seq === undefined || kind === 'NDEATH'
    ? {}
    : { sequence: `${timestamp}-${seq}${device === undefined ? '' : '-d'}` };
}

function speak(session: ProtocolSession, message: Message, uplink: Inbound): Decoded {
  const { place, payload } = message;
  const { memory, missed } = follow(memoryOf(session), message);
  const first = read(memory, message);
  const heard = missed ? { ...first, puzzled: true, reasons: [missed, ...first.reasons] } : first;
  const { memory: latest, publish } = ask(heard, { place, receivedAt: uplink.receivedAt });
  const { device } = place;
  const reasons = payload.damaged ? ['the payload is damaged', ...heard.reasons] : heard.reasons;
  const introduced = device !== undefined && place.kind === 'DBIRTH';
  const outcome = payload.damaged || heard.puzzled ? 'undecodable' : 'empty';
  return {
    session: { ...latest, heardAt: uplink.receivedAt },
    outcome: heard.readings.length > 0 ? 'ok' : outcome,
    nativeId: device === undefined ? (uplink.claimedId ?? nativeIdOf(place)) : nativeIdOf(place),
    readings: heard.readings,
    replies: [],
    command: place.kind,
    ...sequenceOf(payload, place),
    ...(reasons.length > 0 ? { reason: reasons.join('; ').slice(0, MAX_REASON).toWellFormed() } : {}),
    ...(publish ? { publish } : {}),
    ...(introduced ? { introduces: [childOf({ ...place, device }, payload)] } : {}),
  };
}

function decode(session: ProtocolSession, uplink: Inbound): Decoded {
  const { topic, bytes, retained = false } = uplink;
  if (topic === undefined) return refusal(session, 'no topic');
  const place = placeOf(topic);
  if (!place) {
    const state = /^spBv1\.0\/STATE\/|^STATE\//.test(topic);
    if (!state) return refusal(session, 'no topic of Sparkplug B');
    const reason = 'the state of a host application';
    return { session, outcome: 'empty', readings: [], replies: [], command: 'STATE', reason };
  }
  if (place.kind.endsWith('CMD')) {
    const reason = 'a command to the edge node';
    return { session, outcome: 'empty', readings: [], replies: [], command: place.kind, reason };
  }
  if (bytes.byteLength > MAX_BYTES)
    return refusal(session, `${bytes.byteLength} bytes are more than ${MAX_BYTES}`);
  return speak(session, { place, payload: decodePayload(bytes), retained }, uplink);
}

/** Bytes alone show little: a payload that is whole, has its time and metrics of which one has a name. */
function looksLike(bytes: Uint8Array): 0 | 1 | 2 | 3 {
  if (bytes[0] !== 0x08 || bytes.length > MAX_BYTES) return 0;
  const { timestamp = 0, metrics, damaged } = decodePayload(bytes);
  const dated = timestamp > 1e12 && timestamp < 1e13;
  return dated &&
    !damaged &&
    metrics.some(({ name, datatype }) => name !== undefined && datatype !== undefined)
    ? 2
    : 0;
}

/** The protocol `sparkplug`. */
export const sparkplug: Protocol = {
  name: 'sparkplug',
  alsoCalled: ['sparkplug_b'],
  title: { zh: 'Sparkplug B 边缘节点', en: 'Sparkplug B edge nodes' },
  gateway: {
    defaultPrefix,
    guessPrefix,
    covers,
    open: true,
  },
  expectedEveryMs: EXPECTED_EVERY_MS,
  maxFrameBytes: MAX_BYTES,
  looksLike,
  decode,
  encode: (command, { nativeId, session, topicPrefix }) =>
    topicPrefix === undefined
      ? undefined
      : encodeSwitch(command, { nativeId, memory: memoryOf(session), prefix: topicPrefix }),
};
