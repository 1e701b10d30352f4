import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Reading } from '../../model/readings.ts';
import { breathe } from '../../platform/breathe.ts';
import { AppError } from '../../platform/errors.ts';
import type { Rule } from '../rule.ts';
import { signalsOf } from '../rule-index.ts';
import { openStoredDays } from './day-cache.ts';
import { DayReader } from './day-file.ts';
import { SeriesCursor } from './device-columns.ts';
import type { LabDevice } from './lab-device.ts';
import { readLabDevices } from './lab-devices-store.ts';
import { merge } from './merge.ts';
import type { StoredBacktestDeps } from './stored-backtest.ts';
import { type Why, why } from './why.ts';

const DAY_MS = 86_400_000;
/** So far back a rule may remember: what is usual for a wearer is learned in nights. */
const BACK_DAYS = { personal: 14, other: 2 };

export type StoredWhyDeps = Omit<StoredBacktestDeps, 'dataDir'>;

/** How a rule stood for a device at a moment, from what is stored; others get the processor in between. Throws RULES_NO_DEVICES. */
export async function storedWhy(
  deps: StoredWhyDeps,
  { rule, rules, deviceId, at }: { rule: Rule; rules: readonly Rule[]; deviceId: number; at: number },
): Promise<Why> {
  const devices = await readLabDevices(deps.database.db, { deviceIds: [deviceId] }, deps);
  const device = devices.find(({ id }) => id === deviceId);
  if (!device) throw new AppError('RULES_NO_DEVICES', 'there is no such device', { status: 404 });
  const learns = rule.parts.some((part) => part.type === 'threshold' && part.personal);
  const day = Math.floor(at / DAY_MS);
  const fromDay = day - (learns ? BACK_DAYS.personal : BACK_DAYS.other);
  const range = { fromDay, toDay: day + 1, signals: signalsRead(rule, rules) };
  const readings = await storedReadings(deps, rule.per ? devices : [device], range);
  const options = { at, expectedEveryMs: device.expectedEveryMs, calendar: deps.calendar, pause: breathe };
  return why(rule, rules, readings, options);
}

/** What the rule goes by, and those that inhibit it; undefined: everything. */
function signalsRead(rule: Rule, rules: readonly Rule[]): Set<string> | undefined {
  const concerned = [rule, ...rules.filter(({ name }) => rule.inhibitedBy?.includes(name))];
  const read = concerned.flatMap(({ parts, ignoreWhile = [] }) => [
    ...parts.flatMap((part) => signalsOf(part)),
    ...ignoreWhile.map(({ signal }) => signal),
  ]);
  return read.includes('any') ? undefined : new Set(read);
}

interface StoredRange {
  fromDay: number;
  toDay: number;
  signals: ReadonlySet<string> | undefined;
}

/** In the order in which they were received. */
async function storedReadings(
  { database, clock }: StoredWhyDeps,
  devices: readonly LabDevice[],
  range: StoredRange,
): Promise<Reading[]> {
  const folder = await mkdtemp(join(tmpdir(), 'gg-why-'));
  const readings: Reading[] = [];
  try {
    const deviceIds = devices.map(({ id }) => id);
    for (const day of await openStoredDays(
      { database, clock, folder },
      { ...range, deviceIds },
      () => undefined,
    )) {
      const reader = new DayReader(day);
      for (const device of devices) {
        const { first, count } = reader.seriesOf(device.id);
        for (let index = first; index < first + count; index++) {
          const series = reader.read(index, (length) => [
            new Float64Array(length),
            new Float64Array(length),
            new Float64Array(length),
          ]);
          if (!series || range.signals?.has(series.signal) === false) continue;
          await breathe();
          const cursor = new SeriesCursor(series, { day: day.day, device, byArrival: false });
          merge([cursor], Number.POSITIVE_INFINITY, { hear: (reading) => readings.push({ ...reading }) });
        }
      }
      reader.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return readings.sort((a, b) => a.receivedAt - b.receivedAt || a.observedAt - b.observedAt);
}
