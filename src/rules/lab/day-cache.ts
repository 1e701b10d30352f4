import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isSignal } from '../../model/signals.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import { listDayPartitions } from '../../platform/day-partitions-store.ts';
import { type DayFile, DayFileWriter, openDay } from './day-file.ts';
import { countStoredDay, readStoredDay, type StoredSeries } from './telemetry-days-store.ts';

const DAY_MS = 86_400_000;
/** Readings may come a week late; after that a day stays as it is. */
const SETTLED_AFTER_MS = 9 * DAY_MS;
const DEVICES_PER_QUERY = 100;

export interface DayCacheDeps {
  database: Pick<Database, 'db' | 'pool'>;
  clock: Clock;
  /** Where the days lie: health data, readable by their owner only. */
  folder: string;
}

export interface DayProgress {
  day: number;
  /** Of the days that must be read. */
  index: number;
  days: number;
  readings: number;
  ms: number;
}

/**
 * The days of stored telemetry as files of columns. A day is read from the database where it is missing or where rows were added since; what
 * the database no longer keeps is removed. `deviceIds` are all devices in ascending order. Days without a partition have no file.
 */
export async function openStoredDays(
  deps: DayCacheDeps,
  range: { fromDay: number; toDay: number; deviceIds: readonly number[] },
  progress: (done: DayProgress) => void,
): Promise<DayFile[]> {
  const { folder, database, clock } = deps;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const stored = await listDayPartitions(database.db, 'readings');
  removeOthers(folder, stored);
  const days = stored.filter((day) => day >= range.fromDay && day <= range.toDay);
  const files: DayFile[] = [];
  for (const [index, day] of days.entries()) {
    const path = join(folder, `${day}.days`);
    const known = await stillTrue(deps, path);
    if (known) files.push(known);
    else {
      const start = clock.now();
      const file = await readDay(deps, { path, day, deviceIds: range.deviceIds });
      progress({ day, index, days: days.length, readings: file.readings, ms: clock.now() - start });
      files.push(file);
    }
  }
  return files;
}

/** What is too old to be kept is not kept here either. */
function removeOthers(folder: string, days: readonly number[]): void {
  const names = new Set(days.map((day) => `${day}.days`));
  for (const name of readdirSync(folder)) if (!names.has(name)) rmSync(join(folder, name), { force: true });
}

async function stillTrue({ database }: DayCacheDeps, path: string): Promise<DayFile | undefined> {
  if (!existsSync(path)) return undefined;
  const file = openDay(path);
  if (file.writtenAt >= (file.day + 1) * DAY_MS + SETTLED_AFTER_MS) return file;
  return file.storedRows === (await countStoredDay(database.db, file.day)) ? file : undefined;
}

/** Counts first, so that rows which come meanwhile make the file old, not wrong. */
async function readDay(
  { database, clock }: DayCacheDeps,
  { path, day, deviceIds }: { path: string; day: number; deviceIds: readonly number[] },
): Promise<DayFile> {
  const storedRows = await countStoredDay(database.db, day);
  const writer = new DayFileWriter(path, day);
  const chunks: number[][] = [];
  for (let start = 0; start < deviceIds.length; start += DEVICES_PER_QUERY)
    chunks.push(deviceIds.slice(start, start + DEVICES_PER_QUERY));
  // The database reads the next while this one is written.
  const read = (chunk: readonly number[] | undefined) =>
    chunk ? readStoredDay(database, day, chunk) : Promise.resolve([]);
  let next = read(chunks[0]);
  for (const index of chunks.keys()) {
    const series = await next;
    next = read(chunks[index + 1]);
    for (const one of series) addSeries(writer, one, day * DAY_MS);
  }
  writer.close({ storedRows, now: clock.now() });
  return openDay(path);
}

function addSeries(writer: DayFileWriter, stored: StoredSeries, startMs: number): void {
  const { signal, deviceId, channel, observedAt, receivedAt, numbers, texts } = stored;
  if (!isSignal(signal)) return;
  const observed = observedAt.map((at) => at - startMs);
  const delays = receivedAt.map((at, row) => at - (observedAt[row] as number));
  if (!texts) {
    writer.add({ deviceId, signal, channel, observed, delays, values: numbers });
    return;
  }
  const places = new Map<string, number>();
  const values = Float64Array.from(texts, (text) => {
    const place = places.get(text) ?? places.size;
    places.set(text, place);
    return place;
  });
  writer.add({ deviceId, signal, channel, observed, delays, values, texts: [...places.keys()] });
}
