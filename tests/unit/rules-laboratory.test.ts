import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Signal } from '../../src/model/signals.ts';
import { DayFileWriter, openDay, type SeriesColumns } from '../../src/rules/lab/day-file.ts';
import { differences } from '../../src/rules/lab/difference.ts';
import { generateDay, generatedMixes } from '../../src/rules/lab/generated-days.ts';
import { alertsOf, type LabAlert, labChange } from '../../src/rules/lab/lab-change.ts';
import { groupDevices, type LabDevice } from '../../src/rules/lab/lab-device.ts';
import { pack, unpack } from '../../src/rules/lab/packed.ts';
import { DayPlayer } from '../../src/rules/lab/play-days.ts';
import { summarize } from '../../src/rules/lab/summary.ts';
import { why } from '../../src/rules/lab/why.ts';
import { loadRules } from '../../src/rules/load-rules.ts';
import { readRecording } from '../../src/rules/recording.ts';
import type { Rule } from '../../src/rules/rule.ts';

const folder = mkdtempSync(join(tmpdir(), 'gridguard-lab-'));
afterAll(() => rmSync(folder, { recursive: true }));
const { rules } = await loadRules('alert-rules');
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const FIRST = 20_000;

function device(id: number, reading: Partial<LabDevice['reading']> = {}): LabDevice {
  const facts = { deviceId: id, protocol: 'native', nativeId: `band-${id}`, origin: 'live' } as const;
  return { id, reading: { ...facts, subjectId: id, ...reading }, expectedEveryMs: 15 * MINUTE_MS };
}

function ruleNamed(name: string): Rule {
  const rule = rules.find((each) => each.name === name);
  if (!rule) throw new Error(name);
  return rule;
}

/** Always the same numbers from 0 to below 1 (Park and Miller). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

/** A day on which a device said this every minute, from `values`; `delayOf` gives milliseconds. */
function writeDay(
  name: string,
  series: {
    deviceId?: number;
    signal: Signal;
    values: readonly number[];
    everyMs?: number;
    delayOf?: (row: number) => number;
  }[],
  day = FIRST,
) {
  const path = join(folder, name);
  const writer = new DayFileWriter(path, day);
  for (const { deviceId = 1, signal, values, everyMs = MINUTE_MS, delayOf = () => 1000 } of series) {
    const columns: SeriesColumns = {
      deviceId,
      signal,
      channel: '',
      observed: Float64Array.from(values, (_, row) => row * everyMs),
      delays: Float64Array.from(values, (_, row) => delayOf(row)),
      values: Float64Array.from(values),
    };
    writer.add(columns);
  }
  writer.close({ storedRows: 0, now: 0 });
  return openDay(path);
}

const told = (played: ReturnType<DayPlayer['play']>) =>
  (played.changes[0] ?? [])
    .map(
      ({ rule, state, at, knownAt, evidence }) =>
        `${at} ${rule.name} ${state} ${knownAt} ${JSON.stringify(evidence)}`,
    )
    .sort();

describe('columns of readings', () => {
  it.each([
    ['int8', [72, 73, 71]],
    ['int16', [36.5, 36.6, 37.8]],
    ['int32', [0, 86_399_999, 12]],
    ['float64', [0.1 + 0.2, 1e300]],
    ['float64', [Number.NaN, 3]],
    ['constant', [5.25, 5.25]],
  ])('%s keep every number to the last bit', (packing, numbers) => {
    const packed = pack(Float64Array.from(numbers));
    const read = new Float64Array(numbers.length);
    unpack(packed, read, numbers.length);
    expect(packed.packing).toBe(packing);
    expect([...read]).toEqual(numbers);
  });
});

