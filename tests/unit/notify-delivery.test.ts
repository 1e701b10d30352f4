import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBatcher } from '../../src/notify/batcher.ts';
import type { Fate } from '../../src/notify/channel.ts';
import { LEASE_MS, SEND_TIMEOUT_MS, settle } from '../../src/notify/delivery.ts';
import { NOON } from '../harness/readings.ts';

const retry = fc.record({
  fate: fc.constant('retry' as const),
  reason: fc.constant('http 503'),
  afterMs: fc.integer({ min: 0, max: 86_400_000 }),
});

describe('what follows from an attempt', () => {
  it('ends before the claim does', () => expect(SEND_TIMEOUT_MS).toBeLessThan(LEASE_MS));

  it('an incident message is never due later than a minute from now, and ends after six attempts', () => {
    fc.assert(
      fc.property(retry, fc.integer({ min: 1, max: 20 }), (fate, number) => {
        const next = settle({ number, createdAt: NOON, ofIncident: true }, fate, NOON);
        expect(next.kind).toBe(number >= 6 ? 'failed' : 'retry');
        const wait = next.kind === 'retry' ? next.dueAt - NOON : 2_000;
        expect(wait).toBeGreaterThanOrEqual(2_000);
        expect(wait).toBeLessThanOrEqual(60_000);
      }),
    );
  });

  it('a notice is never tried after ten minutes, and never given up in the first nine', () => {
    fc.assert(
      fc.property(
        retry,
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 0, max: 900_000 }),
        (fate, number, age) => {
          const next = settle({ number, createdAt: NOON, ofIncident: false }, fate, NOON + age);
          if (next.kind === 'retry') expect(next.dueAt).toBeLessThanOrEqual(NOON + 600_000);
          if (age < 540_000) expect(next.kind).toBe('retry');
        },
      ),
    );
  });

  it('what was taken over or refused for good is final', () => {
    const attempt = { number: 1, createdAt: NOON, ofIncident: true };
    const fates: Fate[] = [
      { fate: 'accepted' },
      { fate: 'delivered', providerId: 'x' },
      { fate: 'failed', reason: 'r' },
    ];
    expect(fates.map((fate) => settle(attempt, fate, NOON))).toEqual([
      { kind: 'sent', state: 'accepted', providerId: null },
      { kind: 'sent', state: 'delivered', providerId: 'x' },
      { kind: 'failed', reason: 'r' },
    ]);
  });
});

describe('the batcher', () => {
  it('hands the first over at once and gathers the rest, in as many lanes as it has', async () => {
    const runs: { items: number[]; done: () => void }[] = [];
    const batcher = createBatcher<number>({
      lanes: 2,
      most: 3,
      run(items) {
        const { promise, resolve } = Promise.withResolvers<void>();
        runs.push({ items, done: resolve });
        return promise;
      },
    });
    for (const n of [1, 2, 3, 4, 5, 6]) batcher.add([n]);
    expect(runs.map((r) => r.items)).toEqual([[1], [2]]);
    runs[0]?.done();
    await new Promise(setImmediate);
    expect(runs.map((r) => r.items)).toEqual([[1], [2], [3, 4, 5]]);
    const settled = batcher.settled();
    for (const run of runs) run.done();
    await new Promise(setImmediate);
    runs.at(-1)?.done();
    await settled;
    expect(runs.flatMap((r) => r.items)).toEqual([1, 2, 3, 4, 5, 6]);
  });
});
