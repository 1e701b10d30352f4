import { describe, expect, it } from 'vitest';
import type { Reading } from '../../src/model/readings.ts';
import { loadRules } from '../../src/rules/load-rules.ts';
import { replay } from '../../src/rules/replay.ts';
import { reading } from '../harness/readings.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const START = Date.UTC(2026, 10, 22);

/** Uniform between 0 and 1, the same in every run (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

interface Episode {
  pulse: number;
  lastsMs: number;
  everyMs: number;
  seed: number;
}

/** At rest with 72, then the episode, then at rest: values that jitter by a fifth of their interval, are two off and get lost, one in ten. */
function* pulseOf({ pulse, lastsMs, everyMs, seed }: Episode): Generator<Reading> {
  const random = randomOf(seed);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const from = START + 4 * everyMs + random() * everyMs;
  for (let at = START; at < from + lastsMs + 10 * MINUTE; at += everyMs) {
    const observedAt = Math.round(at + (random() - 0.5) * 0.4 * everyMs);
    const isInside = observedAt >= from && observedAt <= from + lastsMs;
    const value = Math.round((isInside ? pulse : 72) + 2 * normal());
    if (random() >= 0.1) yield reading({ signal: 'heart_rate', observedAt, value });
  }
}

describe('a pulse at rest', async () => {
  const { rules } = await loadRules('alert-rules');
  const pulseRules = rules.filter(({ name }) => name === 'heart_rate_high' || name === 'heart_rate_low');
  const isCaught = (episode: Episode): boolean =>
    replay(pulseRules, [...pulseOf(episode)], { expectedEveryMs: 1e9 }).some(
      ({ state }) => state === 'firing',
    );
  const seeds = Array.from({ length: 40 }, (_, seed) => seed + 1);
  const missed = (episode: Omit<Episode, 'seed'>): number[] =>
    seeds.filter((seed) => !isCaught({ ...episode, seed }));

  it.each([150, 38])('of %i for three minutes is always told', (pulse) => {
    for (const everyMs of [1, 5, 10, 15, 30].map((seconds) => seconds * SECOND))
      expect(missed({ pulse, lastsMs: 3 * MINUTE, everyMs })).toEqual([]);
  });

  it.each([150, 38])(
    'of %i is told of a band that measures once a minute or in ten, once it said so twice',
    (pulse) => {
      expect(missed({ pulse, lastsMs: 5 * MINUTE, everyMs: MINUTE })).toEqual([]);
      expect(missed({ pulse, lastsMs: 50 * MINUTE, everyMs: 10 * MINUTE })).toEqual([]);
    },
  );

  it('of 110 or 55 is not told', () => {
    for (const everyMs of [10 * SECOND, 10 * MINUTE])
      for (const pulse of [110, 55])
        expect(missed({ pulse, lastsMs: 30 * MINUTE, everyMs }).length).toBe(seeds.length);
  });
});