describe('a backtest on stored days', () => {
  const bothWays = (days: ReturnType<typeof openDay>[], devices: readonly LabDevice[]) => {
    const quick = new DayPlayer(days, { ruleSets: [rules] });
    const whole = new DayPlayer(days, { ruleSets: [rules], exhaustive: true });
    return devices.map((one) => ({ quick: told(quick.play([one])), whole: told(whole.play([one])) }));
  };

  it.each(Object.keys(generatedMixes) as (keyof typeof generatedMixes)[])(
    'of %s leaves out only what changes nothing',
    (mix) => {
      const days = Array.from({ length: 7 }, (_, index) => {
        const path = join(folder, `${mix}-${index}`);
        generateDay(path, { day: FIRST + index, devices: 4, mix });
        return openDay(path);
      });
      const played = bothWays(
        days,
        [1, 2, 3, 4].map((id) => device(id)),
      );
      expect(played.map(({ quick }) => quick)).toEqual(played.map(({ whole }) => whole));
      expect(played.flatMap(({ quick }) => quick).length).toBeGreaterThan(0);
    },
  );

  it('of values that wander over every limit leaves out only what changes nothing', () => {
    const random = randomOf(7);
    const wander = (from: number, step: number, count: number) => {
      let value = from;
      return Array.from({ length: count }, () => {
        value += (random() - 0.5) * step + (from - value) * 0.02;
        return Math.round(value * 10) / 10;
      });
    };
    const often = (share: number, count: number) =>
      Array.from({ length: count }, () => (random() < share ? 1 : 0));
    const days = Array.from({ length: 3 }, (_, index) =>
      writeDay(
        `wander-${index}`,
        [1, 2, 3, 4, 5].flatMap((deviceId) => [
          { deviceId, signal: 'heart_rate', values: wander(115, 25, 1000), everyMs: 80_000 },
          { deviceId, signal: 'spo2', values: wander(91, 4, 500), everyMs: 170_000 },
          { deviceId, signal: 'steps', values: often(0.3, 60), everyMs: 1_200_000 },
          { deviceId, signal: 'worn', values: often(0.8, 70), everyMs: 1_100_000 },
          { deviceId, signal: 'battery', values: wander(18, 3, 40), everyMs: 2_000_000 },
        ]),
        FIRST + index,
      ),
    );
    const played = bothWays(
      days,
      [1, 2, 3, 4, 5].map((id) => device(id)),
    );
    expect(played.map(({ quick }) => quick)).toEqual(played.map(({ whole }) => whole));
    expect(
      new Set(played.flatMap(({ quick }) => quick).map((line) => line.split(' ')[1])).size,
    ).toBeGreaterThan(4);
  });

  it('hears of a silence, and of the end of it, as if it had heard everything', () => {
    const values = Array.from({ length: 400 }, () => 70);
    const day = writeDay('silence', [{ signal: 'heart_rate', values, everyMs: 130_000 }]);
    const gap = openDay(day.path);
    const holes = new DayFileWriter(join(folder, 'holes'), FIRST);
    const observed = Float64Array.from(
      { length: 300 },
      (_, row) => row * 60_000 + (row > 100 ? 47 * MINUTE_MS : 0),
    );
    const same = { deviceId: 1, signal: 'heart_rate', channel: '', observed } as const;
    holes.add({
      ...same,
      delays: observed.map((_, row) => (row * 37) % 5000),
      values: observed.map(() => 71),
    });
    holes.close({ storedRows: 0, now: 0 });
    const gone = writeDay('gone', [
      { signal: 'heart_rate', values: values.slice(0, 100) },
      { signal: 'online', values: values.map(() => 0) },
    ]);
    for (const file of [gap, openDay(join(folder, 'holes')), gone]) {
      const play = (exhaustive: boolean) =>
        told(
          new DayPlayer([file], { ruleSets: [[ruleNamed('device_silent')]], exhaustive }).play([device(1)]),
        );
      expect(play(false)).toEqual(play(true));
      expect(play(false).length).toBeGreaterThan(0);
    }
  });

  it('plays a backlog in the order in which it came: it makes history, not a storm', () => {
    const values = Array.from({ length: 300 }, (_, row) => (row >= 100 && row < 160 ? 175 : 72));
    const late = (row: number) => (row >= 60 && row < 200 ? (200 - row) * MINUTE_MS : 1000);
    const day = writeDay('late', [{ signal: 'heart_rate', values, delayOf: late }]);
    const [changes = []] = new DayPlayer([day], { ruleSets: [[ruleNamed('heart_rate_high')]] }).play([
      device(1),
    ]).changes;
    const alerts = alertsOf(changes.map(labChange));
    expect(alerts).toMatchObject([{ rule: 'heart_rate_high', history: true }]);
  });

  it('keeps devices together that watch the same wearer or asset', () => {
    const devices = [
      device(1),
      device(2, { subjectId: 1 }),
      device(3, { subjectId: 3, assetId: 7 }),
      device(4, { subjectId: 4 }),
    ];
    const { subjectId: _none, ...building } = device(5, { assetId: 7 }).reading;
    const groups = groupDevices([...devices, { ...device(5), reading: building }]);
    expect(groups.map((group) => group.map(({ id }) => id))).toEqual([[1, 2], [3, 5], [4]]);
  });
});

const alert = (rule: string, from: number, to?: number): LabAlert => ({
  holder: 1,
  rule,
  kind: rule,
  channel: undefined,
  severity: 'warning',
  from,
  ...(to === undefined ? {} : { to }),
});

