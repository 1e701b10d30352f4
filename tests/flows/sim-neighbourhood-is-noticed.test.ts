import { afterEach, beforeEach, expect, it } from 'vitest';
import { expectInTime, type Neighbourhood, openNeighbourhood } from '../harness/binhu.ts';

let neighbourhood: Neighbourhood;
beforeEach(async () => {
  neighbourhood = await openNeighbourhood();
});
afterEach(() => neighbourhood.close());

// What a rule has to see for longer than two minutes is in the long tests.
const SOON = [
  'water_leak',
  'overload_warning',
  'breaker_tripped',
  'battery_low',
  'manhole_open',
  'burst_suspected',
  'gateway_dead',
];

it('what happens in the neighbourhood is noticed in time; caches and the children of a dead gateway raise nothing', async () => {
  await expectInTime(neighbourhood, SOON);
  const raised = await neighbourhood.alerts();
  expect(raised.map(({ kind }) => kind).toSorted()).toEqual(SOON.toSorted());
  const quiet = neighbourhood.nothing.flatMap(({ devices }) => devices);
  // Two with an old fault in the cache, a gateway that restarts with its seven, the sixty of the dead one.
  expect(quiet).toHaveLength(2 + 8 + 60);
  for (const { native_id } of raised) expect(quiet).not.toContain(native_id);
  await expectTickets();
}, 300_000);

/** One for each asset and fault, with the company of the place and a deadline that runs; its manager on duty knows. */
async function expectTickets(): Promise<void> {
  const { db } = neighbourhood.service.database;
  const tickets = await db
    .selectFrom('tickets')
    .innerJoin('assets', 'assets.id', 'tickets.asset_id')
    .innerJoin('companies', 'companies.id', 'tickets.company_id')
    .select(['tickets.id', 'fault_class', 'assets.code as asset', 'companies.code as company', 'level'])
    .select(['status', 'due_at', 'reported_at'])
    .orderBy('fault_class')
    .execute();
  expect(
    tickets.map(({ fault_class, asset, company, level, status }) =>
      [fault_class, asset, company, level, status].join(' '),
    ),
  ).toEqual([
    'breaker_trip BH-04-2-E1 HXWY property dispatched',
    'device_battery BH-01-3-B1 BHWY property dispatched',
    'electrical_warning BH-04-2-E1 HXWY property dispatched',
    'gateway_dead BH-07 YLWY property dispatched',
    'manhole_open BH-05-M1 HXWY property dispatched',
    'water_leak BH-01-1-B1 BHWY property dispatched',
    'water_supply BH-01-P BHWY property dispatched',
  ]);
  for (const { due_at, reported_at } of tickets) expect(due_at).toBeGreaterThan(reported_at);
  const burst = tickets.find(({ fault_class }) => fault_class === 'water_supply');
  const told = await db
    .selectFrom('notifications')
    .innerJoin('accounts', 'accounts.id', 'notifications.account_id')
    .select('login')
    .where('ticket_id', '=', burst?.id ?? -1)
    .execute();
  expect(new Set(told.map(({ login }) => login))).toEqual(new Set(['property']));
}
