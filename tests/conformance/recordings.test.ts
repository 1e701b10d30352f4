import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadRules } from '../../src/rules/load-rules.ts';
import { readRecording } from '../../src/rules/recording.ts';
import { replay } from '../../src/rules/replay.ts';
import type { Rule } from '../../src/rules/rule.ts';
import { sharedData } from '../harness/shared-data.ts';

const recordings = sharedData('recordings');
const referee = sharedData('../tools/score_alerts.py');
const scored = ['heart_rate_high', 'heart_rate_low', 'spo2_low', 'water_anomaly', 'geofence_exit'];

/** A line of the referee's table: caught and events, alerts, false alerts per day, duplicates, median delay in seconds. */
const LINE = /^(\S+) +(\S+) +[\d.]+ +(\d+)\/(\d+) +\d+ +([\d.]+) +(\d+) +(\d+|nan)$/gm;

interface Score {
  caught: number;
  events: number;
  falsePerDay: number;
  duplicates: number;
  delayS: number;
}

describe.skipIf(!recordings || !referee)('the shipped rules on recordings, by the referee', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gridguard-recordings-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const { rules } = await loadRules('alert-rules');
  const scores = scoresOf(
    recordings ?? '',
    rules.filter(({ kind }) => scored.includes(kind)),
    folder,
  );

  it('find every drop of oxygen, once, soon and without a false alert', () => {
    expect(scores.get('uw-fio2 spo2_low')).toMatchObject({ caught: 16, falsePerDay: 0, duplicates: 0 });
    expect(scores.get('uw-fio2 spo2_low')?.delayS).toBeLessThanOrEqual(25);
    expect(scores.get('bidmc spo2_low')).toMatchObject({ caught: 1, falsePerDay: 0, duplicates: 0 });
  });

  it('raise no more than two false alerts of the pulse in a day at a desk', () => {
    for (const kind of ['heart_rate_high', 'heart_rate_low'])
      for (const set of ['e4-exam', 'bidmc', 'uw-fio2'])
        expect(scores.get(`${set} ${kind}`)?.falsePerDay ?? 0).toBeLessThanOrEqual(2);
  });

  it('find every fault of the water loop with no more than eight false alerts a day', () => {
    const score = scores.get('skab water_anomaly');
    expect(score).toMatchObject({ caught: 15, events: 15 });
    expect(score?.falsePerDay).toBeLessThanOrEqual(8);
  });

  it('find those who leave home with no more than a false alert in three days', () => {
    const { caught = 0, events = 0, falsePerDay } = scores.get('gps-cats geofence_exit') ?? {};
    expect(caught / events).toBeGreaterThanOrEqual(0.95);
    expect(falsePerDay).toBeLessThanOrEqual(0.3);
  });
});

/** By set and kind, separated by a blank. */
function scoresOf(data: string, rules: readonly Rule[], folder: string): Map<string, Score> {
  const scores = new Map<string, Score>();
  if (!referee || data === '') return scores;
  const file = join(folder, 'alerts.ndjson');
  writeFileSync(
    file,
    recordsOf(data)
      .flatMap((record) => alertsOf(data, record, rules))
      .join('\n'),
  );
  const table = execFileSync('python3', [referee, join(data, 'truth.json'), file], { encoding: 'utf8' });
  for (const [, set, kind, caught, events, falsePerDay, duplicates, delayS] of table.matchAll(LINE))
    scores.set(`${set} ${kind}`, {
      caught: Number(caught),
      events: Number(events),
      falsePerDay: Number(falsePerDay),
      duplicates: Number(duplicates),
      delayS: Number(delayS),
    });
  return scores;
}

const recordsOf = (data: string): string[] =>
  readdirSync(data, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => readdirSync(join(data, name)).map((file) => `${name}/${basename(file, '.csv')}`));

/** As `rules backtest` prints them. */
function alertsOf(data: string, record: string, rules: readonly Rule[]): string[] {
  const readings = readRecording(record, readFileSync(join(data, `${record}.csv`), 'utf8'));
  return replay(rules, readings, { expectedEveryMs: Number.POSITIVE_INFINITY })
    .filter(({ rise, eased, again }) => !rise && !eased && !again)
    .map(({ rule, state, at }) =>
      JSON.stringify({ record, rule: rule.name, kind: rule.kind, state, at: new Date(at).toISOString() }),
    );
}
