import type { DecodedReading } from '../src/model/readings.ts';
import { isPlausible, type Signal } from '../src/model/signals.ts';
import { add, discard, type Sink } from './sink.ts';

/** One moment of a frame, to be filled. */
export function newSink(observedAt?: number, origin: Sink['origin'] = 'live'): Sink {
  return { readings: [], reasons: [], misunderstood: false, observedAt, origin };
}

/** Adds a reading of a moment; what was said of the same point before gives way, because what is told later is told more exactly. */
export function put(sink: Sink, reading: Omit<DecodedReading, 'origin' | 'observedAt'>): void {
  const at = sink.readings.findIndex(
    ({ signal, channel }) => signal === reading.signal && channel === reading.channel,
  );
  if (at >= 0) sink.readings.splice(at, 1);
  add(sink, reading);
}

/** A measured number as a reading. Zero is "not measured" unless the language says otherwise. */
export function putNumber(
  sink: Sink,
  signal: Signal,
  value: number,
  { zeroIsReal = signal === 'steps' } = {},
): void {
  if (value === 0 && !zeroIsReal) discard(sink, signal, '0 means not measured');
  else if (!isPlausible(signal, value)) discard(sink, signal, `${value} is not plausible`);
  else put(sink, { signal, value });
}
