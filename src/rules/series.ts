import type { ReadingValue } from '../model/readings.ts';
import { definitionOf, type Signal } from '../model/signals.ts';

const MOST_SAMPLES = 100_000;

/**
 * One value per step, `undefined` where nothing was measured. Written as words: `88`, `88x5` (five times), `88..120x5` (five
 * evenly spaced from 88 to 120), `_` or `_x5` (nothing), `true`, `false`, or a word of the signal. Throws RangeError with
 * the word that it cannot read.
 */
export function parseSeries(signal: Signal, text: string): (ReadingValue | undefined)[] {
  const samples: (ReadingValue | undefined)[] = [];
  for (const word of text.split(/\s+/).filter(Boolean)) {
    const [, body = '', times = '1'] = /^(.+?)(?:x(\d+))?$/.exec(word) ?? [];
    const count = Number(times);
    if (count < 1 || samples.length + count > MOST_SAMPLES) throw new RangeError(word);
    for (let index = 0; index < count; index++) samples.push(sampleOf(signal, body, { index, count, word }));
  }
  return samples;
}

function sampleOf(
  signal: Signal,
  body: string,
  place: { index: number; count: number; word: string },
): ReadingValue | undefined {
  if (body === '_') return undefined;
  const { kind, values } = definitionOf(signal);
  if (kind === 'number') {
    const [from = Number.NaN, to = from] = body.split('..').map(Number);
    const share = place.count > 1 ? place.index / (place.count - 1) : 0;
    const value = from + (to - from) * share;
    if (Number.isFinite(value)) return Number(value.toFixed(3));
  }
  if ((kind === 'boolean' || kind === 'event') && (body === 'true' || body === 'false'))
    return body === 'true';
  if (kind === 'enum' && values?.includes(body)) return body;
  throw new RangeError(place.word);
}
