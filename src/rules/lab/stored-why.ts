import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Reading } from '../../model/readings.ts';
import { AppError } from '../../platform/errors.ts';
import type { Rule } from '../rule.ts';
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

/** How a rule stood for a device at a moment, from what is stored. Throws RULES_NO_DEVICES. */
export async function storedWhy(
  deps: StoredBacktestDeps,
  { rule, rules, deviceId, at }: { rule: Rule; rules: readonly Rule[]; deviceId: number; at: number },
): Promise<Why> {
  const devices = await readLabDevices(deps.database.db, { deviceIds: [deviceId] }, deps);
  const device = devices.find(({ id }) => id === deviceId);
  if (!device) throw new AppError('RULES_NO_DEVICES', 'there is no such device', { status: 404 });
  const learns = rule.parts.some((part) => part.type === 'threshold' && part.personal);
  const day = Math.floor(at / DAY_MS);
  const fromDay = day - (learns ? BACK_DAYS.personal : BACK_DAYS.other);
  const readings = await storedReadings(deps, rule.per ? devices : [device], { fromDay, toDay: day + 1 });
  const options = { at, expectedEveryMs: device.expectedEveryMs, calendar: deps.calendar };
  return why(rule, rules, readings, options);
}

/** In the order in which they were received. */
async function storedReadings(
  { database, clock }: StoredBacktestDeps,
  devices: readonly LabDevice[],
  range: { fromDay: number; toDay: number },
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
          if (!series) continue;
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
