import { readFileSync } from 'node:fs';
import { createNoise } from './noise.ts';
import { type Point, scattered } from './places.ts';

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

export interface Credentials {
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
  if (!isRecord(value) || !Array.isArray(value.devices)) throw new Error(`${file}: "devices" is missing`);
  return {
    ...(typeof value.host === 'string' ? { host: value.host } : {}),
    ...(typeof value.watchPort === 'number' ? { watchPort: value.watchPort } : {}),
    ...(typeof value.mqttPort === 'number' ? { mqttPort: value.mqttPort } : {}),
    devices: value.devices.map((device: unknown, i) => readDevice(device, `${file}: devices[${i}]`)),
  };
}

function readDevice(value: unknown, where: string): DeviceCredential {
  if (!isRecord(value)) throw new Error(`${where}: is no object`);
  const { protocol, id, secret, name, home, part, unregistered } = value;
  if (protocol !== 'watch' && protocol !== 'native')
    throw new Error(`${where}: protocol is "watch" or "native"`);
  if (typeof id !== 'string' || id === '') throw new Error(`${where}: id is missing`);
  if (protocol === 'native' && typeof secret !== 'string') throw new Error(`${where}: secret is missing`);
  const known = parts.find((p) => p === part);
  if (part !== undefined && !known) throw new Error(`${where}: part is one of ${parts.join(', ')}`);
  return {
    protocol,
    id,
    home: readPoint(home) ?? scattered(createNoise(1), id, { centre: VILLAGE, radiusM: 600 }),
    ...(typeof secret === 'string' ? { secret } : {}),
    ...(typeof name === 'string' ? { name } : {}),
    ...(known ? { part: known } : {}),
    ...(unregistered === true ? { unregistered: true } : {}),
  };
}

function readPoint(value: unknown): Point | undefined {
  if (!isRecord(value)) return undefined;
  const { latitude, longitude } = value;
  return typeof latitude === 'number' && typeof longitude === 'number' ? { latitude, longitude } : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** Watch bands that nobody registered: ten digits each, the same ones for the same seed. */
export function inventDevices(count: number, seed: number): DeviceCredential[] {
  const noise = createNoise(seed);
  return Array.from({ length: count }, (_, i) => {
    const id = `9${String(seed % 1_000).padStart(3, '0')}${String(i + 1).padStart(6, '0')}`;
    return { protocol: 'watch', id, home: scattered(noise, id, { centre: VILLAGE, radiusM: 600 }) };
  });
}
