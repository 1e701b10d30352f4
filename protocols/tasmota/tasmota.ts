/**
 * Tasmota: each device is a client of its own and speaks on `tele/<topic>/…` and `stat/<topic>/…`, or with prefix and topic the other way
 * round. `Time` is the device's local time without a zone: it counts only where an offset or `Epoch` stands with it, else our clock does.
 * https://tasmota.github.io/docs/MQTT/
 */
import type { Decoded, GatewayChild, Protocol, ProtocolSession, Uplink } from '../../src/model/uplinks.ts';
import { add, clean, isObject, type JsonObject } from '../sink.ts';
import { parseTime } from '../time.ts';
import { encode } from './commands.ts';
import { readInput } from './inputs.ts';
import { isMargin, readMargin, readWarning } from './margins.ts';
import { readKeys, readPower } from './sensors.ts';
import { memoryOf, type Talk, taughtOf, teach } from './session.ts';
import {
  covers,
  defaultPrefix,
  discoveryOf,
  guessPrefix,
  nameOf,
  type Place,
  pathOf,
  placeOf,
} from './topics.ts';

const MAX_BYTES = 65_536;
const MAX_REASON = 500;
/** `TelePeriod` is 300 s. */
const EXPECTED_EVERY_MS = 15 * 60_000;

type Inbound = Pick<Uplink, 'bytes' | 'topic' | 'claimedId' | 'receivedAt' | 'retained' | 'topicPrefix'>;

