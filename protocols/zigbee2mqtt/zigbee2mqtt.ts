/**
 * Zigbee2MQTT: a gateway that publishes each Zigbee device as JSON below its `base_topic` and describes them all in
 * `bridge/devices`. Unknown models are read by what their properties are called, in which unit and with which values.
 * https://www.zigbee2mqtt.io/guide/usage/mqtt_topics_and_messages.html
 */
import { type LifeSignal, lifeSignals } from '../../src/model/signals.ts';
import type { Decoded, Protocol, ProtocolSession, Uplink } from '../../src/model/uplinks.ts';
import { clean, isObject, type JsonObject } from '../sink.ts';
import { type Heard, onlineOf, readBridge, readBridgePaths } from './bridge.ts';
import { encode } from './commands.ts';
import { type Memory, memoryOf, taughtOf } from './session.ts';
import { deviceOf, readState } from './state.ts';
import { guessBase, guessPrefix, type Place, placeOf } from './topics.ts';

/** `bridge/devices` of a few hundred devices has some megabytes. */
const MAX_BYTES = 4 * 1024 * 1024;
/** No device says more than this. */
const MAX_STATE_BYTES = 65_536;
const MAX_REASON = 500;
/** A battery sensor speaks at least once in 25 hours, or Zigbee2MQTT itself calls it offline. */
const EXPECTED_EVERY_MS = 25 * 3_600_000;

type Inbound = Pick<Uplink, 'bytes' | 'topic' | 'claimedId' | 'receivedAt' | 'retained' | 'topicPrefix'>;

/** The last level of a base names the gateway: `zigbee2mqtt/binhu-gw-01`. */
const gatewayOf = (base: string) => clean(base.slice(base.lastIndexOf('/') + 1), 64);

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const wrong = (memory: Memory, reason: string): Heard => ({
  memory,
  readings: [],
  reasons: [reason],
  misunderstood: true,
});
const quiet = (memory: Memory, reason?: string): Heard => ({
  memory,
  readings: [],
  reasons: reason ? [reason] : [],
});

/** A call for help in a text that was cut before its end, as far as it is said in so many words. */
function hearCalls(text: string): LifeSignal[] {
  const pressed = /"action"\s*:\s*"(?:emergency|sos|panic)"/.test(text);
  return lifeSignals.filter(
    (signal) => (signal === 'sos' && pressed) || new RegExp(`"${signal}"\\s*:\\s*true(?!\\w)`).test(text),
  );
}

function damaged(memory: Memory, device: string, text: string): Heard {
  const heard = hearCalls(text);
  const readings = heard.map((signal) => ({
    signal,
    value: true,
    origin: 'live' as const,
    code: 'damaged message',
  }));
  return { memory, nativeId: device, readings, reasons: ['not JSON'], misunderstood: true };
}

/** A name that no list has yet, and a last level that is a property: `output: attribute` before `bridge/devices`. */
function attributeOf(name: string, payload: unknown): { name: string; key: string } | undefined {
  const at = name.lastIndexOf('/');
  const key = name.slice(at + 1);
  const single = !isObject(payload) && /^[a-z][a-z0-9_]{1,63}$/.test(key);
  return at > 0 && single ? { name: name.slice(0, at), key } : undefined;
}

function readDevice(
  memory: Memory,
  place: Place & { name: string; key?: string },
  { text, uplink }: Message,
): Heard {
  const { receivedAt, retained = false } = uplink;
  const payload = parse(text);
  const device = deviceOf(memory, place.name);
  if (text.length > MAX_STATE_BYTES)
    return {
      ...wrong(memory, `${text.length} characters are more than ${MAX_STATE_BYTES}`),
      nativeId: device,
    };
  if (text.trim() === '') return { ...quiet(memory, 'the message is empty'), nativeId: device };
  if (taughtOf(memory).groups.includes(place.name)) return quiet(memory, 'a group of devices');
  const single =
    place.key === undefined ? attributeOf(place.name, payload) : { name: place.name, key: place.key };
  const common = { receivedAt, retained };
  if (single) {
    const value = payload === undefined ? text.trim() : payload;
    const message = { ...single, payload: { [single.key]: value } as JsonObject, ...common };
    return readState(memory, message);
  }
  if (payload === undefined) return damaged(memory, device, text);
  if (!isObject(payload)) return { ...wrong(memory, 'expected a JSON object'), nativeId: device };
  return readState(memory, { name: place.name, payload, ...common });
}

