import { afterEach, expect, it } from 'vitest';
import { expectOnly, type LorawanEstate, openLorawanEstate } from '../harness/lorawan-estate.ts';
import { until } from '../harness/until.ts';

let estate: LorawanEstate;
afterEach(() => estate.close());

it('what happens in an estate behind a ChirpStack becomes one incident and a ticket each, however often the network repeats it', async () => {
  estate = await openLorawanEstate();
  await expectOnly(estate, ['sos', 'water_leak', 'level_high', 'pressure_low', 'battery_low']);
  const { db } = estate.service.database;
  const tickets = await until(
    async () => {
      const rows = await db.selectFrom('tickets').select(['fault_class', 'id']).execute();
      return rows.length >= 4 ? rows : undefined;
    },
    { what: 'four tickets' },
  );
  expect(tickets.map(({ fault_class }) => fault_class).toSorted()).toEqual([
    'device_battery',
    'sewer_level',
    'water_leak',
    'water_supply',
  ]);
  const incidents = await db.selectFrom('incidents').select(['kind', 'presses']).execute();
  expect(incidents).toEqual([{ kind: 'sos', presses: 1 }]);
  const quiet = estate.nothing.flatMap(({ devices }) => devices);
  expect(quiet).toHaveLength(2);
  for (const { native_id } of await estate.alerts()) expect(quiet).not.toContain(native_id);
}, 60_000);