interface Message extends Talk {
  text: string;
  payload: unknown;
  command: string;
  nativeId?: string;
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

function noted({ sink }: Talk, reason: string): undefined {
  sink.reasons.push(reason);
}

/** Undefined for a local time of which nobody knows the zone. */
function timeOf({ Time: time, Epoch: epoch, UnixTime: unix = epoch }: JsonObject): number | undefined {
  return parseTime(time) ?? (typeof unix === 'number' ? parseTime(unix * 1000) : undefined);
}

const ANSWERS = ['Restart', 'TelePeriod'];

function readObject(message: Message, payload: JsonObject): undefined {
  const { sink } = message;
  const { StatusSNS: sensors, StatusSTS: state } = payload;
  const dated = [payload, sensors, state].find((part) => isObject(part) && timeOf(part) !== undefined);
  sink.observedAt = isObject(dated) ? timeOf(dated) : undefined;
  readKeys(message, payload);
  const answers = ANSWERS.find((name) => Object.hasOwn(payload, name));
  if (answers !== undefined && message.command === 'RESULT') message.answer = { command: answers, ok: true };
}

function readWill(message: Message): undefined {
  const word = message.text.trim().toLowerCase();
  if (word === '') return noted(message, 'the will was taken back');
  if (word !== 'online' && word !== 'offline') return wrong(message, 'LWT: expected Online or Offline');
  add(message.sink, { signal: 'online', value: word === 'online' });
}

/** What stands alone on its topic. */
function readWord(message: Message, leaf: string): undefined {
  const word = message.text.trim();
  const [, relay] = /^POWER(\d{1,2})?$/.exec(leaf) ?? [];
  if (/^POWER\d{0,2}$/.test(leaf)) return readPower(message, relay, word);
  if (isMargin(leaf)) return readMargin(message, leaf, word);
  const [, number] = /^SWITCH(\d{1,2})$/.exec(leaf) ?? [];
  if (number !== undefined) readInput(message, `Switch${number}`, word);
  else if (/^(?:STATE|SENSOR|RESULT|MARGINS|STATUS\d{0,2})$/.test(leaf))
    return wrong(message, `${leaf}: not JSON`);
}

function readPlace(message: Message, { branch, leaf }: Place): undefined {
  message.command = clean(leaf, 24).replace(/[^ -~]/g, '?') || 'state';
  if (branch === 'cmnd') return noted(message, 'a command to the device');
  if (leaf === 'LWT') return readWill(message);
  if (leaf === 'WARNING') return readWarning(message, message.text, message.payload);
  return isObject(message.payload) ? readObject(message, message.payload) : readWord(message, leaf);
}

const text = (value: unknown) => (typeof value === 'string' && value !== '' ? clean(value, 128) : undefined);

/** Who it is; the values in `sensors` are of the moment when it started, and come again as `SENSOR`. */
function readDiscovery(message: Message, kind: string, { claimedId }: Inbound): undefined {
  const { payload } = message;
  message.command = `discovery/${kind}`;
  if (message.text.trim() === '') return noted(message, 'no longer announced');
  if (!isObject(payload)) return wrong(message, 'discovery: not JSON');
  if (kind !== 'config') return;
  const { t: topic, dn, fn, md, rl } = payload;
  if (typeof topic !== 'string' || topic === '') return wrong(message, 'discovery: no topic');
  const nativeId = claimedId ?? clean(nameOf(topic), 128);
  const name = text(dn) ?? text(Array.isArray(fn) ? fn[0] : undefined);
  const model = text(md);
  message.nativeId = nativeId;
  message.introduces = [
    { nativeId, ...(name ? { name } : {}), ...(model ? { model } : {}), vendor: 'Tasmota' },
  ];
  const relays = Array.isArray(rl) ? rl.filter((relay) => typeof relay === 'number' && relay > 0).length : 0;
  if (claimedId !== undefined && relays > 0)
    teach(message, { relay: true, ...(relays > 1 ? { relays: true as const } : {}) });
}

function begin(session: ProtocolSession, uplink: Inbound): Message {
  const { bytes, retained } = uplink;
  const said = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  const origin = retained ? 'retained' : 'live';
  return {
    sink: { readings: [], reasons: [], misunderstood: false, observedAt: undefined, origin },
    memory: memoryOf(session),
    names: [],
    text: said,
    payload: parse(said),
    command: 'state',
  };
}

/** Commands go the way on which the device speaks. */
function learnOrder(message: Message, { fullTopic, path }: Place): void {
  const taught = taughtOf(message.memory).fullTopic;
  if (fullTopic !== (taught ?? `%prefix%/${path}`)) teach(message, { fullTopic });
}

function readTopic(message: Message, uplink: Inbound): undefined {
  const { topic, topicPrefix, claimedId } = uplink;
  const discovered = topic === undefined ? undefined : discoveryOf(topic);
  if (discovered) return readDiscovery(message, discovered.kind, uplink);
  const place = topic === undefined ? undefined : placeOf(topic);
  const path = place?.path ?? (topicPrefix === undefined ? undefined : pathOf(topicPrefix));
  const nativeId = claimedId ?? (path === undefined ? undefined : clean(nameOf(path), 128));
  if (nativeId !== undefined && nativeId !== '') message.nativeId = nativeId;
  message.names = [path ?? '', nativeId ?? ''];
  if (place) {
    if (place.branch !== 'cmnd') learnOrder(message, place);
    return readPlace(message, place);
  }
  if (topic !== undefined) return wrong(message, `${clean(topic, 128)} is none of its topics`);
  return isObject(message.payload) ? readObject(message, message.payload) : wrong(message, 'no topic');
}

function decode(session: ProtocolSession, uplink: Inbound): Decoded {
  if (uplink.bytes.byteLength > MAX_BYTES) {
    const reason = `${uplink.bytes.byteLength} bytes are more than ${MAX_BYTES}`;
    return { session, outcome: 'undecodable', readings: [], replies: [], command: 'state', reason };
  }
  const message = begin(session, uplink);
  readTopic(message, uplink);
  const { sink, memory, command, nativeId, answer, introduces } = message;
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
  const telling =
    /"(?:ENERGY|TuyaReceived|StatusSNS|StatusSTS|MARGINS)"\s*:\s*\{|"UptimeSec"\s*:|"TotalStartTime"\s*:|"MqttCount"\s*:/;
  return telling.test(head) ? 2 : 0;
}

/** The protocol `tasmota`. */
export const tasmota: Protocol = {
  name: 'tasmota',
  title: { zh: 'Tasmota', en: 'Tasmota' },
  gateway: { defaultPrefix, guessPrefix, covers, alone: true },
  expectedEveryMs: EXPECTED_EVERY_MS,
  maxFrameBytes: MAX_BYTES,
  looksLike,
  decode,
  encode,
};
