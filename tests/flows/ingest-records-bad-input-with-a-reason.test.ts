import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Ingress, startIngress } from '../harness/transports.ts';
import { until } from '../harness/until.ts';
import { frame, record } from '../harness/watch-wire.ts';

let ingress: Ingress;
beforeAll(async () => {
  ingress = await startIngress();
});
afterAll(() => ingress.close());

const lastUplink = async () => (await ingress.uplinks()).at(-1);

test('publishing to the topic of another device is refused, recorded and disturbs nobody else', async () => {
  const mine = await ingress.nativeDevice('mine');
  const other = await ingress.nativeDevice('other');
  const neighbour = await ingress.login(other);
  const client = await ingress.login(mine);
  const closed = new Promise<void>((resolve) => client.once('close', resolve));
  client.publish(other.topic, JSON.stringify({ sos: true }), { qos: 1 }, () => {});
  await closed;
  await until(async () => (await lastUplink())?.outcome === 'forbidden');
  expect(await lastUplink()).toMatchObject({ native_id: 'mine', topic: other.topic });
  expect((await lastUplink())?.reason).toContain('may not publish');
  expect(await ingress.inbox()).toHaveLength(0);
  await neighbour.publishAsync(other.topic, JSON.stringify({ heart_rate: 70 }), { qos: 1 });
  expect(await lastUplink()).toMatchObject({ outcome: 'ok', native_id: 'other' });
  await neighbour.endAsync();
});

test('a device may not listen to others, nor to everything', async () => {
  const device = await ingress.nativeDevice('listener');
  const client = await ingress.login(device);
  for (const filter of ['#', 'gridguard/v1/+/up', 'gridguard/v1/listener-2/down', '$SYS/#']) {
    const answer = await client.subscribeAsync(filter, { qos: 1 }).catch((error: Error) => error);
    expect(answer instanceof Error || answer.every((g) => g.qos === 128), filter).toBe(true);
  }
  const own = await client.subscribeAsync('gridguard/v1/listener/down', { qos: 1 });
  expect(own[0]?.qos).toBe(1);
  await client.endAsync();
});

test('a wrong secret, a foreign name and a missing name are refused', async () => {
  const device = await ingress.nativeDevice('guarded');
  for (const login of [
    { nativeId: 'guarded', secret: 'wrong' },
    { nativeId: 'nobody', secret: device.secret },
    { nativeId: '', secret: '' },
  ])
    await expect(ingress.login(login)).rejects.toThrow(/[Nn]ot authorized|[Bb]ad user/);
});

test('taking the client id of another device does not push it out', async () => {
  const victim = await ingress.nativeDevice('victim');
  const thief = await ingress.nativeDevice('thief');
  const first = await ingress.login(victim, { clientId: 'band' });
  const second = await ingress.login(thief, { clientId: 'band' });
  await first.publishAsync(victim.topic, JSON.stringify({ heart_rate: 71 }), { qos: 1 });
  expect(first.connected).toBe(true);
  await first.endAsync();
  await second.endAsync();
});

test('what cannot be understood is recorded, acknowledged and leaves the connection open', async () => {
  const device = await ingress.nativeDevice('clumsy');
  const client = await ingress.login(device);
  const cases: [string | Buffer, string, RegExp][] = [
    ['not json', 'undecodable', /JSON/i],
    [Buffer.from([0, 255, 254, 1, 2]), 'undecodable', /./],
    ['', 'undecodable', /./],
    ['{"heart_rate":"fast","battery":50}', 'ok', /heart_rate/],
    ['{"heart_rate":900,"battery":51}', 'ok', /heart_rate/],
    ['{"time":"2099-01-01T00:00:00Z","battery":52}', 'ok', /clock/],
    ['{"time":"1970-01-01T00:00:01Z","battery":53}', 'ok', /clock/],
    ['{"name\\u0000":"\\ud800","battery":54}', 'ok', /./],
  ];
  for (const [payload, outcome, reason] of cases) {
    await client.publishAsync(device.topic, payload, { qos: 1 });
    const uplink = await lastUplink();
    expect(uplink, String(payload)).toMatchObject({ outcome, native_id: 'clumsy' });
    expect(uplink?.reason, String(payload)).toMatch(reason);
    expect(Buffer.from(uplink?.bytes ?? []).equals(Buffer.from(payload)), String(payload)).toBe(true);
  }
  expect(client.connected).toBe(true);
  await client.endAsync();
});

test('garbage on a wristband socket is recorded, and the frame behind it is not lost', async () => {
  const band = await ingress.band();
  const alarm = frame('8800000099', record('AL', { status: '00010000' }));
  band.send(Buffer.concat([Buffer.from([1, 2, 3, 200, 255]), Buffer.from(`GET / HTTP/1.1\r\n\r\n${alarm}`)]));
  await until(() => band.heard() === frame('8800000099', 'AL'), { what: 'the answer' });
  // Two lanes commit side by side: which row comes first is nobody's promise.
  const outcomes = (await ingress.uplinks())
    .slice(-2)
    .map((u) => [u.outcome, u.native_id])
    .sort();
  expect(outcomes).toEqual([
    ['undecodable', null],
    ['unknown_device', '8800000099'],
  ]);
  band.end();
});

test('a frame without end ends its connection and nobody else’s', async () => {
  const neighbour = await ingress.band();
  const band = await ingress.band();
  const chunk = Buffer.alloc(64 * 1024, 0x41);
  band.send('[3G*8800000077*FFFF*UD,');
  for (let i = 0; i < 40 && !band.closed(); i++) band.send(chunk);
  await until(() => band.closed(), { what: 'the connection to be closed' });
  neighbour.send(frame('8800000078', 'LK'));
  await until(() => neighbour.heard() === frame('8800000078', 'LK'), { what: 'the answer to the neighbour' });
  neighbour.end();
});

test('an MQTT packet of many megabytes ends its connection before it is held in memory', async () => {
  const device = await ingress.nativeDevice('huge');
  const client = await ingress.login(device);
  const closed = new Promise<void>((resolve) => client.once('close', resolve));
  client.publish(device.topic, Buffer.alloc(8 * 1024 * 1024, 0x20), { qos: 1 }, () => {});
  await closed;
  expect((await ingress.uplinks()).filter((u) => u.native_id === 'huge')).toHaveLength(0);
});

test('strangers wait in the waiting room, with how often they spoke', async () => {
  const band = await ingress.band();
  band.send(frame('8800000055', 'LK') + frame('8800000055', 'LK'));
  const row = await until(
    () =>
      ingress.database.db
        .selectFrom('unknown_devices')
        .selectAll()
        .where('native_id', '=', '8800000055')
        .executeTakeFirst(),
    { what: 'the sighting' },
  );
  expect(row).toMatchObject({ protocol: 'watch', uplinks: 2, source: '127.0.0.1' });
  band.end();
});

test('a keep-alive without a reading is a sign of life of a registered device', async () => {
  const { id } = await ingress.watchDevice('8800000066');
  const band = await ingress.band();
  band.send(frame('8800000066', 'LK'));
  const seenAt = await until(
    async () =>
      (
        await ingress.database.db
          .selectFrom('devices')
          .select('last_seen_at')
          .where('id', '=', id)
          .executeTakeFirst()
      )?.last_seen_at,
    { what: 'the sign of life' },
  );
  expect(Date.now() - seenAt).toBeLessThan(20_000);
  band.end();
});
