import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tellChanged } from '../../src/devices/device-store.ts';
import type { LogBatch } from '../../src/model/alerts.ts';
import { createSubject, updateSubject } from '../../src/people/subject-store.ts';
import { type Ingress, startIngress } from '../harness/transports.ts';

let ingress: Ingress;
beforeAll(async () => {
  ingress = await startIngress();
});
afterAll(() => ingress.close());

test('no uplink of a registered device counts as a stranger’s while devices change all the time', async () => {
  const devices = await Promise.all(Array.from({ length: 5 }, (_, i) => ingress.nativeDevice(`busy-${i}`)));
  const clients = await Promise.all(devices.map((device) => ingress.login(device)));
  let over = false;
  const changing = (async () => {
    while (!over) {
      await tellChanged(ingress.database.db);
      await sleep(3);
    }
  })();
  await Promise.all(
    clients.map(async (client, i) => {
      for (let n = 0; n < 100; n++)
        await client.publishAsync(devices[i]?.topic ?? '', `{"seq":${n},"heart_rate":70}`, { qos: 1 });
    }),
  );
  over = true;
  await changing;
  const outcomes = new Set((await ingress.uplinks()).map((uplink) => uplink.outcome));
  expect([...outcomes]).toEqual(['ok']);
  for (const client of clients) await client.endAsync();
});

test('readings say what is known of the wearer and of the model, fixes where her home is, and what is corrected counts at once', async () => {
  const { db } = ingress.database;
  const home = { homeLatitude: 30.5, homeLongitude: 114.3 };
  const fields = { name: '王秀英', kind: 'elder', traits: ['copd'], watchHome: true, ...home } as const;
  const subject = await createSubject(db, { ...fields, traits: ['copd'] });
  const band = await ingress.nativeDevice('worn');
  await db
    .updateTable('devices')
    .set({ subject_id: subject, model: 'Band 7' })
    .where('id', '=', band.id)
    .execute();
  await tellChanged(db);
  const client = await ingress.login(band);
  let seq = 0;
  const says = async (): Promise<LogBatch['readings']> => {
    const message = { seq: ++seq, heart_rate: 70, location: { latitude: 30.6, longitude: 114.4 } };
    await client.publishAsync(band.topic, JSON.stringify(message), { qos: 1 });
    const rows = await db.selectFrom('log').select('payload').execute();
    const readings = rows.flatMap(({ payload }) => (JSON.parse(payload) as LogBatch).readings);
    return readings.filter(({ deviceId }) => deviceId === band.id).slice(-2);
  };
  const [pulse, fix] = await says();
  expect(pulse).toMatchObject({ signal: 'heart_rate', traits: ['copd'], model: 'Band 7' });
  expect(pulse).not.toHaveProperty('home');
  expect(fix).toMatchObject({ signal: 'location', home: { latitude: 30.5, longitude: 114.3 } });
  await updateSubject(db, subject, { traits: [], watchHome: true, homeRadiusM: 300 });
  await tellChanged(db);
  await expect
    .poll(async () => (await says()).map(({ traits, home: of }) => [traits, of?.radiusM]))
    .toEqual([
      [undefined, undefined],
      [undefined, 300],
    ]);
  await client.endAsync();
});
