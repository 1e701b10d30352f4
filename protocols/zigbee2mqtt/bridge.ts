import type { DecodedReading } from '../../src/model/readings.ts';
import type { GatewayChild } from '../../src/model/uplinks.ts';
import { clean, isObject, type JsonObject } from '../sink.ts';
import { mapDefinition } from './map-device.ts';
import { type Memory, own, type Taught, type TaughtDevice, taughtOf } from './session.ts';

/** Devices that a gateway may list; a stick carries fewer. */
const MOST_DEVICES = 500;
const MOST_GROUPS = 500;
const IEEE = /^0x[0-9a-f]{16}$/;

/** What a message brought, beside the outcome. */
export interface Heard {
  memory: Memory;
  readings: DecodedReading[];
  children?: GatewayChild[];
  nativeId?: string;
  reasons: string[];
  misunderstood?: boolean;
}

const nothing = (memory: Memory): Heard => ({ memory, readings: [], reasons: [] });
const refused = (memory: Memory, reason: string): Heard => ({
  ...nothing(memory),
  reasons: [reason],
  misunderstood: true,
});

/** `online` and `offline` as JSON or, in old versions, as plain text. */
export function onlineOf(payload: unknown): boolean | undefined {
  const said = isObject(payload) ? payload.state : payload;
  if (said === 'online') return true;
  return said === 'offline' ? false : undefined;
}

const text = (value: unknown) => (typeof value === 'string' && value !== '' ? clean(value, 128) : undefined);

/** One entry of `bridge/devices`; undefined for the stick itself and for what has no address or name. */
function readDevice(raw: unknown): { name: string; child: GatewayChild; taught: TaughtDevice } | undefined {
  if (!isObject(raw) || raw.type === 'Coordinator') return undefined;
  const ieee = typeof raw.ieee_address === 'string' ? raw.ieee_address.toLowerCase() : '';
  const { friendly_name: name, definition, model_id: modelId, manufacturer } = raw;
  if (!IEEE.test(ieee) || typeof name !== 'string' || name === '' || name.length > 256) return undefined;
  const known = isObject(definition) ? definition : {};
  const model = text(known.model) ?? text(modelId);
  const vendor = text(known.vendor) ?? text(manufacturer);
  const described = Array.isArray(known.exposes);
  return {
    name,
    child: {
      nativeId: ieee,
      name: clean(name, 128),
      ...(model ? { model } : {}),
      ...(vendor ? { vendor } : {}),
    },
    taught: { ieee, map: described ? mapDefinition(known) : {}, ...(described ? { known: true } : {}) },
  };
}

/** Only what the listed devices said, so that the memory does not grow with every device that ever was. */
function standingOf(before: Taught, devices: Readonly<Record<string, TaughtDevice>>): Taught['standing'] {
  const listed = new Set(Object.values(devices).map(({ ieee }) => ieee));
  const entries = Object.entries(before.standing).filter(
    ([device]) => listed.has(device) || !IEEE.test(device),
  );
  return Object.fromEntries(entries.slice(0, 2 * MOST_DEVICES));
}

function readDevices(memory: Memory, base: string, payload: unknown): Heard {
  if (!Array.isArray(payload)) return refused(memory, 'bridge/devices: expected an array');
  const read = payload.slice(0, 4 * MOST_DEVICES).flatMap((raw) => readDevice(raw) ?? []);
  const taken = read.slice(0, MOST_DEVICES);
  const devices = Object.fromEntries(taken.map(({ name, taught }) => [name, taught]));
  const before = taughtOf(memory);
  const taught: Taught = { ...before, base, devices, standing: standingOf(before, devices) };
  const same = memory.taught !== undefined && JSON.stringify(before) === JSON.stringify(taught);
  const left = read.length - taken.length;
  return {
    memory: same ? memory : { ...memory, taught },
    readings: [],
    children: taken.map(({ child }) => child),
    reasons: left > 0 ? [`${read.length} devices, of which only the first ${MOST_DEVICES} are taken`] : [],
  };
}

function readGroups(memory: Memory, payload: unknown): Heard {
  if (!Array.isArray(payload)) return refused(memory, 'bridge/groups: expected an array');
  const names = payload
    .slice(0, MOST_GROUPS)
    .flatMap((group) =>
      isObject(group) && typeof group.friendly_name === 'string' ? [group.friendly_name] : [],
    );
  const taught = taughtOf(memory);
  const same = names.length === taught.groups.length && names.every((name, i) => name === taught.groups[i]);
  return nothing(same ? memory : { ...memory, taught: { ...taught, groups: names } });
}

/** A device that left the network, joined it or spoke up again. */
function readEvent(memory: Memory, payload: unknown): Heard {
  const { type, data } = isObject(payload) ? payload : {};
  const ieee = isObject(data) && typeof data.ieee_address === 'string' ? data.ieee_address.toLowerCase() : '';
  const online = { device_leave: false, device_joined: true, device_announce: true }[String(type)];
  if (online === undefined || !IEEE.test(ieee)) return nothing(memory);
  const code = online ? {} : { code: 'left the network' };
  return {
    ...nothing(memory),
    nativeId: ieee,
    readings: [{ signal: 'online', value: online, origin: 'live', ...code }],
  };
}

function readBridgeState(memory: Memory, payload: unknown, { receivedAt, retained }: Circumstances): Heard {
  const online = onlineOf(payload);
  if (online === undefined) return refused(memory, 'bridge/state: expected online or offline');
  const { startedAt: _at, heard: _who, ...rest } = memory;
  const starts = online && !retained;
  return {
    memory: starts ? { ...rest, startedAt: receivedAt } : memory,
    readings: [{ signal: 'online', value: online, origin: retained ? 'retained' : 'live' }],
    reasons: [],
  };
}

/** A rename takes effect at once, not only with the next list. */
function readResponse(memory: Memory, path: string, payload: unknown): Heard {
  const { data, status } = isObject(payload) ? payload : {};
  const { from, to }: JsonObject = isObject(data) ? data : {};
  const taught = taughtOf(memory);
  const renamed = typeof from === 'string' ? own(taught.devices, from) : undefined;
  const done = path === 'response/device/rename' && status === 'ok' && typeof to === 'string' && renamed;
  if (!done) return nothing(memory);
  const rest = Object.entries(taught.devices).filter(([name]) => name !== from);
  return nothing({ ...memory, taught: { ...taught, devices: Object.fromEntries([...rest, [to, renamed]]) } });
}

export interface Circumstances {
  base: string;
  receivedAt: number;
  retained: boolean;
}

/** Of the topics below `bridge/` those whose content counts; the others are a sign of life. */
export const readBridgePaths = /^(?:state|devices|groups|event|response\/device\/rename)$/;

/** A message of Zigbee2MQTT about itself. Without `nativeId` it is the gateway that speaks. */
export function readBridge(
  memory: Memory,
  path: string,
  { payload, ...rest }: Circumstances & { payload: unknown },
): Heard {
  switch (path) {
    case 'state':
      return readBridgeState(memory, payload, rest);
    case 'devices':
      return readDevices(memory, rest.base, payload);
    case 'groups':
      return readGroups(memory, payload);
    case 'event':
      return rest.retained ? nothing(memory) : readEvent(memory, payload);
    default:
      return readResponse(memory, path, payload);
  }
}
