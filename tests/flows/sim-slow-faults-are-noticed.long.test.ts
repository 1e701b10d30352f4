import { afterEach, beforeEach, expect, it } from 'vitest';
import { expectInTime, type Neighbourhood, openNeighbourhood } from '../harness/binhu.ts';

const MINUTE = 60_000;
let neighbourhood: Neighbourhood;
beforeEach(async () => {
  neighbourhood = await openNeighbourhood();
});
afterEach(() => neighbourhood.close());

it(
  'a sewer that rises and a bin that is full are noticed; a gateway that comes back with its cache raises nothing',
  async () => {
    await expectInTime(neighbourhood, ['level_high', 'bin_full']);
    const raised = await neighbourhood.alerts();
    const quiet = neighbourhood.nothing.flatMap(({ devices }) => devices);
    for (const { native_id } of raised) expect(quiet).not.toContain(native_id);
  },
  20 * MINUTE,
);
