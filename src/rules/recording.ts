import type { Reading, ReadingValue } from '../model/readings.ts';
import { definitionOf, isPlausible, isSignal, type Signal } from '../model/signals.ts';
import { AppError } from '../platform/errors.ts';

const placeColumns: readonly string[] = ['latitude', 'longitude', 'home_latitude', 'home_longitude'];

interface Point {
  signal: Signal;
  channel?: string;
}

function pointOf(column: string): Point | undefined {
  const [signal = '', channel] = column.split('/');
  return isSignal(signal) ? { signal, ...(channel ? { channel } : {}) } : undefined;
}

/**
 * A recording: CSV with `observed_at` (ISO 8601) and a column per signal, or per `signal/channel`; empty is no reading, and so is what
 * lies outside the plausible range. `latitude` and `longitude` become a location. Gives live readings of one device, received as they were
 * observed. Throws RULES_RECORDING with the line at fault.
 */
export function readRecording(name: string, text: string): Reading[] {
  const [header = '', ...lines] = text.split(/\r?\n/);
  const columns = header.split(',').map((column) => column.trim());
  const timeColumn = columns.indexOf('observed_at');
  if (timeColumn < 0) throw fault(name, 1, 'there is no column observed_at');
  for (const column of columns)
    if (column !== 'observed_at' && !placeColumns.includes(column) && !pointOf(column))
      throw fault(name, 1, `column ${column} is no signal`);
  const readings: Reading[] = [];
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '') continue;
    const cells = line.split(',');
    const observedAt = Date.parse(cells[timeColumn] ?? '');
    if (Number.isNaN(observedAt)) throw fault(name, index + 2, 'observed_at is no time');
    const base = { deviceId: 1, protocol: 'recording', nativeId: name, origin: 'live' } as const;
    for (const point of valuesOf(columns, cells, (why) => fault(name, index + 2, why)))
      readings.push({ ...base, ...point, observedAt, receivedAt: observedAt });
  }
  return readings;
}

function valuesOf(
  columns: readonly string[],
  cells: readonly string[],
  refuse: (why: string) => AppError,
): (Point & { value: ReadingValue })[] {
  const values: (Point & { value: ReadingValue })[] = [];
  for (const [index, column] of columns.entries()) {
    const cell = cells[index]?.trim() ?? '';
    const point = pointOf(column);
    if (cell === '' || !point) continue;
    const value = readCell(point.signal, cell);
    if (value === undefined) throw refuse(`${column}: ${cell} is no value of it`);
    if (typeof value !== 'number' || isPlausible(point.signal, value)) values.push({ ...point, value });
  }
  const [latitude, longitude] = ['latitude', 'longitude'].map((c) =>
    Number(cells[columns.indexOf(c)]?.trim() || Number.NaN),
  );
  if (Number.isFinite(latitude) && Number.isFinite(longitude))
    values.push({
      signal: 'location',
      value: { latitude: Number(latitude), longitude: Number(longitude), source: 'gps' },
    });
  return values;
}

function readCell(signal: Signal, cell: string): ReadingValue | undefined {
  const { kind, values } = definitionOf(signal);
  if (kind === 'number') return Number.isNaN(Number(cell)) ? undefined : Number(cell);
  if (kind === 'enum') return values?.includes(cell) ? cell : undefined;
  if (/^(true|1)$/i.test(cell)) return true;
  return /^(false|0)$/i.test(cell) ? false : undefined;
}

const fault = (name: string, line: number, why: string): AppError =>
  new AppError('RULES_RECORDING', `${name}:${line} ${why}`);
