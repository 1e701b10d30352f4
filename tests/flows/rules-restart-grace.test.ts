import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { noteIntake, readIntakeGaps } from '../../src/platform/intake-times-store.ts';
import { openRuleLog, type RuleLog, START } from '../harness/rule-log.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

let log: RuleLog;
beforeEach(async () => {
  log = await openRuleLog();
});
afterEach(() => log.close());

/** We took uplinks from then to then. */
async function listen(fromMs: number, toMs: number): Promise<void> {
  for (let at = fromMs; at <= toMs; at += 15 * SECOND) await noteIntake(log.db, START + at);
}
const worn = (atMs: number) => log.hear([{ signal: 'heart_rate', value: 70, atMs, place: { subjectId: 1 } }]);
const silent = () => log.told().filter((line) => line.startsWith('device_silent'));

describe('while nobody of us listened', () => {
  it('no device falls silent; one that stays away afterwards does', async () => {
    await listen(0, 14 * MINUTE);
    await worn(MINUTE);
    log.restart();
    await listen(3 * HOUR, 3 * HOUR);
    await log.tick(3 * HOUR + SECOND);
    await log.tick(3 * HOUR + 7 * MINUTE);
    expect(silent()).toEqual([]);
    await listen(3 * HOUR + 15 * SECOND, 3 * HOUR + 8 * MINUTE);
    await log.tick(3 * HOUR + 8 * MINUTE);
    expect(silent()).toEqual(['device_silent firing warning']);
  });

  it('is what lies between the signs of any process, and lasts where there is none now', async () => {
    await listen(0, MINUTE);
    await listen(HOUR, HOUR + MINUTE);
    await noteIntake(log.db, START + HOUR + MINUTE - 5 * SECOND);
    const gaps = async (since: number, now: number) =>
      (await readIntakeGaps(log.db, { since: START + since, now: START + now })).map(({ from, to }) => [
        from - START,
        to - START,
      ]);
    expect(await gaps(0, HOUR + MINUTE + 10 * SECOND)).toEqual([[MINUTE, HOUR]]);
    expect(await gaps(HOUR, HOUR + MINUTE + 10 * SECOND)).toEqual([]);
    expect(await gaps(HOUR, 2 * HOUR)).toEqual([[HOUR + MINUTE, 2 * HOUR]]);
  });
});
