import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mqtt from 'mqtt';
import { afterEach, describe, expect, test } from 'vitest';
import { startOutsideMosquitto } from '../harness/outside-mosquitto.ts';
import { openTestDatabase } from '../harness/postgres.ts';
import { requireProgram } from '../harness/requirements.ts';
import { type ServiceProcess, spawnService, urlOf } from '../harness/service.ts';
import { until } from '../harness/until.ts';

const MESSAGES = process.env.LONG === '1' ? 20_000 : 3_000;
const BATCH = 500;
const mosquitto = requireProgram('mosquitto');
const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

const figures = async ({ addresses }: ServiceProcess) => (await fetch(`${addresses.http}/metrics`)).text();
const reads = async (service: ServiceProcess) =>
  (await figures(service).catch(() => '')).includes('gridguard_outside_broker{figure="connected"} 1');

describe.skipIf(!mosquitto.path)('the process that reads the outside broker', () => {
  test('is killed in the middle: another takes over within seconds, and every acknowledged message is stored', async () => {
    const broker = await startOutsideMosquitto(mosquitto.path ?? '');
    ends.push(() => broker.close());
    const shared = await openTestDatabase();
    ends.push(() => shared.close());
    const spawn = async () => {
      const folder = await mkdtemp(join(tmpdir(), 'gg-outside-'));
      ends.push(() => rm(folder, { recursive: true, force: true }));
      const service = await spawnService(folder, {
        DATABASE_URL: urlOf(shared.address),
        MQTT_URL: broker.url,
        ROLES: 'ingest,api',
      });
      ends.push(() => service.stop());
      return service;
    };
    const first = await spawn();
    await until(() => reads(first), { what: 'the first to read', timeoutMs: 20_000 });
    const second = await spawn();

    const publisher = await mqtt.connectAsync(broker.url);
    ends.push(() => publisher.endAsync(true));
    let published = 0;
    const publishing = (async () => {
      for (let seq = 0; seq < MESSAGES; seq += BATCH) {
        const batch = Array.from({ length: BATCH }, (_, i) =>
          JSON.stringify({ seq: seq + i, time: Date.now(), steps: seq + i }),
        );
        await Promise.all(
          batch.map((text) => publisher.publishAsync('gridguard/v1/band-1/up', text, { qos: 1 })),
        );
        published += batch.length;
      }
    })();
    await until(() => published >= MESSAGES / 3, { what: 'a third to be published' });
    expect(await reads(second)).toBe(false);
    const killedAt = Date.now();
    await first.kill();
    await until(() => reads(second), { what: 'the second to take over', timeoutMs: 20_000 });
    expect(Date.now() - killedAt).toBeLessThan(12_000);
    await publishing;

    const { db } = shared.database;
    const sequences = async () => {
      const rows = await db.selectFrom('uplinks').select('bytes').execute();
      return rows.map(({ bytes }) => JSON.parse(Buffer.from(bytes).toString()).seq as number);
    };
    const stored = await until(
      async () => {
        const all = await sequences();
        return new Set(all).size === MESSAGES ? all : undefined;
      },
      { what: 'every message', timeoutMs: 30_000 },
    );
    // What was stored and not acknowledged yet when the process died came once more: no more than the broker lets be under way.
    expect(stored.length - MESSAGES).toBeLessThanOrEqual(2_000);
  }, 120_000);
});
