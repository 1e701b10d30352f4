import { expect } from 'vitest';
import type { Reading } from '../../src/model/readings.ts';
import { memoFits } from '../../src/rules/parts/memo-fits.ts';
import type { Part } from '../../src/rules/rule.ts';
import type { PartState } from '../../src/rules/rule-state.ts';

export type Step<Kind extends Part> = (
  part: Kind,
  state: PartState | null,
  reading: Reading,
) => PartState | null;
export type Due<Kind extends Part> = (part: Kind, state: PartState | null, now: number) => PartState | null;

/** What is remembered fits in so much text, whatever comes. */
const MOST_TEXT = 12_000;

/**
 * Plays readings through one part, written to text and read again after each as at a restart, with time passing until `until`. Gives when it
 * came true and when it ended, in milliseconds since 1970.
 */
export function playPart<Kind extends Part>(
  part: Kind,
  { step, due, until }: { step: Step<Kind>; due?: Due<Kind>; until?: number },
  readings: Iterable<Reading>,
): { fires: number[]; ends: number[]; state: PartState | null } {
  const played = { fires: [] as number[], ends: [] as number[], state: null as PartState | null };
  const move = (next: PartState | null, at: number): void => {
    if (Boolean(next?.level) !== Boolean(played.state?.level))
      (next?.level ? played.fires : played.ends).push(at);
    played.state = restarted(part, next);
  };
  const passTime = (now: number): void => {
    for (let at = played.state?.due; due && at !== undefined && at <= now; at = played.state?.due)
      move(due(part, played.state, at), at);
  };
  for (const reading of readings) {
    passTime(reading.observedAt);
    move(step(part, played.state, reading), reading.observedAt);
  }
  if (until !== undefined) passTime(until);
  return played;
}

function restarted(part: Part, state: PartState | null): PartState | null {
  const text = JSON.stringify(state);
  expect(text.length).toBeLessThan(MOST_TEXT);
  const read: PartState | null = JSON.parse(text);
  if (!memoFits(part, read?.memo)) throw new Error(`does not fit: ${text}`);
  return read;
}

/**
 * Times of a device that speaks now and then: each interval is up to a fifth longer or shorter, and of `lost` of all values there is none.
 * The same every time.
 */
export function* unevenTimes(
  everyMs: number,
  { from, to, lost = 0.1 }: { from: number; to: number; lost?: number },
): Generator<number> {
  const random = randomNumbers(everyMs + 1);
  for (let at = from; at <= to; at += Math.round(everyMs * (0.8 + 0.4 * random())))
    if (random() >= lost) yield at;
}

/** Between 0 and 1, the same for the same seed (Park and Miller's generator). */
export function randomNumbers(seed: number): () => number {
  let state = (Math.floor(seed) % 2_147_483_646) + 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

/** Of a normal distribution around 0 with spread 1 (sum of twelve). */
export const normal = (random: () => number): number =>
  Array.from({ length: 12 }, random).reduce((sum, value) => sum + value, -6);
