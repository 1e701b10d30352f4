import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type SeededDemo, seedDemo } from '../../src/demo/demo-store.ts';
import { startTestService, type TestService } from './service.ts';

/** What the simulator says should follow. */
export interface Expected {
  kind: string;
  device: string;
  by: string;
  location?: { latitude: number; longitude: number };
}

export interface Village {
  service: TestService;
  demo: SeededDemo;
  /** Grows while the village lives. */
  expected: Expected[];
  alerts(): Promise<
    { kind: string; alias: string; fired_at: number; resolved_at: number | null; state: string }[]
  >;
  close(): Promise<void>;
}

const program = join(import.meta.dirname, '../../device-sim/main.ts');
const portOf = (url: string | undefined) => Number(new URL(url ?? 'none://x:0').port);

/** The service with the demo village in it, and the simulator that plays it at an hour a minute. */
export async function openVillage(): Promise<Village> {
  const service = await startTestService();
  const { db } = service.database;
  const demo = await seedDemo(db, { hashPassword: async () => 'nobody signs in here' });
  if (!demo) throw new Error('the database is not empty');
  const folder = await mkdtemp(join(tmpdir(), 'gg-village-'));
  const file = join(folder, 'devices.json');
  const { mqtt, tcp } = service.addresses;
  const ports = { watchPort: portOf(tcp.watch), mqttPort: portOf(mqtt) };
  await writeFile(file, JSON.stringify({ ...ports, devices: demo.devices }));
  const { expected, stop } = play(file);
  return {
    service,
    demo,
    expected,
    alerts: () =>
      db
        .selectFrom('alerts')
        .innerJoin('device_aliases', 'device_aliases.device_id', 'alerts.device_id')
        .select(['kind', 'alias', 'fired_at', 'resolved_at', 'state'])
        .execute(),
    async close() {
      stop();
      await service.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function play(credentials: string): { expected: Expected[]; stop(): void } {
  const args = [program, 'maoqi', '--credentials', credentials, '--speed', '60', '--json'];
  const simulator = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const expected: Expected[] = [];
  createInterface({ input: simulator.stdout }).on('line', (line) => {
    const entry = JSON.parse(line) as { expect?: Expected };
    if (entry.expect) expected.push(entry.expect);
  });
  return { expected, stop: () => void simulator.kill() };
}
