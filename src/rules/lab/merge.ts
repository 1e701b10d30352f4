import type { Reading } from '../../model/readings.ts';
import type { SeriesCursor } from './device-columns.ts';

export interface Listener {
  /** The reading is filled anew for the next one. */
  hear(reading: Reading): void;
}

/** Everything before `endMs`, the earliest first; what has the same time in the order that the engine takes, by device, signal and channel. */
export function merge(cursors: readonly SeriesCursor[], endMs: number, listener: Listener): number {
  const heap = cursors.filter(({ nextAt }) => nextAt < endMs).sort((a, b) => (comesBefore(a, b) ? -1 : 1));
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
    if (other && comesBefore(other, heap[child] as SeriesCursor)) child++;
    const next = heap[child] as SeriesCursor;
    if (comesBefore(cursor, next)) break;
    heap[at] = next;
    at = child;
  }
  heap[at] = cursor;
}

function comesBefore(a: SeriesCursor, b: SeriesCursor): boolean {
  if (a.nextAt !== b.nextAt) return a.nextAt < b.nextAt;
  const [one, other] = [a.point, b.point];
  if (one.deviceId !== other.deviceId) return one.deviceId < other.deviceId;
  return one.signal === other.signal ? one.channel < other.channel : one.signal < other.signal;
}
