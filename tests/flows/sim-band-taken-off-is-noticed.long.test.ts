import { afterEach, beforeEach, expect, it } from 'vitest';
import { until } from '../harness/until.ts';
import { openVillage, type Village } from '../harness/village.ts';

const MINUTE = 60_000;
let village: Village;
beforeEach(async () => {
  village = await openVillage();
});
afterEach(() => village.close());

it(
  'a band that lies on the table is noticed after ten minutes, and that it is worn again after that',
  async () => {
    const notWorn = () => village.expected.find(({ kind }) => kind === 'not_worn');
    const { device, by } = await until(notWorn, { timeoutMs: MINUTE, what: 'the band to be taken off' });
    const alert = async (state: string) =>
      (await village.alerts()).find((a) => a.kind === 'not_worn' && a.alias === device && a.state === state);
    const fired = await until(() => alert('firing'), { timeoutMs: 13 * MINUTE, everyMs: 1_000 });
    expect(fired.fired_at).toBeLessThanOrEqual(Date.parse(by));
    await until(() => alert('resolved'), { timeoutMs: 10 * MINUTE, everyMs: 1_000 });
  },
  25 * MINUTE,
);
