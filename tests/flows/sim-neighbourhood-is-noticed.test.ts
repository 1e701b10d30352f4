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
}, 300_000);
