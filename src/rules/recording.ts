import type { Home, Reading, ReadingValue } from '../model/readings.ts';
import { definitionOf, isPlausible, isSignal, type Signal, signals } from '../model/signals.ts';
import { AppError } from '../platform/errors.ts';
import { nearestOf } from '../platform/nearest.ts';

/** Columns that make up a location, with the home and its radius that go with it. */
const placeColumns = [
  'latitude',
  'longitude',
  'accuracy_m',
  'home_latitude',
  'home_longitude',
  'home_radius_m',
] as const;
type PlaceColumn = (typeof placeColumns)[number];

interface Point {
  signal: Signal;
  channel?: string;
}

/** Where in a line what stands. */
interface Layout {
  time: number;
  points: { index: number; column: string; point: Point }[];
  places: Partial<Record<PlaceColumn, number>>;
}

/**
 * A recording: CSV with `observed_at` (ISO 8601) and a column per signal, or per `signal/channel`, its lines in any order; empty is no reading,
 * and so is what lies outside the plausible range. `latitude` and `longitude` become a location. Gives live readings of one device in
 * order of time, received as they were observed. Throws RULES_RECORDING with the line at fault.
 */
export function readRecording(name: string, text: string): Reading[] {
  const [header = '', ...lines] = text.split(/\r?\n/);
  const layout = layoutOf(name, header.replace(/^\uFEFF/, ''));
  const base = { deviceId: 1, protocol: 'recording', nativeId: name, origin: 'live' } as const;
  const readings: Reading[] = [];
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '') continue;
    const refuse = (why: string) => fault(name, index + 2, why);
    const cells = line.split(',');
    const observedAt = Date.parse(cells[layout.time] ?? '');
    if (Number.isNaN(observedAt)) throw refuse('observed_at is no time');
    for (const said of [...valuesOf(layout, cells, refuse), ...locationOf(layout, cells)])
      readings.push({ ...base, ...said, observedAt, receivedAt: observedAt });
  }
  return readings.sort((a, b) => a.observedAt - b.observedAt);
}

function noSignal(column: string): string {
  const nearest = nearestOf(column, ['observed_at', ...placeColumns, ...Object.keys(signals)]);
  return `column ${column} is no signal${nearest === undefined ? '' : `; did you mean ${nearest}?`}`;
}

function layoutOf(name: string, header: string): Layout {
  const layout: Layout = { time: -1, points: [], places: {} };
  for (const [index, cell] of header.split(',').entries()) {
    const column = cell.trim();
    const place = placeColumns.find((known) => known === column);
    const point = pointOf(column);
    if (column === 'observed_at') layout.time = index;
    else if (place) layout.places[place] = index;
    else if (point) layout.points.push({ index, column, point });
    else throw fault(name, 1, noSignal(column));
  }
  if (layout.time < 0) throw fault(name, 1, 'there is no column observed_at');
  return layout;
}

function pointOf(column: string): Point | undefined {
  const [signal = '', channel] = column.split('/');
  return isSignal(signal) ? { signal, ...(channel ? { channel } : {}) } : undefined;
}

type Said = Point & { value: ReadingValue; home?: Home };

function valuesOf(layout: Layout, cells: readonly string[], refuse: (why: string) => AppError): Said[] {
  const values: Said[] = [];
  for (const { index, column, point } of layout.points) {
    const cell = cells[index]?.trim() ?? '';
    if (cell === '') continue;
    const value = readCell(point.signal, cell);
    if (value === undefined) throw refuse(`${column}: ${cell} is no value of it`);
    if (typeof value !== 'number' || isPlausible(point.signal, value)) values.push({ ...point, value });
  }
  return values;
}

function locationOf({ places }: Layout, cells: readonly string[]): Said[] {
  const numberIn = (column: PlaceColumn): number | undefined => {
    const cell = cells[places[column] ?? -1]?.trim();
    return cell && Number.isFinite(Number(cell)) ? Number(cell) : undefined;
  };
  const [latitude, longitude] = [numberIn('latitude'), numberIn('longitude')];
  if (latitude === undefined || longitude === undefined) return [];
  const accuracyM = numberIn('accuracy_m');
  const value = {
    latitude,
    longitude,
    source: 'gps',
    ...(accuracyM === undefined ? {} : { accuracyM }),
  } as const;
  const home = homeOf(numberIn('home_latitude'), numberIn('home_longitude'), numberIn('home_radius_m'));
  return [{ signal: 'location', value, ...(home ? { home } : {}) }];
}

function homeOf(
  latitude: number | undefined,
  longitude: number | undefined,
  radiusM: number | undefined,
): Home | undefined {
  if (latitude === undefined || longitude === undefined) return undefined;
  return { latitude, longitude, ...(radiusM === undefined ? {} : { radiusM }) };
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
