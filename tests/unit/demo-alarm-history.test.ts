import { afterAll, beforeAll, expect, it } from 'vitest';
import { alarmHistory, momentOf } from '../../src/demo/alarm-history.ts';
import { seedAlarmHistory } from '../../src/demo/alarm-history-store.ts';
import { seedDemo } from '../../src/demo/demo-store.ts';
import { openTestDatabase } from '../harness/postgres.ts';

const NOW = Date.parse('2026-11-22T01:00:00Z');
let test: Awaited<ReturnType<typeof openTestDatabase>>;
beforeAll(async () => {
  test = await openTestDatabase();
});
afterAll(() => test.close());

it('a past moment is one of the village’s clock', () => {
  expect(momentOf({ daysAgo: 1, at: '08:30' }, NOW)).toBe(Date.parse('2026-11-21T00:30:00Z'));
  expect(momentOf({ daysAgo: 0, at: '00:00:05' }, NOW)).toBe(Date.parse('2026-11-21T16:00:05Z'));
});

it('the demo begins with a week of alarms that is over: nothing waits, fires or is to be sent', async () => {
  const { db } = test.database;
  await seedDemo(db, { hashPassword: async (password) => password });
  await seedAlarmHistory(db, NOW);
  const alerts = await db.selectFrom('alerts').select(['state', 'fired_at', 'resolved_at']).execute();
  expect(alerts).toHaveLength(alarmHistory.incidents.length + alarmHistory.notices.length);
  expect(alerts.every(({ state, resolved_at }) => state === 'resolved' && (resolved_at ?? NOW) < NOW)).toBe(
    true,
  );
  const incidents = await db
    .selectFrom('incidents')
    .select(['status', 'next_step_at', 'closed_at'])
    .execute();
  expect(incidents.every((one) => one.status === 'closed' && one.next_step_at === null)).toBe(true);
  expect(incidents.every(({ closed_at }) => (closed_at ?? NOW) < NOW)).toBe(true);
  const told = await db.selectFrom('notifications').select(['due_at', 'state']).execute();
  expect(told.length).toBeGreaterThan(alerts.length);
  expect(told.every(({ due_at, state }) => due_at === null && state === 'read')).toBe(true);
});
