/** The events of ChirpStack v4 (`api/proto/integration/integration.proto`), as its MQTT and HTTP integrations write them in JSON. */
import type { DecodedReading, Origin } from '../../src/model/readings.ts';
import type { Decoded, PayloadReading } from '../../src/model/uplinks.ts';
import { locatedAt } from '../lorawan/located.ts';
import { type Memory, own } from '../lorawan/memory.ts';
import { readTime } from '../lorawan/times.ts';
import {
  type DeviceFacts,
  euiOf,
  fromBase64,
  meet,
  namesOf,
  readUplink,
  taggedModels,
  trouble,
} from '../lorawan/uplink.ts';
import { clean, isObject, type JsonObject } from '../sink.ts';

export interface Context {
  memory: Memory;
  message: JsonObject;
  device: DeviceFacts;
  receivedAt: number;
  origin: Origin;
  payload?: PayloadReading | undefined;
}

export type Said = Partial<Pick<Decoded, 'readings' | 'sequence' | 'downlinkAnswer' | 'introduces'>> & {
  memory: Memory;
  reasons?: readonly string[];
};

const text = (value: unknown, length = 64) =>
  typeof value === 'string' && value !== '' ? clean(value, length) : undefined;
const numberOr0 = (value: unknown) => (typeof value === 'number' && Number.isFinite(value) ? value : 0);

/** Who speaks: `deviceInfo` of version 4, flat names before it, else the topic. */
export function deviceOf(
  message: JsonObject,
  place: { eui?: string | undefined; app?: string | undefined },
): DeviceFacts | undefined {
  const info = isObject(message.deviceInfo) ? message.deviceInfo : message;
  const eui = place.eui ?? euiOf(info.devEui) ?? euiOf(message.devEUI) ?? euiOf(message.devEui);
  if (eui === undefined) return undefined;
  const name = text(info.deviceName);
  return {
    eui,
    app: place.app ?? text(info.applicationId) ?? '',
    ...(name === undefined ? {} : { name }),
    models: namesOf([...taggedModels(info.tags ?? message.tags), info.deviceProfileName, info.deviceName]),
  };
}

/** Which event a message without a topic is, by what it alone has. */
export function eventOf(message: JsonObject): string {
  const has = (key: string) => Object.hasOwn(message, key);
  if (has('level') && has('code')) return 'log';
  if (has('acknowledged')) return 'ack';
  if (has('downlinkId')) return 'txack';
  if (has('batteryLevel') || has('margin')) return 'status';
  if (has('fCnt') || has('rxInfo') || has('object') || has('fPort')) return 'up';
  if (has('location')) return 'location';
  return has('devAddr') ? 'join' : 'unknown';
}

const idOf = ({ deduplicationId: id }: JsonObject) => text(id);

/** The counter of a frame tells repetitions apart where the server gives no id. */
function sequenceOf(message: JsonObject): string | undefined {
  const id = idOf(message);
  const counter = message.fCnt;
  return id ?? (typeof counter === 'number' ? `${text(message.devAddr) ?? ''}:${counter}` : undefined);
}

function objectOf({ object, objectJSON }: JsonObject): unknown {
  if (object !== undefined || typeof objectJSON !== 'string' || objectJSON.length > 100_000) return object;
  try {
    return JSON.parse(objectJSON);
  } catch {
    return undefined;
  }
}

/** Whose payload it is and the bytes, for `payloadOf` too. */
export function payloadBytes(message: JsonObject): {
  bytes?: Uint8Array;
  fPort: number;
  encrypted: boolean;
  object: unknown;
} {
  const bytes = fromBase64(message.data);
  const encrypted = message.joinServerContext !== undefined && message.joinServerContext !== null;
  return {
    ...(bytes ? { bytes } : {}),
    fPort: numberOr0(message.fPort),
    encrypted,
    object: objectOf(message),
  };
}

function up({ memory, message, device, receivedAt, origin, payload }: Context): Said {
  const observedAt = readTime(message.time);
  const heard = Array.isArray(message.rxInfo) ? message.rxInfo.slice(0, 64).filter(isObject) : [];
  const sequence = sequenceOf(message);
  const found = readUplink(memory, {
    device,
    ...payloadBytes(message),
    ...(observedAt === undefined ? {} : { observedAt }),
    receivedAt,
    origin,
    heard: heard.map(({ rssi, snr, loRaSNR }) => ({ rssi, snr: snr ?? loRaSNR })),
    payload,
  });
  return { ...found, ...(sequence === undefined ? {} : { sequence }) };
}

