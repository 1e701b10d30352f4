import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tellChanged } from '../../src/devices/device-store.ts';
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
