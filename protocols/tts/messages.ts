/** The messages of The Things Stack v3 (`ApplicationUp`): names in snake_case, empty values left out. */
import type { DecodedReading, Origin } from '../../src/model/readings.ts';
import type { Decoded, PayloadReading } from '../../src/model/uplinks.ts';
import { locatedAt } from '../lorawan/located.ts';
import type { Memory } from '../lorawan/memory.ts';
import { readPayload } from '../lorawan/read-payload.ts';
import { readTime } from '../lorawan/times.ts';
import {
  type DeviceFacts,
  euiOf,
  fromBase64,
  meet,
  namesOf,
  readUplink,
  taggedModels,
} from '../lorawan/uplink.ts';
import { clean, isObject, type JsonObject } from '../sink.ts';

export interface Context {
  memory: Memory;
  /** The whole message, and the part of it that is named after its kind. */
  message: JsonObject;
  part: JsonObject;
  device: DeviceFacts;
  receivedAt: number;
  origin: Origin;
  payload?: PayloadReading | undefined;
}

export type Said = Partial<Pick<Decoded, 'readings' | 'sequence' | 'downlinkAnswer' | 'introduces'>> & {
  memory: Memory;
  reasons?: readonly string[];
};

const objectAt = (object: JsonObject, key: string): JsonObject => (isObject(object[key]) ? object[key] : {});
const text = (value: unknown, length = 64) =>
  typeof value === 'string' && value !== '' ? clean(value, length) : undefined;

/** Who speaks: the EUI; where a message has none, the id within its application. */
export function deviceOf(message: JsonObject, place: { app?: string; id?: string }): DeviceFacts | undefined {
  const ids = objectAt(message, 'end_device_ids');
  const up = objectAt(message, 'uplink_message');
  const versions = objectAt(up, 'version_ids');
  const id = place.id ?? text(ids.device_id);
  const eui = euiOf(ids.dev_eui) ?? (id === undefined ? undefined : (euiOf(id.replace(/^eui-/i, '')) ?? id));
  if (eui === undefined) return undefined;
  const brand = text(versions.brand_id);
  const model = text(versions.model_id);
  const both = brand !== undefined && model !== undefined ? [`${brand}/${model}`] : [];
  return {
    eui,
    app: place.app ?? text(objectAt(ids, 'application_ids').application_id) ?? '',
    ...(id === undefined ? {} : { id, name: id }),
    models: namesOf([...both, model, ...taggedModels(up.attributes ?? message.attributes), id]),
    ...(brand === undefined ? {} : { vendor: brand }),
  };
}

/** Bytes of the payload; a port of 0 is left out by the server. */
export function payloadBytes(up: JsonObject): { bytes?: Uint8Array; fPort: number; object: unknown } {
  const bytes = fromBase64(up.frm_payload);
  return {
    ...(bytes ? { bytes } : {}),
    fPort: typeof up.f_port === 'number' ? up.f_port : 0,
    object: up.decoded_payload,
  };
}

/** What the server normalized, in volts and litres, where the codec's own output did not say it already. */
function normalized(
  { part, receivedAt, origin, device }: Context,
  { observedAt, known }: { observedAt: number | undefined; known: readonly DecodedReading[] },
) {
  const { normalized_payload: list } = part;
  if (list === undefined || list === null) return [];
  const said = new Set(known.map(({ signal }) => signal));
  const found = readPayload({
    data: Array.isArray(list) ? { measurements: list } : list,
    models: device.models,
    receivedAt,
    ...(observedAt === undefined ? {} : { observedAt }),
    origin,
  });
  return found.readings.filter(({ signal }) => !said.has(signal));
}

function battery({ part, origin }: Context, readings: readonly DecodedReading[]): DecodedReading[] {
  const { last_battery_percentage: last } = part;
  if (!isObject(last) || typeof last.value !== 'number' || last.value <= 0 || last.value > 100) return [];
  if (readings.some(({ signal }) => signal === 'battery')) return [];
  const observedAt = readTime(last.received_at);
  return [
    {
      signal: 'battery',
      value: Math.round(last.value * 100) / 100,
      origin,
      ...(observedAt === undefined ? {} : { observedAt }),
    },
  ];
}

function up(context: Context): Said {
  const { memory, message, part, device, receivedAt, origin, payload } = context;
  const observedAt = readTime(part.received_at) ?? readTime(message.received_at);
  const heard = Array.isArray(part.rx_metadata) ? part.rx_metadata.slice(0, 64).filter(isObject) : [];
  const found = readUplink(memory, {
    device,
    ...payloadBytes(part),
    ...(observedAt === undefined ? {} : { observedAt }),
    receivedAt,
    origin,
    heard: heard.map(({ rssi, channel_rssi, snr }) => ({ rssi: rssi ?? channel_rssi, snr })),
    payload,
  });
  const extra = normalized(context, { observedAt, known: found.readings });
  const readings = [...found.readings, ...extra];
  const key = text(part.session_key_id);
  const counter = typeof part.f_cnt === 'number' ? part.f_cnt : 0;
  const warnings = Array.isArray(part.decoded_payload_warnings)
    ? part.decoded_payload_warnings.slice(0, 5)
    : [];
  return {
    ...found,
    readings: [...readings, ...battery(context, readings)],
    reasons: [...found.reasons, ...warnings.map((one) => clean(String(one), 100))],
    ...(key === undefined ? {} : { sequence: `${key}:${counter}` }),
  };
}

function join({ memory, device }: Context): Said {
  return { ...meet({ ...memory, met: {} }, device), reasons: ['joined the network'] };
}

function solved({ memory, message, part, device, origin }: Context): Said {
  const observedAt = readTime(message.received_at);
  return { ...meet(memory, device), readings: locatedAt(part.location, { origin, observedAt }) };
}

const OURS = /^gridguard:(\d{1,15})$/;
export const correlationOf = (serial: number): string => `gridguard:${serial}`;

/** A command of ours comes back with the id that it was sent with. */
function answered(ok: boolean) {
  return ({ memory, part }: Context): Said => {
    const downlink = isObject(part.downlink) ? part.downlink : part;
    const ids = Array.isArray(downlink.correlation_ids) ? downlink.correlation_ids.slice(0, 50) : [];
    const serial = ids.map((id) => OURS.exec(String(id))?.[1]).find((one) => one !== undefined);
    const reason = ok ? [] : [text(objectAt(part, 'error').message_format, 100) ?? 'the downlink failed'];
    return {
      memory,
      reasons: reason,
      downlinkAnswer: { command: 'down', ...(serial === undefined ? {} : { serial }), ok },
    };
  };
}

const quiet =
  (reason: string) =>
  ({ memory }: Context): Said => ({ memory, reasons: [reason] });

/** By the name of the part of the message. */
export const readers: Readonly<Record<string, (context: Context) => Said>> = {
  uplink_message: up,
  uplink_normalized: up,
  join_accept: join,
  location_solved: solved,
  service_data: quiet('data of another service'),
  downlink_ack: answered(true),
  downlink_failed: answered(false),
  downlink_nack: quiet('a downlink was not confirmed and is sent again'),
  downlink_sent: quiet('a downlink was sent'),
  downlink_queued: quiet('a downlink waits'),
  downlink_queue_invalidated: quiet('the queue of downlinks is made anew'),
};
