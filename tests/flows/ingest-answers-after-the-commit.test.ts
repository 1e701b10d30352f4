import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Ingress, startIngress } from '../harness/transports.ts';
import { until } from '../harness/until.ts';
import { frame, record } from '../harness/watch-wire.ts';

let ingress: Ingress;
beforeAll(async () => {
  ingress = await startIngress();
});
afterAll(() => ingress.close());

/** Holds every commit of ingest back until it is called. */
async function holdCommits(): Promise<() => Promise<void>> {
  const client = await ingress.database.pool.connect();
  await client.query('begin');
  await client.query('lock table uplinks in share mode');
  return async () => {
    await client.query('commit');
    client.release();
  };
}

test('a PUBLISH is acknowledged only once its uplink and its life event are in the database', async () => {
  const device = await ingress.nativeDevice('ack-1');
  const client = await ingress.login(device);
  const letGo = await holdCommits();
  let acknowledged = false;
  const published = client
    .publishAsync(device.topic, JSON.stringify({ seq: 1, sos: true, heart_rate: 90 }), { qos: 1 })
    .then(() => {
      acknowledged = true;
    });
  await sleep(300);
  expect(acknowledged).toBe(false);
  expect(await ingress.inbox()).toHaveLength(0);
  await letGo();
  await published;
  const inbox = await ingress.inbox();
  expect(inbox).toMatchObject([{ signal: 'sos', native_id: 'ack-1', device_id: device.id, origin: 'live' }]);
  const uplinks = await ingress.uplinks();
  expect(uplinks.at(-1)).toMatchObject({ outcome: 'ok', reading_count: 2, native_id: 'ack-1' });
  expect(ingress.woken.at(-1)).toMatchObject({ lifeEvents: 1 });
  await client.endAsync();
});

test('a wristband hears AL only once its alarm is in the database, and is not registered for it', async () => {
  const band = await ingress.band();
  const letGo = await holdCommits();
  band.send(frame('8800000015', record('AL', { status: '00010000' })));
  await sleep(300);
  expect(band.heard()).toBe('');
  await letGo();
  await until(() => band.heard() === frame('8800000015', 'AL'), { what: 'the answer AL' });
  expect((await ingress.inbox()).at(-1)).toMatchObject({
    signal: 'sos',
    native_id: '8800000015',
    device_id: null,
  });
  expect((await ingress.uplinks()).at(-1)).toMatchObject({ outcome: 'unknown_device', command: 'AL' });
  band.end();
});

test('an alarm that is sent again is answered again and is not a second event', async () => {
  await ingress.watchDevice('861234567890123');
  const band = await ingress.band();
  const before = (await ingress.inbox()).length;
  const alarm = frame('3456789012', record('AL', { status: '00010000' }));
  band.send(alarm);
  await until(() => band.heard().length > 0);
  band.send(alarm);
  await until(() => band.heard() === frame('3456789012', 'AL').repeat(2), { what: 'the second answer' });
  expect(await ingress.inbox()).toHaveLength(before + 1);
  expect((await ingress.uplinks()).slice(-2).map((u) => u.outcome)).toEqual(['ok', 'duplicate']);
  band.send(frame('3456789012', record('AL', { status: '00010000', at: new Date(Date.now() - 3_000) })));
  await until(async () => (await ingress.inbox()).length === before + 2, { what: 'a press at another time' });
  band.end();
});

test('an alarm that the network cut short is still an alarm', async () => {
  const band = await ingress.band();
  const before = (await ingress.inbox()).length;
  const alarm = frame('8800000016', record('AL', { status: '00010000' }));
  band.send(alarm.slice(0, alarm.indexOf('00010000') + 8));
  band.end();
  await until(async () => (await ingress.inbox()).length === before + 1, { what: 'the alarm in the inbox' });
  expect((await ingress.inbox()).at(-1)).toMatchObject({ signal: 'sos', native_id: '8800000016' });
});
