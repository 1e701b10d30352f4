import { mkdir, rename, writeFile } from 'node:fs/promises';
import { isIPv6 } from 'node:net';
import { join } from 'node:path';
import type { Transports } from './listeners.ts';

export interface Addresses {
  http?: string;
  mqtt?: string;
  mqttWebSocket?: string;
  /** By protocol name. */
  tcp: Record<string, string>;
  udp: Record<string, string>;
  webSocket: Record<string, string>;
  /** Where clouds and devices bring messages. */
  push?: string;
}

export function nameAddresses(
  config: { host: string },
  { ports, webSockets }: Transports,
  addresses: Addresses,
): void {
  const host = hostInUrl(config.host);
  addresses.mqtt = `mqtt://${host}:${ports.mqtt}`;
  for (const [name, port] of Object.entries(ports.tcp)) addresses.tcp[name] = `tcp://${host}:${port}`;
  for (const [name, port] of Object.entries(ports.udp)) addresses.udp[name] = `udp://${host}:${port}`;
  if (!addresses.http) return;
  addresses.push = `${addresses.http}/api/push`;
  const web = addresses.http.replace('http:', 'ws:');
  addresses.mqttWebSocket = `${web}/mqtt`;
  for (const [name, path] of Object.entries(webSockets)) addresses.webSocket[name] = `${web}${path}`;
}

/** Where the service can be reached, for programs: replaced as a whole, so that nobody reads half of it. */
export async function writeAddresses(config: { dataDir: string }, addresses: Addresses): Promise<void> {
  await mkdir(config.dataDir, { recursive: true });
  const file = join(config.dataDir, 'addresses.json');
  await writeFile(`${file}.new`, JSON.stringify({ pid: process.pid, ...addresses }));
  await rename(`${file}.new`, file);
}

/** How an address is written in a URL. */
export function hostInUrl(host: string): string {
  return isIPv6(host) ? `[${host}]` : host;
}
