import { afterAll, beforeAll, expect, test } from 'vitest';
import { registerDevice } from '../../src/devices/device-store.ts';
import type { AlertChange } from '../../src/model/alerts.ts';
import type { Origin } from '../../src/model/readings.ts';
import { createSystemClock } from '../../src/platform/clock.ts';
import { createLogger } from '../../src/platform/logging.ts';
import { createInboxWorker } from '../../src/rules/inbox-worker.ts';
import { loadRules } from '../../src/rules/load-rules.ts';
import { createRulesConsumer } from '../../src/rules/rules-consumer.ts';
import { fieldProtocol } from '../harness/field-protocol.ts';
import { openTestDatabase, type TestDatabase } from '../harness/postgres.ts';
import { buildVillage, startRescue } from '../harness/rescue-village.ts';
import { type Ingress, startIngress } from '../harness/transports.ts';

const origins: readonly Origin[] = ['live', 'history', 'retained', 'replay', 'simulated', 'test'];
let stage: TestDatabase;
let ingress: Ingress;
let changes: AlertChange[];
beforeAll(async () => {
  stage = await openTestDatabase();
  await buildVillage(stage.database);
  const field = fieldProtocol({
    gateway: { defaultPrefix: (nativeId) => nativeId, guessPrefix: () => undefined, open: true },
  });
  ingress = await startIngress([field], stage);
  changes = [];
});
afterAll(async () => {
  await ingress.close();
  await stage.close();
});

/** What each origin says of its own device, in one go, through the rules to incidents. */
async function say(signal: 'sos' | 'fall' | 'smoke' | 'water_leak'): Promise<Record<string, string>> {
  for (const origin of origins) {
    const nativeId = `${signal}-${origin}`;
    await registerDevice(stage.database.db, { protocol: 'field', nativeId, withSecret: false });
    await ingress.ingest.accept(
      {
        protocol: 'field',
        transport: 'mqtt',
        bytes: Buffer.from(JSON.stringify({ of: nativeId, says: { [signal]: true }, origin })),
        topic: 'field/x/up',
        topicPrefix: 'field/x',
        receivedAt: Date.now(),
        source: '127.0.0.1',
      },
      { session: {} },
    );
  }
  await drain();
  return Object.fromEntries(
    changes
      .filter(({ nativeId, evidence }) => nativeId.startsWith(signal) && evidence.signal === signal)
      .map(({ nativeId, late }) => [nativeId.slice(signal.length + 1), late ? 'late' : 'at once']),
  );
}

async function drain(): Promise<void> {
  const { rules } = await loadRules('alert-rules');
  const { database } = stage;
  const { incidents } = startRescue(database);
  const respond = async (trx: Parameters<typeof incidents.respond>[0], raised: readonly AlertChange[]) => {
    changes.push(...raised);
    return incidents.respond(trx, raised);
  };
  const deps = {
    clock: createSystemClock(),
    database,
    log: createLogger('silent'),
    rules: () => rules,
    respond,
  };
  await createInboxWorker(deps).drain();
  const consumer = createRulesConsumer({
    ...deps,
    calendar: { isWorkday: () => true },
    expectedEveryMs: () => 60_000,
    partitionOf: () => 0,
  });
  const rows = await database.db.selectFrom('log').selectAll().orderBy('no').execute();
  await database.db.deleteFrom('log').execute();
  for (const { partition, no, payload } of rows)
    await database.db.transaction().execute((trx) => consumer.handle(trx, partition, [{ no, payload }]));
}

const incidents = async (kind: string) =>
  (await stage.database.db.selectFrom('incidents').select('id').where('kind', '=', kind).execute()).length;

test('a press that was kept is raised and marked late, and so is a fall', async () => {
  expect(await say('sos')).toEqual({ live: 'at once', history: 'late' });
  expect(await incidents('sos')).toBe(2);
  expect(await say('fall')).toEqual({ live: 'at once', history: 'late' });
});

test('smoke and water raise nothing unless they are there now', async () => {
  expect(await say('smoke')).toEqual({ live: 'at once' });
  expect(await say('water_leak')).toEqual({ live: 'at once' });
});
