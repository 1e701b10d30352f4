import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { openPowerCutStage, outcome, pressAll, seeded } from '../harness/power-cuts.ts';

const LONG = process.env.LONG === '1';
const CUTS = LONG ? 30 : 4;
const SEED = Number(process.env.SEED ?? 20261122);

/** 200 presses of 100 devices; each is pressed twice. */
test(
  'no press is lost or doubled when the service is killed at any moment, and a ladder that was cut goes on',
  async () => {
    const chance = seeded(SEED);
    const stage = await openPowerCutStage({ native: 50, watch: 50 });
    try {
      let service = await stage.start();
      const devices = stage.devices();
      let over = false;
      const times = LONG ? 8 : 2;
      const pressing = pressAll(devices, times, chance).finally(() => {
        over = true;
      });
      for (let cut = 0; cut < CUTS; cut++) {
        await sleep(100 + chance() * 900);
        await service.kill();
        service = await stage.start();
      }
      await pressing;
      expect(over).toBe(true);
      await service.kill();
      service = await stage.start();
      await Promise.all(devices.map((device) => device.repeat()));
      await sleep(11_000);
      await service.stop();
      await Promise.all(devices.map((device) => device.end()));
      await stage.inspect(async (database) => {
        const presses = devices.length * times;
        const result = await outcome(database);
        expect(result, `seed ${SEED}`).toMatchObject({
          presses,
          incidents: devices.length,
          pressesOfIncidents: presses,
          mostIncidentsOfADevice: 1,
          withoutNotification: 0,
          openInbox: 0,
        });
        const steps = await ladders(database);
        expect(steps.filter((s) => !s.steps.startsWith('0,1'))).toEqual([]);
        expect(steps.filter((s) => s.doubled > 0)).toEqual([]);
      });
    } finally {
      await stage.close();
    }
  },
  LONG ? 600_000 : 120_000,
);

/** The steps of each incident in the order in which they were taken. */
async function ladders({ db }: Parameters<typeof outcome>[0]) {
  const { rows } = await sql<{ incident_id: number; steps: string; doubled: number }>`
    select incident_id, string_agg(detail ->> 'step', ',' order by id) as steps,
      count(*) - count(distinct detail ->> 'step') as doubled
    from timeline where kind = 'step' and (detail ->> 'step')::int < 3 group by incident_id`.execute(db);
  return rows;
}
