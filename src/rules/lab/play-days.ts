import type { Reading } from '../../model/readings.ts';
import { REORDER_MS } from '../holder.ts';
import { type DayFile, DayReader } from './day-file.ts';
import { SeriesCursor } from './device-columns.ts';
import type { LabDevice } from './lab-device.ts';

const DAY_MS = 86_400_000;

export interface Listener {
  /** The reading is filled anew for the next one. */
  hear(reading: Reading): void;
}

type Columns = readonly [Float64Array, Float64Array, Float64Array];

/** Plays stored days to listeners, group by group. */
export class DayPlayer {
  #readers: DayReader[];
  #scratch: Columns[] = [];

  constructor(days: readonly DayFile[]) {
    this.#readers = days.map((day) => new DayReader(day));
  }

  close(): void {
    for (const reader of this.#readers) reader.close();
  }

  /**
   * Whether something of the group came so late that the order of arrival counts. Else the order of the readings' own times gives the same
   * alerts, and sooner.
   */
  isLate(devices: readonly LabDevice[]): boolean {
    let [least, greatest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const reader of this.#readers)
      for (const { id } of devices) {
        const { first, count } = reader.seriesOf(id);
        for (let index = first; index < first + count; index++) {
          const delays = reader.delaysOf(index);
          least = Math.min(least, delays.least);
          greatest = Math.max(greatest, delays.greatest);
        }
      }
    return greatest - least > REORDER_MS;
  }

  /** Plays all days of a group of devices. By arrival, what came after midnight has its place on the next day. Returns how many readings there were. */
  play(devices: readonly LabDevice[], listener: Listener, byArrival: boolean): number {
    let readings = 0;
    let late: SeriesCursor[] = [];
    for (const [index, reader] of this.#readers.entries()) {
      const { day } = reader.day;
      const cursors = [...late, ...this.#cursorsOf(reader, devices, byArrival)];
      const isLast = index === this.#readers.length - 1;
      const endMs = isLast || !byArrival ? Number.POSITIVE_INFINITY : (day + 1) * DAY_MS;
      readings += merge(cursors, endMs, listener);
      late = byArrival ? cursors.flatMap((cursor) => cursor.rest(day + 1) ?? []) : [];
    }
    return readings;
  }

  #cursorsOf(reader: DayReader, devices: readonly LabDevice[], byArrival: boolean): SeriesCursor[] {
    const { day } = reader.day;
    const cursors: SeriesCursor[] = [];
    for (const device of devices) {
      const { first, count } = reader.seriesOf(device.id);
      for (let index = first; index < first + count; index++) {
        const series = reader.read(index, (length) => this.#columns(cursors.length, length));
        if (series) cursors.push(new SeriesCursor(series, { day, device, byArrival }));
      }
    }
    return cursors;
  }

  #columns(slot: number, length: number): Columns {
    const known = this.#scratch[slot];
    if (known && known[0].length >= length) return known;
    const columns = [0, 1, 2].map(() => new Float64Array(length)) as unknown as Columns;
    this.#scratch[slot] = columns;
    return columns;
  }
}

/** Everything before `endMs`, the earliest first. */
function merge(cursors: readonly SeriesCursor[], endMs: number, listener: Listener): number {
  const heap = cursors.filter(({ nextAt }) => nextAt < endMs).sort((a, b) => a.nextAt - b.nextAt);
  let readings = 0;
  while (heap.length > 0) {
    const top = heap[0] as SeriesCursor;
    const second = Math.min(heap[1]?.nextAt ?? endMs, heap[2]?.nextAt ?? endMs, endMs);
    do {
      const reading = top.next();
      if (reading) {
        listener.hear(reading);
        readings++;
      }
    } while (top.nextAt < second);
    if (top.nextAt < endMs) sink(heap, top);
    else {
      const last = heap.pop();
      if (last && heap.length > 0) sink(heap, last);
    }
  }
  return readings;
}

/** Puts `cursor` in the place of the top of a binary heap, and then where it belongs. */
function sink(heap: SeriesCursor[], cursor: SeriesCursor): void {
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    const other = heap[child + 1];
    if (other && other.nextAt < (heap[child] as SeriesCursor).nextAt) child++;
    const next = heap[child] as SeriesCursor;
    if (cursor.nextAt <= next.nextAt) break;
    heap[at] = next;
    at = child;
  }
  heap[at] = cursor;
}
