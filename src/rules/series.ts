import type { DecodedReading } from '../model/readings.ts';
import { breakerFaultCauses, definitionOf, type Signal } from '../model/signals.ts';

const MOST_SAMPLES = 100_000;

export type Sample = Pick<DecodedReading, 'value' | 'cause' | 'stage'>;

/** Where the wearer of a test lives: Ezhou. */
export const HOME = { latitude: 30.391, longitude: 114.895 };
/** Length of a degree of latitude, WGS-84 mean. */
const DEGREE_M = 111_195;

/**
 * One sample per step, `undefined` where nothing was measured. Written as words: `88`, `88x5` (five times), `88..120x5` (five
 * evenly spaced from 88 to 120), `_` or `_x5` (nothing), `true`, `false`, a word of the signal, or the cause and stage of a
 * breaker_fault (`overload/trip`). A location is `home`, `300m` (north of it), `300m@90` (in that direction, in degrees), `0..400mx5`, each with
 * its accuracy as in `300m~80`, or `30.391,114.895`. Throws RangeError with the word that it cannot read.
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

interface Place {
  index: number;
  count: number;
  word: string;
}

function sampleOf(signal: Signal, body: string, place: Place): Sample | undefined {
  if (body === '_') return undefined;
  const { kind, values } = definitionOf(signal);
  if (kind === 'number') {
    const value = between(body, place);
    if (Number.isFinite(value)) return { value: Number(value.toFixed(3)) };
  }
  if ((kind === 'boolean' || kind === 'event') && (body === 'true' || body === 'false'))
    return { value: body === 'true' };
  if (kind === 'enum' && values?.includes(body)) return { value: body };
  const special =
    signal === 'breaker_fault' ? faultOf(body) : kind === 'location' ? locationOf(body, place) : undefined;
  if (special) return special;
  throw new RangeError(place.word);
}

/** `88` or the value of this place on the way from one to another (`88..120`). */
function between(body: string, { index, count }: Place): number {
  const [from = Number.NaN, to = from] = body.split('..').map(Number);
  return from + (to - from) * (count > 1 ? index / (count - 1) : 0);
}

function faultOf(body: string): Sample | undefined {
  const [word, stage] = body.split('/');
  const cause = breakerFaultCauses.find((known) => known === word);
  if (!cause || (stage !== 'warning' && stage !== 'trip')) return undefined;
  return { value: true, cause, stage };
}

const LOCATION = /^(?:(home)|([\d.]+)m(?:@(\d+))?|(-?\d+\.?\d*),(-?\d+\.?\d*))(?:~(\d+))?$/;

function locationOf(body: string, place: Place): Sample | undefined {
  const [, home, metres, bearing = '0', latitude, longitude, accuracy] = LOCATION.exec(body) ?? [];
  const fix = { source: 'gps', ...(accuracy === undefined ? {} : { accuracyM: Number(accuracy) }) } as const;
  if (latitude !== undefined && longitude !== undefined)
    return { value: { latitude: Number(latitude), longitude: Number(longitude), ...fix } };
  const distanceM = home ? 0 : between(metres ?? '', place);
  if (!Number.isFinite(distanceM) || (!home && !metres)) return undefined;
  const direction = (Number(bearing) * Math.PI) / 180;
  return {
    value: {
      latitude: HOME.latitude + (distanceM * Math.cos(direction)) / DEGREE_M,
      longitude:
        HOME.longitude +
        (distanceM * Math.sin(direction)) / (DEGREE_M * Math.cos((HOME.latitude * Math.PI) / 180)),
      ...fix,
    },
  };
}
