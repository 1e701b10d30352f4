import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hashPassword } from '../people/passwords.ts';
import type { Db } from '../platform/database.ts';
import { seedAlarmHistory } from './alarm-history-store.ts';
import { type SeededDemo, seedDemo } from './demo-store.ts';

interface DemoFile extends Omit<SeededDemo, 'gateways' | 'sensors'> {
  gateways?: SeededDemo['gateways'];
  sensors?: SeededDemo['sensors'];
  host?: string;
  watchPort?: number;
  mqttPort?: number;
}

export type DemoScenario = 'maoqi' | 'binhu';

export interface PreparedDemo {
  accounts: SeededDemo['accounts'];
  /** What the simulator is to play. A database that an older version seeded has the village only. */
  scenarios: DemoScenario[];
  credentialsFile: string;
}

/**
 * Seeds village and neighbourhood, with the week before `now`, into an empty database and keeps what the simulator needs beside the data, with the ports of this
 * start. Undefined where the database holds something else.
 */
export async function prepareDemo(
  db: Db,
  dataDir: string,
  { addresses, now }: { addresses: { mqtt?: string; tcp: Record<string, string> }; now: number },
): Promise<PreparedDemo | undefined> {
  const file = join(dataDir, 'demo.json');
  await mkdir(dataDir, { recursive: true });
  const seeded = await seedDemo(db, { hashPassword });
  if (seeded) await seedAlarmHistory(db, now);
  const demo = seeded ?? (await readDemo(file));
  if (!demo) return undefined;
  const place = { host: '127.0.0.1', ...ports(addresses) };
  await writeFile(`${file}.new`, JSON.stringify({ ...demo, ...place }, undefined, 2), { mode: 0o600 });
  await rename(`${file}.new`, file);
  const scenarios: DemoScenario[] = demo.gateways ? ['maoqi', 'binhu'] : ['maoqi'];
  return { accounts: demo.accounts, scenarios, credentialsFile: file };
}

function ports(addresses: { mqtt?: string; tcp: Record<string, string> }) {
  const portOf = (url: string | undefined) => (url === undefined ? undefined : Number(new URL(url).port));
  const mqttPort = portOf(addresses.mqtt);
  const watchPort = portOf(addresses.tcp.watch);
  return { ...(mqttPort ? { mqttPort } : {}), ...(watchPort ? { watchPort } : {}) };
}

async function readDemo(file: string): Promise<DemoFile | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as DemoFile);
}
