import mqtt from 'mqtt';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildRescueStage, type RescueStage } from '../../src/tools/bench/rescue-stage-store.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { until } from '../harness/until.ts';
import { breaker, connectGateway, leakSensor, registerGateway } from '../harness/zigbee-gateway.ts';

const CHILDREN = 500;
/** Generous: what matters is that she does not wait until all the others are worked off. */
const SOON_MS = 3_000;

let service: TestService;
let stage: RescueStage;
beforeAll(async () => {
  service = await startTestService();
  stage = await buildRescueStage(service.database, { native: 2, watch: 0 });
});
afterAll(() => service.close());

const port = () => Number(new URL(service.addresses.mqtt ?? '').port);

/** How long it takes from the press to her incident. */
async function press(n: number): Promise<number> {
  const band = stage.native[n];
  if (!band) throw new Error('too few wearers');
  const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${port()}`, {
    username: band.nativeId,
    password: band.secret,
    reconnectPeriod: 0,
  });
  const startedAt = performance.now();
  await client.publishAsync(`gridguard/v1/${band.nativeId}/up`, '{"seq":1,"sos":true}', { qos: 1 });
  await until(
    () =>
      service.database.db
        .selectFrom('incidents')
        .select('id')
        .where('native_id', '=', band.nativeId)
        .executeTakeFirst(),
    { what: 'her incident' },
  );
  const took = performance.now() - startedAt;
  await client.endAsync();
  return took;
}

async function countChildren(gatewayId: number, online: boolean): Promise<number> {
  const row = await service.database.db
    .selectFrom('devices')
    .select((e) => e.fn.countAll<number>().as('n'))
    .where('gateway_id', '=', gatewayId)
    .where('online', '=', online)
    .executeTakeFirstOrThrow();
  return Number(row.n);
}

test('five hundred sensors of one gateway fail in one second, and a press does not wait for them', async () => {
  const gateway = await registerGateway(service.database, 'gw-500');
  const { say, close } = await connectGateway(port(), gateway);
  const names = Array.from({ length: CHILDREN }, (_, i) => `floor ${i % 30}/sensor ${i}`);
  await say(
    'bridge/devices',
    names.map((name, i) => leakSensor(i + 1, name)),
  );
  await Promise.all(names.map((name) => say(`${name}/availability`, { state: 'online' })));
  expect(await countChildren(gateway.id, true)).toBe(CHILDREN);
  const failing = Promise.all(names.map((name) => say(`${name}/availability`, { state: 'offline' })));
  const took = await press(0);
  await failing;
  expect(took).toBeLessThan(SOON_MS);
  expect(await countChildren(gateway.id, false)).toBe(CHILDREN);
  const { rows } = await service.database.pool.query<{ outcome: string; n: number }>(
    "select outcome, count(*)::int as n from uplinks where command = 'availability' group by outcome",
  );
  expect(rows).toEqual([{ outcome: 'ok', n: 2 * CHILDREN }]);
  await close();
}, 60_000);

test('a blackout: all breakers of a gateway open at once, and a press does not wait for them', async () => {
  const gateway = await registerGateway(service.database, 'gw-dark');
  const { say, close } = await connectGateway(port(), gateway);
  const names = Array.from({ length: 200 }, (_, i) => `panel ${i}`);
  await say(
    'bridge/devices',
    names.map((name, i) => breaker(10_000 + i, name)),
  );
  await Promise.all(names.map((name) => say(name, { state: 'ON', voltage: 230 })));
  const failing = Promise.all(names.map((name) => say(name, { state: 'OFF', voltage: 0 })));
  const took = await press(1);
  await failing;
  expect(took).toBeLessThan(SOON_MS);
  const { rows } = await service.database.pool.query<{ n: number }>(
    `select count(distinct native_id)::int as n from uplinks
     where topic like 'zigbee2mqtt/gw-dark/panel%' and outcome = 'ok'`,
  );
  expect(rows).toEqual([{ n: 200 }]);
  await close();
}, 60_000);
