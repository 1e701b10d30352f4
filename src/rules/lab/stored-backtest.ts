import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readShifts } from '../../people/roster-store.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import { AppError } from '../../platform/errors.ts';
import type { Rule } from '../rule.ts';
import type { Workdays } from '../schedule.ts';
import { type BacktestProgress, backtest } from './backtest.ts';
import { type DayProgress, openStoredDays } from './day-cache.ts';
import type { LabChange } from './lab-change.ts';
import { groupDevices, type LabDevice } from './lab-device.ts';
import { type LabSelection, readLabDevices } from './lab-devices-store.ts';
import type { WorkerShift } from './summary.ts';

export interface StoredBacktestDeps {
  database: Database;
  clock: Clock;
  dataDir: string;
  /** Protocols whose devices have nothing behind them. */
  alone: readonly string[];
  expectedEveryMs(device: { protocol: string; model?: string | undefined }): number;
  calendar: Workdays | undefined;
}

export interface StoredBacktestOrder {
  ruleSets: readonly (readonly Rule[])[];
  /** UTC days since 1970, both included. */
  fromDay: number;
  toDay: number;
  /** Absent: every device. */
  selection?: LabSelection;
}

export interface StoredBacktest {
  devices: LabDevice[];
  readings: number;
  changes: LabChange[][];
  shifts: WorkerShift[];
}

/**
 * Plays what is stored of some days to rule sets. Days of all devices are kept as files below `dataDir` for the next time; those of a
 * selection are only read for this once. Throws RULES_NO_DEVICES, RULES_NO_DAYS.
 */
export async function storedBacktest(
  deps: StoredBacktestDeps,
  order: StoredBacktestOrder,
  progress: { day(done: DayProgress): void; groups(done: BacktestProgress): void },
): Promise<StoredBacktest> {
  const { database, clock, calendar } = deps;
  const { fromDay, toDay, ruleSets, selection } = order;
  const devices = await readLabDevices(database.db, selection ?? {}, deps);
  if (devices.length === 0)
    throw new AppError('RULES_NO_DEVICES', 'there are no such devices', { status: 404 });
  const scratch = selection && (await mkdtemp(join(tmpdir(), 'gg-days-')));
  try {
    const folder = scratch ?? join(deps.dataDir, 'backtest');
    const range = { fromDay, toDay, deviceIds: devices.map(({ id }) => id) };
    const days = await openStoredDays({ database, clock, folder }, range, (done) => progress.day(done));
    if (days.length === 0)
      throw new AppError('RULES_NO_DAYS', 'no telemetry is stored of these days', { status: 404 });
    const workdays = calendar && workdaysOf(calendar, fromDay - 1, toDay + 1);
    const played = await backtest(
      { days, groups: groupDevices(devices), ruleSets, ...(workdays ? { workdays } : {}) },
      (done) => progress.groups(done),
    );
    return { devices, ...played, shifts: await readShifts(database.db) };
  } finally {
    if (scratch) await rm(scratch, { recursive: true, force: true });
  }
}

const workdaysOf = (calendar: Workdays, from: number, to: number): [number, boolean][] =>
  Array.from({ length: to - from + 1 }, (_, index) => [from + index, calendar.isWorkday(from + index)]);
