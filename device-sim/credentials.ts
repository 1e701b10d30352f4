import { readFileSync } from 'node:fs';
import { type Neighbourhood, readGateway, readSensor } from './neighbourhood.ts';
import { createNoise } from './noise.ts';
import { type Point, scattered } from './places.ts';
import { isRecord, nameOf, partOf } from './read-record.ts';

/** Things that the day of a village does to one of its bands. */
export const parts = ['sos', 'fall', 'desaturation', 'flat_battery', 'taken_off', 'no_network'] as const;
export type Part = (typeof parts)[number];

export interface DeviceCredential {
  protocol: 'watch' | 'native';
  /** As the device announces itself. */
  id: string;
  /** `native` only. */
  secret?: string;
  name?: string;
  home: Point;
  /** Fixes what happens to this band; otherwise the seed decides. */
  part?: Part;
  /** Nobody registered it: it is switched on and nothing happens to it. */
  unregistered?: boolean;
}

export interface Credentials extends Neighbourhood {
  host?: string;
  watchPort?: number;
  mqttPort?: number;
  devices: DeviceCredential[];
}

/** Where bands without a home of their own live: round the village of the demo. */
export const VILLAGE: Point = { latitude: 30.39, longitude: 114.88 };

/** Throws an Error that names the file and what is wrong in it. */
export function readCredentials(file: string): Credentials {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Error(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (!isRecord(value)) throw new Error(`${file}: is no object`);
  const list = (key: 'devices' | 'gateways' | 'sensors'): unknown[] => {
    const given = value[key] ?? [];
    if (!Array.isArray(given)) throw new Error(`${file}: "${key}" is no list`);
    return given;
  };
  if (!['devices', 'gateways', 'sensors'].some((key) => key in value))
    throw new Error(`${file}: "devices" is missing`);
  return {
    ...(typeof value.host === 'string' ? { host: value.host } : {}),
    ...(typeof value.watchPort === 'number' ? { watchPort: value.watchPort } : {}),
    ...(typeof value.mqttPort === 'number' ? { mqttPort: value.mqttPort } : {}),
    devices: list('devices').map((device, i) => readDevice(device, `${file}: devices[${i}]`)),
    gateways: list('gateways').map((gateway, i) => readGateway(gateway, `${file}: gateways[${i}]`)),
    sensors: list('sensors').map((sensor, i) => readSensor(sensor, `${file}: sensors[${i}]`)),
  };
}

function readDevice(value: unknown, where: string): DeviceCredential {
  if (!isRecord(value)) throw new Error(`${where}: is no object`);
  const { protocol, id, secret, home, unregistered } = value;
  if (protocol !== 'watch' && protocol !== 'native')
    throw new Error(`${where}: protocol is "watch" or "native"`);
  if (typeof id !== 'string' || id === '') throw new Error(`${where}: id is missing`);
  if (protocol === 'native' && typeof secret !== 'string') throw new Error(`${where}: secret is missing`);
  return {
    protocol,
    id,
    home: readPoint(home) ?? scattered(createNoise(1), id, { centre: VILLAGE, radiusM: 600 }),
    ...(typeof secret === 'string' ? { secret } : {}),
    ...nameOf(value),
    ...partOf(value, parts, where),
    ...(unregistered === true ? { unregistered: true } : {}),
  };
}

function readPoint(value: unknown): Point | undefined {
  if (!isRecord(value)) return undefined;
  const { latitude, longitude } = value;
  return typeof latitude === 'number' && typeof longitude === 'number' ? { latitude, longitude } : undefined;
}

/** Watch bands that nobody registered: ten digits each, the same ones for the same seed. */
export function inventDevices(count: number, seed: number): DeviceCredential[] {
  const noise = createNoise(seed);
  return Array.from({ length: count }, (_, i) => {
    const id = `9${String(seed % 1_000).padStart(3, '0')}${String(i + 1).padStart(6, '0')}`;
    return { protocol: 'watch', id, home: scattered(noise, id, { centre: VILLAGE, radiusM: 600 }) };
  });
}
