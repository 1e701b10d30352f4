/** What ChirpStack and The Things Stack have in common: an uplink with its payload, decoded or not, and how well it was heard. */
import type { DecodedReading, Origin } from '../../src/model/readings.ts';
import { isPlausible } from '../../src/model/signals.ts';
import type { GatewayChild, PayloadReading } from '../../src/model/uplinks.ts';
import { clean, isObject } from '../sink.ts';
import { readCayenne } from './cayenne.ts';
import { learn, type Memory, own, put } from './memory.ts';
import { readPayload } from './read-payload.ts';
import { readSignalMap } from './signal-map.ts';

export interface DeviceFacts {
  eui: string;
  app: string;
  id?: string;
  name?: string;
  /** Every name by which the model may be known, the surest first. */
  models: readonly string[];
  vendor?: string;
}

export interface LorawanUplink {
  device: DeviceFacts;
  /** What the network server's own codec made of it. */
  object?: unknown;
  bytes?: Uint8Array;
  fPort: number;
  /** Absent where the payload is clear. */
  encrypted?: boolean;
  observedAt?: number;
  receivedAt: number;
  origin: Origin;
  /** How each gateway heard it. */
  heard: readonly { rssi?: unknown; snr?: unknown }[];
  payload?: PayloadReading | undefined;
}

export interface Heard {
  memory: Memory;
  readings: DecodedReading[];
  reasons: string[];
  introduces: GatewayChild[];
}

const EUI = /^[0-9a-f]{16}$/;
const LPP = /cayenne|(?:^|[^a-z])lpp(?:$|[^a-z])/i;

/** An EUI in small letters without separators; undefined for anything else. */
export function euiOf(text: unknown): string | undefined {
  if (typeof text !== 'string') return undefined;
  const plain = text.replaceAll(/[:\s-]/g, '').toLowerCase();
  return EUI.test(plain) ? plain : undefined;
}

/** Bytes in base64; undefined for what is none. */
export function fromBase64(text: unknown): Uint8Array | undefined {
  if (typeof text !== 'string' || text === '' || text.length > 2000 || !/^[A-Za-z0-9+/_-]+=*$/.test(text))
    return undefined;
  return Buffer.from(text, 'base64');
}

/** Short texts of those given that are any. */
export function namesOf(given: readonly unknown[]): string[] {
  const names = given.flatMap((one) =>
    typeof one === 'string' && one.trim() !== '' ? [clean(one.trim(), 64)] : [],
  );
  return [...new Set(names)];
}

/** Texts of a map of tags or attributes that tell the model. */
export function taggedModels(tags: unknown): string[] {
  if (!isObject(tags)) return [];
  const told = Object.entries(tags).slice(0, 50);
  return namesOf(
    told.flatMap(([key, value]) =>
      /model|type|codec|product|vendor|brand|manufacturer|kind/i.test(key) ? [value] : [],
    ),
  );
}

/** Introduces a device once since our start, and whenever it became another model. */
export function meet(
  memory: Memory,
  { eui, app, id, name, models: [model], vendor }: DeviceFacts,
): Omit<Heard, 'readings' | 'reasons'> {
  const before = own(memory.taught?.devices, eui);
  const known = {
    app,
    ...(id === undefined ? {} : { id }),
    ...(model === undefined ? {} : { model }),
    ...(before?.troubled ? { troubled: true as const } : {}),
  };
  const learnt = learn(memory, eui, known);
  if (own(memory.met, eui) && learnt === memory) return { memory, introduces: [] };
  const child = {
    nativeId: eui,
    ...(name === undefined ? {} : { name }),
    ...(model === undefined ? {} : { model }),
    ...(vendor === undefined ? {} : { vendor }),
  };
  return { memory: { ...learnt, met: put(learnt.met, eui, true as const) }, introduces: [child] };
}

/** The network server's trouble with a device, which is told once and taken back by what is understood again. */
export function trouble(memory: Memory, eui: string, troubled: boolean): Memory {
  const { troubled: _before, ...known } = own(memory.taught?.devices, eui) ?? { app: '' };
  return learn(memory, eui, troubled ? { ...known, troubled: true } : known);
}

function strength({ heard, origin, observedAt }: LorawanUplink): DecodedReading[] {
  const told = heard.flatMap(({ rssi, snr }) =>
    typeof rssi === 'number' && rssi < 0 && isPlausible('rssi', rssi)
      ? [{ rssi, snr: typeof snr === 'number' ? snr : undefined }]
      : [],
  );
  const [best] = told.sort((a, b) => b.rssi - a.rssi);
  if (!best) return [];
  const common = { origin, ...(observedAt === undefined ? {} : { observedAt }) };
  return [
    { signal: 'rssi', value: best.rssi, ...common },
    ...(best.snr === undefined ? [] : [{ signal: 'snr' as const, value: best.snr, ...common }]),
  ];
}

/** The payload as an object: the operator's codec before the network server's, Cayenne LPP where the model says so. */
function dataOf({ payload, object, bytes, device, encrypted }: LorawanUplink): {
  data?: unknown;
  reason?: string;
} {
  if (encrypted) return { reason: 'the payload is still encrypted' };
  if (payload?.data !== undefined) return { data: payload.data };
  const failed = payload?.error === undefined ? '' : `the codec failed: ${clean(payload.error, 200)}`;
  if (isObject(object) && Object.keys(object).length > 0)
    return { data: object, ...(failed ? { reason: failed } : {}) };
  if (bytes && device.models.some((model) => LPP.test(model))) {
    const { data, whole } = readCayenne(bytes);
    return { data, ...(whole ? {} : { reason: 'not all of it is Cayenne LPP' }) };
  }
  if (failed) return { reason: failed };
  if (!bytes) return { reason: 'no payload' };
  const model = device.models[0];
  return { reason: `no codec for ${model === undefined ? 'this device' : clean(model)}` };
}

/** Everything that one uplink says. */
export function readUplink(before: Memory, uplink: LorawanUplink): Heard {
  const { device, observedAt, receivedAt, origin } = uplink;
  const { memory: met, introduces } = meet(before, device);
  const { data, reason } = dataOf(uplink);
  const found = readPayload({
    data,
    models: device.models,
    receivedAt,
    ...(observedAt === undefined ? {} : { observedAt }),
    origin,
    map: readSignalMap(uplink.payload?.map),
    multipliers: own(met.multipliers, device.eui) ?? {},
  });
  const common = { origin, ...(observedAt === undefined ? {} : { observedAt }) };
  const relieved = data !== undefined && own(met.taught?.devices, device.eui)?.troubled === true;
  const again = found.readings.some(({ signal }) => signal === 'sensor_fault');
  const cleared: DecodedReading[] =
    relieved && !again ? [{ signal: 'sensor_fault', value: false, ...common }] : [];
  const told = Object.keys(found.multipliers).length > 0;
  const counted = told
    ? {
        ...met,
        multipliers: put(met.multipliers, device.eui, {
          ...own(met.multipliers, device.eui),
          ...found.multipliers,
        }),
      }
    : met;
  return {
    memory: relieved ? trouble(counted, device.eui, false) : counted,
    readings: [...found.readings, ...cleared, ...strength(uplink)],
    reasons: [...(reason === undefined ? [] : [reason]), ...found.reasons],
    introduces,
  };
}
