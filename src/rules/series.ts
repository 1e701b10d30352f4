import type { Reading } from '../model/readings.ts';
import { breakerFaultCauses, definitionOf, type Signal } from '../model/signals.ts';

const MOST_SAMPLES = 100_000;

export type Sample = Pick<Reading, 'value' | 'cause' | 'stage'>;

/**
 * One sample per step, `undefined` where nothing was measured. Written as words: `88`, `88x5` (five times), `88..120x5` (five
 * evenly spaced from 88 to 120), `_` or `_x5` (nothing), `true`, `false`, a word of the signal, or the cause and stage of a
 * breaker_fault (`overload/trip`). Throws RangeError with the word that it cannot read.
 */
export function parseSeries(signal: Signal, text: string): (Sample | undefined)[] {
  const samples: (Sample | undefined)[] = [];
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
): Sample | undefined {
  if (body === '_') return undefined;
  const { kind, values } = definitionOf(signal);
  if (kind === 'number') {
    const [from = Number.NaN, to = from] = body.split('..').map(Number);
    const share = place.count > 1 ? place.index / (place.count - 1) : 0;
    const value = from + (to - from) * share;
    if (Number.isFinite(value)) return { value: Number(value.toFixed(3)) };
  }
  if ((kind === 'boolean' || kind === 'event') && (body === 'true' || body === 'false'))
    return { value: body === 'true' };
  if (kind === 'enum' && values?.includes(body)) return { value: body };
  const fault = signal === 'breaker_fault' ? faultOf(body) : undefined;
  if (fault) return fault;
  throw new RangeError(place.word);
}

function faultOf(body: string): Sample | undefined {
  const [word, stage] = body.split('/');
  const cause = breakerFaultCauses.find((known) => known === word);
  if (!cause || (stage !== 'warning' && stage !== 'trip')) return undefined;
  return { value: true, cause, stage };
}