function join({ memory, message, device }: Context): Said {
  const id = idOf(message);
  return {
    ...meet({ ...memory, met: {} }, device),
    reasons: ['joined the network'],
    ...(id === undefined ? {} : { sequence: `join:${id}` }),
  };
}

function status({ memory, message, device, origin }: Context): Said {
  const observedAt = readTime(message.time);
  const level = message.batteryLevel;
  const id = idOf(message);
  const known = message.externalPowerSource !== true && message.batteryLevelUnavailable !== true;
  const common = { origin, ...(observedAt === undefined ? {} : { observedAt }) };
  const told = known && typeof level === 'number' && level > 0 && level <= 100;
  const readings: DecodedReading[] = told
    ? [{ signal: 'battery', value: Math.round(level * 100) / 100, ...common }]
    : [];
  const reasons = told
    ? []
    : [message.externalPowerSource === true ? 'on external power' : 'the level of the battery is not known'];
  return {
    ...meet(memory, device),
    readings,
    reasons,
    ...(id === undefined ? {} : { sequence: `status:${id}` }),
  };
}

/** Errors after which nothing of the device is understood, until something is. */
const DEAF = /^(?:UPLINK_CODEC|UPLINK_MIC|UPLINK_F_CNT_RESET|OTAA)$/;
const LOST = /^(?:DOWNLINK_PAYLOAD_SIZE|DOWNLINK_CODEC|DOWNLINK_GATEWAY|F_CNT_DOWN|EXPIRED)$/;

/** A log entry repeats the counter of the uplink that it is about: it is none itself. */
function log({ memory, message, device, origin }: Context): Said {
  const observedAt = readTime(message.time);
  const code = text(message.code) ?? 'UNKNOWN';
  const reasons = [`${text(message.level) ?? 'LOG'} ${code}: ${text(message.description, 200) ?? ''}`];
  const context = isObject(message.context) ? message.context : {};
  const serial = LOST.test(code) ? serialOf(context.queue_item_id ?? message.queueItemId) : undefined;
  if (serial !== undefined)
    return { memory, reasons, downlinkAnswer: { command: 'down', serial, ok: false } };
  const met = meet(memory, device);
  const deaf = message.level === 'ERROR' && DEAF.test(code);
  if (!deaf || own(met.memory.taught?.devices, device.eui)?.troubled) return { ...met, reasons };
  const common = { origin, ...(observedAt === undefined ? {} : { observedAt }) };
  return {
    ...met,
    memory: trouble(met.memory, device.eui, true),
    readings: [{ signal: 'sensor_fault', value: true, code, ...common }],
    reasons,
  };
}

const OURS = /^67726964-0000-4000-8000-([0-9a-f]{12})$/;

/** The id under which a command of ours waits in the server's queue, which has to be a UUID. */
export function queueId(serial: number): string {
  return `67726964-0000-4000-8000-${(serial % 0x1_0000_0000_0000).toString(16).padStart(12, '0')}`;
}

function serialOf(id: unknown): string | undefined {
  const [, digits] = OURS.exec(typeof id === 'string' ? id.toLowerCase() : '') ?? [];
  return digits === undefined ? undefined : String(Number.parseInt(digits, 16));
}

function ack({ memory, message }: Context): Said {
  const serial = serialOf(message.queueItemId);
  const ok = message.acknowledged === true;
  return { memory, downlinkAnswer: { command: 'down', ...(serial === undefined ? {} : { serial }), ok } };
}

function location({ memory, message, device, origin }: Context): Said {
  const observedAt = readTime(message.time);
  const id = idOf(message);
  return {
    ...meet(memory, device),
    readings: locatedAt(message.location, { origin, observedAt }),
    ...(id === undefined ? {} : { sequence: `location:${id}` }),
  };
}

const quiet =
  (reason: string) =>
  ({ memory }: Context): Said => ({ memory, reasons: [reason] });

export const readers: Readonly<Record<string, (context: Context) => Said>> = {
  up,
  join,
  status,
  log,
  ack,
  location,
  error: log,
  txack: quiet('a downlink was handed to the gateway'),
  integration: quiet('a message of another integration'),
};