function readAvailability(memory: Memory, name: string, { text, uplink }: Message): Heard {
  const nativeId = deviceOf(memory, name);
  const said = text.trim();
  if (said === '') return { ...quiet(memory, 'the name is no longer in use'), nativeId };
  const online = onlineOf(parse(said) ?? said);
  if (online === undefined) return { ...wrong(memory, 'availability: expected online or offline'), nativeId };
  if (taughtOf(memory).groups.includes(name)) return quiet(memory, 'a group of devices');
  const origin = uplink.retained ? 'retained' : 'live';
  return { memory, nativeId, readings: [{ signal: 'online', value: online, origin }], reasons: [] };
}

function readGateway(
  memory: Memory,
  { base, path }: { base: string; path: string },
  { text, uplink }: Message,
): Heard {
  if (!readBridgePaths.test(path)) return quiet(memory);
  const payload = parse(text) ?? (path === 'state' ? text.trim() : undefined);
  if (payload === undefined) {
    return text.trim() === ''
      ? quiet(memory, 'the message is empty')
      : wrong(memory, `bridge/${clean(path)}: not JSON`);
  }
  return readBridge(memory, path, {
    payload,
    base,
    receivedAt: uplink.receivedAt,
    retained: uplink.retained ?? false,
  });
}

interface Message {
  text: string;
  uplink: Inbound;
}

function read(memory: Memory, place: Place, message: Message): Heard {
  switch (place.kind) {
    case 'bridge':
      return readGateway(memory, place, message);
    case 'availability':
      return readAvailability(memory, place.name, message);
    case 'down':
      return quiet(memory, 'a command to a device');
    default:
      return readDevice(memory, place, message);
  }
}

function commandOf(place: Place): string {
  if (place.kind !== 'bridge') return place.kind;
  return readBridgePaths.test(place.path) ? `bridge/${place.path}` : 'bridge';
}

function textOf({ bytes }: Inbound): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}

function refusal(session: ProtocolSession, reason: string): Decoded {
  return { session, outcome: 'undecodable', readings: [], replies: [], command: 'state', reason };
}

/** Where a message belongs. Without a topic (a line of the decode tool) it is the state of the device that is named. */
function locate(memory: Memory, { topic, topicPrefix, claimedId }: Inbound): Place | string {
  const { base: taught } = taughtOf(memory);
  if (topic === undefined) {
    return claimedId === undefined
      ? 'no topic'
      : { kind: 'state', base: topicPrefix ?? taught, name: claimedId };
  }
  const base = topicPrefix ?? guessBase(topic, taught);
  return placeOf(topic, base, memory) ?? `${clean(topic, 128)} is not below ${clean(base, 128)}/`;
}

function decode(session: ProtocolSession, uplink: Inbound): Decoded {
  const memory = memoryOf(session);
  if (uplink.bytes.byteLength > MAX_BYTES)
    return refusal(session, `${uplink.bytes.byteLength} bytes are more than ${MAX_BYTES}`);
  const place = locate(memory, uplink);
  if (typeof place === 'string') return refusal(session, place);
  const heard = read(memory, place, { text: textOf(uplink), uplink });
  const gateway = place.kind === 'bridge' || heard.nativeId === undefined;
  const nativeId = heard.nativeId ?? (gateway ? (uplink.claimedId ?? gatewayOf(place.base)) : undefined);
  const reason = heard.reasons.join('; ').slice(0, MAX_REASON).toWellFormed();
  const understood = heard.readings.length > 0 || heard.children !== undefined;
  return {
    session: heard.memory,
    outcome: understood ? 'ok' : heard.misunderstood ? 'undecodable' : 'empty',
    ...(nativeId === undefined || nativeId === '' ? {} : { nativeId }),
    readings: heard.readings,
    replies: [],
    command: commandOf(place),
    ...(reason === '' ? {} : { reason }),
    ...(heard.children ? { children: heard.children } : {}),
  };
}

/** The protocol `zigbee2mqtt`: it has no sequence numbers, and a repeated message is its cache, not a repetition. */
export const zigbee2mqtt: Protocol = {
  name: 'zigbee2mqtt',
  title: { zh: 'Zigbee2MQTT 网关', en: 'Zigbee2MQTT' },
  gateway: { defaultPrefix: (nativeId) => `zigbee2mqtt/${nativeId}`, guessPrefix },
  expectedEveryMs: EXPECTED_EVERY_MS,
  maxFrameBytes: MAX_BYTES,
  decode,
  encode,
};
