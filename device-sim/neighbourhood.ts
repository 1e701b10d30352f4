import { isRecord, nameOf, partOf, textOf } from './read-record.ts';
import { models } from './zigbee/models.ts';

/** Things that the day of a neighbourhood does to its gateways, to what stands behind them, and to its sensors. */
export const gatewayParts = ['restart', 'dies'] as const;
export const childParts = ['cellar_leak', 'overload', 'flat_battery', 'stale_leak', 'stale_trip'] as const;
export const sensorParts = ['burst', 'cover_open', 'bin_full', 'blocked_sewer'] as const;
export type GatewayPart = (typeof gatewayParts)[number];
export type ChildPart = (typeof childParts)[number];
export type SensorPart = (typeof sensorParts)[number];

export const sensorKinds = ['pipe', 'manhole', 'bin'] as const;
export type SensorKind = (typeof sensorKinds)[number];

export interface ChildCredential {
  /** IEEE address, `0x` and 16 digits. */
  address: string;
  /** Friendly name, the last part of the topic. */
  name: string;
  model: string;
  part?: ChildPart;
}

const gatewayProtocols = ['sparkplug', 'chirpstack'] as const;
type GatewayProtocol = (typeof gatewayProtocols)[number];

export interface GatewayCredential {
  /** User name and the last part of the base topic. */
  id: string;
  /** A Zigbee2MQTT where absent; of a ChirpStack, `id` is that of the application. */
  protocol?: GatewayProtocol;
  /** Absent where a broker asks for none. */
  secret?: string;
  name?: string;
  part?: GatewayPart;
  children: ChildCredential[];
}

export interface SensorCredential {
  id: string;
  secret: string;
  kind: SensorKind;
  name?: string;
  part?: SensorPart;
}

export interface Neighbourhood {
  gateways: GatewayCredential[];
  sensors: SensorCredential[];
}

/** Throws an Error with a sentence about what is wrong; the same for the sensors. */
export function readGateway(value: unknown, where: string): GatewayCredential {
  if (!isRecord(value)) throw new Error(`${where}: is no object`);
  const { secret, children = [] } = value;
  const protocol = gatewayProtocols.find((each) => each === value.protocol);
  if (!Array.isArray(children)) throw new Error(`${where}: children is no list`);
  return {
    id: textOf(value, 'id', where),
    children: children.map((child: unknown, i) => readChild(child, `${where}.children[${i}]`)),
    ...(typeof secret === 'string' ? { secret } : {}),
    ...(protocol ? { protocol } : {}),
    ...nameOf(value),
    ...partOf(value, gatewayParts, where),
  };
}

function readChild(value: unknown, where: string): ChildCredential {
  if (!isRecord(value)) throw new Error(`${where}: is no object`);
  const address = textOf(value, 'address', where);
  if (!/^0x[0-9a-f]{16}$/.test(address)) throw new Error(`${where}: address is 0x and 16 hex digits`);
  const model = textOf(value, 'model', where);
  if (!models.has(model)) throw new Error(`${where}: model is one of ${[...models.keys()].join(', ')}`);
  return { address, model, name: textOf(value, 'name', where), ...partOf(value, childParts, where) };
}

export function readSensor(value: unknown, where: string): SensorCredential {
  if (!isRecord(value)) throw new Error(`${where}: is no object`);
  const kind = sensorKinds.find((each) => each === value.kind);
  if (!kind) throw new Error(`${where}: kind is one of ${sensorKinds.join(', ')}`);
  return {
    id: textOf(value, 'id', where),
    secret: textOf(value, 'secret', where),
    kind,
    ...nameOf(value),
    ...partOf(value, sensorParts, where),
  };
}

/** One gateway with a cellar, a breaker and what goes wrong there: for a broker that asks nobody for a name. */
export function inventNeighbourhood(): Neighbourhood {
  const leak = 'SJCGQ11LM';
  const child = (n: number, name: string, more: { model: string; part?: ChildPart }): ChildCredential => ({
    address: `0x00158d00ffff${n.toString(16).padStart(4, '0')}`,
    name,
    ...more,
  });
  return {
    gateways: [
      {
        id: 'sim-gw-01',
        children: [
          child(1, 'cellar_leak', { model: leak, part: 'cellar_leak' }),
          child(2, 'pump_room_leak', { model: leak, part: 'flat_battery' }),
          child(3, 'main_breaker', { model: 'TOWSMR1', part: 'overload' }),
          child(4, 'lift_breaker', { model: 'TS0601_din_4' }),
        ],
      },
    ],
    sensors: [],
  };
}
