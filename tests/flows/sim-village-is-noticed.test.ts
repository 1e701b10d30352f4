import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Expected } from '../harness/sim-play.ts';
import { until } from '../harness/until.ts';
import { openVillage, type Village } from '../harness/village.ts';

let village: Village;
beforeEach(async () => {
  village = await openVillage();
});
afterEach(() => village.close());

it('what happens in the village is noticed in time, and nothing else is raised', async () => {
  // That a band is not worn is told after ten minutes only: in the long tests.
  const soon = () => village.expected.filter(({ kind }) => kind !== 'not_worn');
  await until(() => soon().length === 4, { timeoutMs: 60_000, what: 'four things that should follow' });
  for (const { kind, device, by } of soon()) {
    const alert = await until(
      async () => (await village.alerts()).find((a) => a.kind === kind && a.alias === device),
      { timeoutMs: 120_000, what: `${kind} of ${device}`, everyMs: 200 },
    );
    expect(alert.fired_at, kind).toBeLessThanOrEqual(Date.parse(by));
  }
  const raised = await village.service.database.db.selectFrom('alerts').select('kind').execute();
  expect(raised.map(({ kind }) => kind).toSorted()).toEqual(['battery_low', 'fall', 'sos', 'spo2_low']);
  await expectRescue(village.expected.find(({ kind }) => kind === 'sos'));
}, 200_000);

/** The SOS is one incident in the first grid, where she presses or has got to since; its grid worker and her daughter know. */
async function expectRescue(sos: Expected | undefined): Promise<void> {
  const { db } = village.service.database;
  const incidents = await db
    .selectFrom('incidents')
    .leftJoin('grids', 'grids.id', 'incidents.grid_id')
    .leftJoin('subjects', 'subjects.id', 'incidents.subject_id')
    .select(['incidents.id', 'grids.code', 'subjects.name', 'responsible_by', 'location', 'address', 'late'])
    .where('incidents.kind', '=', 'sos')
    .execute();
  expect(incidents).toHaveLength(1);
  expect(incidents[0]).toMatchObject({
    code: 'EZ-LH-MQ-1',
    name: '陈桂兰',
    responsible_by: 'fix',
    address: '茅圻村1组3号',
    late: false,
    location: {
      latitude: expect.closeTo(sos?.location?.latitude ?? 0, 3),
      longitude: expect.closeTo(sos?.location?.longitude ?? 0, 3),
    },
  });
  const told = await db
    .selectFrom('notifications')
    .innerJoin('accounts', 'accounts.id', 'notifications.account_id')
    .select('accounts.login')
    .where('incident_id', '=', incidents[0]?.id ?? -1)
    .where('step', '=', 0)
    .execute();
  expect([...new Set(told.map(({ login }) => login))].toSorted()).toEqual(['family1', 'worker1']);
}
