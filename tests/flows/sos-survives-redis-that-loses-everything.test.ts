import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { openPowerCutStage, outcome, pressAll, seeded } from '../harness/power-cuts.ts';
import { startRedis } from '../harness/real-servers.ts';
import { requireProgram } from '../harness/requirements.ts';

const LONG = process.env.LONG === '1';
const LOSSES = LONG ? 20 : 4;
const SEED = Number(process.env.SEED ?? 20261123);
const redis = requireProgram('redis-server');

/** Its queue is in a Redis that keeps nothing on disk and is killed again and again, together with the service once. */
test.skipIf(!redis.path)(
  `no press is lost when Redis is killed and comes back empty ${redis.reason}`,
  async () => {
    const chance = seeded(SEED);
    const stage = await openPowerCutStage({ native: 50, watch: 50 });
    const server = await startRedis(redis.path ?? '', { persistent: false });
    const environment = { REDIS_URL: server.url };
    try {
      let service = await stage.start(environment);
      const devices = stage.devices();
      const times = LONG ? 6 : 2;
      const pressing = pressAll(devices, times, chance);
      for (let loss = 0; loss < LOSSES; loss++) {
        await sleep(200 + chance() * 600);
        await server.kill();
        await sleep(chance() * 800);
        if (loss === 1) {
          await service.kill();
          service = await stage.start(environment);
        }
        await server.start();
      }
      await pressing;
      await Promise.all(devices.map((device) => device.repeat()));
      await sleep(3_000);
      await service.stop();
      await Promise.all(devices.map((device) => device.end()));
      const presses = devices.length * times;
      expect(await stage.inspect(outcome), `seed ${SEED}`).toMatchObject({
        presses,
        incidents: devices.length,
        pressesOfIncidents: presses,
        mostIncidentsOfADevice: 1,
        withoutNotification: 0,
        openInbox: 0,
      });
    } finally {
      await server.close();
      await stage.close();
    }
  },
  LONG ? 600_000 : 120_000,
);