describe('what a rule set would mean for people', () => {
  it('is told per subject and day, per night and per worker', () => {
    const evening = Date.UTC(2026, 10, 23, 15);
    const noon = Date.UTC(2026, 10, 24, 4);
    const shifts = [{ gridId: 9, accountName: 'Li', weekday: 2, fromMinute: 480, toMinute: 1080 }];
    const summary = summarize({
      alerts: [alert('a', evening, evening + MINUTE_MS), alert('a', noon), alert('b', noon)],
      fromMs: evening,
      toMs: evening + 3 * DAY_MS,
      devices: [{ ...device(1), gridId: 9 }, device(2)],
      timeZone: 'Asia/Shanghai',
      shifts,
    });
    expect(summary).toMatchObject({
      subjects: 2,
      alerts: 3,
      perSubjectDay: 0.5,
      nights: { most: 1, worst: '2026-11-23' },
      workers: [{ name: 'Li', alerts: 2 }],
      unattended: 1,
      rules: [
        { name: 'a', alerts: 2 },
        { name: 'b', alerts: 1 },
      ],
    });
  });

  it('is compared between two versions by what overlaps', () => {
    const found = differences(
      [alert('a', 10, 20), alert('a', 30, 40), alert('b', 5, 6)],
      [alert('a', 12, 20), alert('b', 5, 6), alert('c', 7, 8)],
    );
    expect(found.map(({ rule, change }) => `${rule} ${change}`)).toEqual(['c new', 'a moved', 'a gone']);
  });
});

describe('a recording', () => {
  it('may have its lines in any order', () => {
    const rows = ['2026-01-01T00:00:02Z,91,', '2026-01-01T00:00:00Z,95,30.1', '2026-01-01T00:00:01Z,,30.2'];
    const header = 'observed_at,spo2,latitude,longitude,accuracy_m,home_latitude,home_longitude';
    const text = (lines: string[]) =>
      [header, ...lines.map((line) => `${line},114.2,35,30.5,114.5`)].join('\n');
    const readings = readRecording('r', text(rows));
    expect(readRecording('r', text([...rows].reverse()))).toEqual(readings);
    expect(readings.map(({ signal, value }) => (signal === 'location' ? signal : value))).toEqual([
      95,
      'location',
      'location',
      91,
    ]);
    expect(readings[1]).toMatchObject({
      value: { latitude: 30.1, longitude: 114.2, accuracyM: 35 },
      home: { latitude: 30.5, longitude: 114.5 },
    });
  });
});

describe('why a rule fired or did not', () => {
  const start = Date.UTC(2026, 10, 23);
  const readings = Array.from({ length: 60 }, (_, minute) => ({
    ...device(1).reading,
    signal: 'heart_rate' as const,
    value: minute < 20 ? 80 : minute < 50 ? 170 : 78,
    observedAt: start + minute * MINUTE_MS,
    receivedAt: start + minute * MINUTE_MS + 500,
  }));
  const at = (minute: number) =>
    why(ruleNamed('heart_rate_high'), rules, readings, {
      at: start + minute * MINUTE_MS + 1000,
      expectedEveryMs: DAY_MS,
    });

  it('is told from what was heard until then, and from what came next', async () => {
    expect(await at(10)).toMatchObject({
      isMeant: true,
      points: [{ verdict: 'idle' }],
      next: { state: 'firing' },
    });
    expect((await at(10)).points[0]?.parts[0]).toMatchObject({ stands: 'not', heard: [{ value: 80 }] });
    expect((await at(20)).points[0]).toMatchObject({ verdict: 'pending' });
    expect(await at(40)).toMatchObject({ points: [{ verdict: 'fires' }], next: { state: 'resolved' } });
    expect(await at(59)).toMatchObject({ points: [{ verdict: 'idle' }], next: undefined });
  });

  it('names what held it back', async () => {
    const rule: Rule = {
      ...ruleNamed('heart_rate_high'),
      ignoreWhile: [{ signal: 'worn', is: false, maxAgeMs: DAY_MS }],
    };
    const { reading } = device(1);
    const off = { ...reading, signal: 'worn', value: false, observedAt: start, receivedAt: start } as const;
    const moment = { at: start + 40 * MINUTE_MS, expectedEveryMs: DAY_MS };
    expect((await why(rule, rules, [off, ...readings], moment)).points[0]).toMatchObject({
      verdict: 'idle',
      gates: [{ gate: 'ignored', signal: 'worn', is: false }],
    });
    const elsewhere = await why({ ...rule, only: { protocols: ['iw'] } }, rules, readings, moment);
    expect(elsewhere.isMeant).toBe(false);
  });
});
