import { describe, expect, it } from 'vitest';
import type { Home, Reading } from '../../src/model/readings.ts';
import type { Location } from '../../src/model/signals.ts';
import { stepGeofence } from '../../src/rules/parts/geofence.ts';
import type { GeofencePart } from '../../src/rules/rule.ts';
import { normal, playPart, randomNumbers, unevenTimes } from '../harness/part-play.ts';
import { NOON, reading } from '../harness/readings.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DEGREE_M = 111_195;

const fence: GeofencePart = {
  type: 'geofence',
  radiusM: 200,
  forMs: 5 * MINUTE,
  minSamples: 3,
  maxGapMs: 40 * MINUTE,
  accuracyM: 100,
  maxSpeedKmh: 150,
  clear: { radiusM: 150, forMs: 2 * MINUTE, minSamples: 2 },
};
const home: Home = { latitude: 30.4, longitude: 114.9 };

/** A fix so many metres north of home. */
const fix = (at: number, northM: number, more: Partial<Location> & { home?: Home } = {}): Reading => {
  const { home: of = home, ...rest } = more;
  const value: Location = {
    latitude: home.latitude + northM / DEGREE_M,
    longitude: home.longitude,
    source: 'gps',
    ...rest,
  };
  return reading({ signal: 'location', observedAt: NOON + at, value, home: of });
};

const play = (readings: Iterable<Reading>, part = fence) => {
  const { fires, ends } = playPart(part, { step: stepGeofence }, readings);
  const since = (times: number[]) => times.map((at) => (at - NOON) / MINUTE);
  return { fires: since(fires), ends: since(ends) };
};
const eachMinute = (metres: number[], more: Partial<Location> & { home?: Home } = {}) =>
  metres.map((north, minute) => fix(minute * MINUTE, north, more));

describe('leaving home', () => {
  it('is told once fixes beyond the fence span the time, and over after fixes well inside', () => {
    const walk = [10, 10, 250, 300, 350, 400, 450, 500, 400, 300, 180, 140, 100, 60, 20];
    expect(play(eachMinute(walk))).toEqual({ fires: [7], ends: [13] });
  });

  it('is told each other second and at one fix in ten minutes alike', () => {
    const random = randomNumbers(3);
    const stroll = function* (everyMs: number, lost: number) {
      for (const at of unevenTimes(everyMs, { from: 3.9 * HOUR, to: 8.5 * HOUR, lost })) {
        const isAway = at > 4 * HOUR && at < 7 * HOUR;
        yield fix(at, (isAway ? 600 : 40) + 15 * normal(random));
      }
    };
    const fast = play(stroll(2 * SECOND, 0));
    expect(fast.fires).toHaveLength(1);
    expect(fast.fires[0]).toBeCloseTo(245, 0);
    expect(fast.ends[0]).toBeCloseTo(422, 0);
    const slow = play(stroll(10 * MINUTE, 0.1));
    expect(slow.fires).toHaveLength(1);
    expect(slow.fires[0]).toBeLessThan(4 * 60 + 50);
    expect(slow.ends).toHaveLength(1);
    expect(slow.ends[0]).toBeLessThan(7 * 60 + 50);
  });

  it('is not one fix that strayed, nor several that fixes at home interrupt', () => {
    expect(
      play(eachMinute([10, 4_000, 10, 10, 250, 250, 10, 250, 250, 10, 250, 250, 250, 250])).fires,
    ).toEqual([]);
  });

  it('is not known from fixes between which there was nothing for too long', () => {
    const rare = [0, 50, 100, 150, 200].map((minute) => fix(minute * MINUTE, 300));
    expect(play(rare).fires).toEqual([]);
    expect(play(rare, { ...fence, maxGapMs: HOUR }).fires).toEqual([100]);
  });

  it('is not told by fixes that are too inaccurate, or that may lie either side of the fence', () => {
    const far = Array<number>(12).fill(280);
    expect(play(eachMinute(far, { accuracyM: 150 })).fires).toEqual([]);
    expect(play(eachMinute(far, { accuracyM: 90 })).fires).toEqual([]);
    expect(play(eachMinute(far, { accuracyM: 60 })).fires).toEqual([5]);
    expect(play(eachMinute(far, { source: 'cell' })).fires).toEqual([]);
  });

  it('goes on pending over a fix that may lie either side', () => {
    const walk = eachMinute([300, 300, 300, 300, 300, 300]);
    walk[3] = fix(3 * MINUTE, 250, { accuracyM: 80 });
    expect(play(walk).fires).toEqual([5]);
  });

  it('is not told by fixes that nobody could have reached so soon, until he could have', () => {
    const jump = eachMinute([10, ...Array<number>(9).fill(12_000)]);
    expect(play(jump).fires).toEqual([]);
    expect(play(eachMinute([10, ...Array<number>(14).fill(12_000)])).fires).toEqual([10]);
    expect(play(jump, { ...fence, maxSpeedKmh: 1_000 }).fires).toEqual([6]);
  });

  it('counts a fix that came twice once', () => {
    const fixes = eachMinute([300, 300]).flatMap((each) => [each, each, each]);
    expect(play(fixes, { ...fence, forMs: 0 }).fires).toEqual([]);
  });
});

describe('the fence', () => {
  it('has the radius that somebody chose, and is re-entered at the same share of it', () => {
    const wide = { ...home, radiusM: 1_000 };
    const walk = [900, 900, 900, 900, 900, 900, 900];
    expect(play(eachMinute(walk, { home: wide })).fires).toEqual([]);
    const far = [1_100, 1_100, 1_100, 1_100, 1_100, 1_100, 900, 740, 740, 740];
    expect(play(eachMinute(far, { home: wide }))).toEqual({ fires: [5], ends: [9] });
  });

  it('is not there for who has no home to be watched; taking it away ends what it told', () => {
    const away = eachMinute([300, 300, 300, 300, 300, 300, 300]);
    const unwatched = away.map(({ home: _none, ...rest }) => rest);
    expect(play(unwatched).fires).toEqual([]);
    expect(play([...away.slice(0, 6), ...unwatched.slice(6)])).toEqual({ fires: [5], ends: [6] });
  });

  it('says nothing of silence: who is away stays away until a fix says otherwise', () => {
    const fixes = [...eachMinute([300, 300, 300, 300, 300, 300]), fix(9 * HOUR, 20), fix(9.2 * HOUR, 20)];
    expect(play(fixes)).toEqual({ fires: [5], ends: [9.2 * 60] });
  });
});
