import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inventDevices, parts, readCredentials } from '../../device-sim/credentials.ts';
import { createNoise } from '../../device-sim/noise.ts';
import { parseOptions } from '../../device-sim/options.ts';
import { metresBetween } from '../../device-sim/places.ts';
import { castOf, planVillageDay } from '../../device-sim/scenarios/maoqi-plan.ts';
import { scenarios } from '../../device-sim/scenarios/registry.ts';
import { takeSnapshot } from '../../device-sim/snapshot.ts';
import { createWearer, localMidnight, stepsOf, vitalsOf, whereabouts } from '../../device-sim/wearer.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const startedAt = Date.parse('2026-11-22T02:30:00Z');
const home = { latitude: 30.39, longitude: 114.88 };

function days(seed: number, count: number) {
  const noise = createNoise(seed);
  const cast = castOf(noise, inventDevices(19, seed));
  return Array.from({ length: count }, (_, day) => planVillageDay(noise, cast, { day, startedAt }));
}

describe('the plan of the village', () => {
  it('is the same for the same seed and another for another', () => {
    expect(days(7, 3)).toEqual(days(7, 3));
    expect(days(7, 3)).not.toEqual(days(8, 3));
  });

  it('has each thing once a day, each on a band of its own', () => {
    for (const day of days(3, 4)) {
      expect(day.map(({ part }) => part).sort()).toEqual([...parts].sort());
      expect(new Set(day.map(({ device }) => device)).size).toBe(parts.length);
    }
  });

  it.each([1, 2, 3, 50])('brings the first SOS 40 to 60 seconds after the start (seed %i)', (seed) => {
    const sos = days(seed, 1)[0]?.find(({ part }) => part === 'sos');
    expect(sos?.storyMs).toBeGreaterThanOrEqual(startedAt + 40_000);
    expect(sos?.storyMs).toBeLessThanOrEqual(startedAt + 60_000);
  });

  it('keeps later days to the hours in which people are up', () => {
    for (const event of days(5, 4).slice(1).flat()) {
      const hour = (event.storyMs - localMidnight(event.storyMs)) / HOUR;
      expect(hour).toBeGreaterThanOrEqual(7);
      expect(hour).toBeLessThanOrEqual(20);
    }
  });

  it('gives a part to the band that the credentials name, and none to one that nobody registered', () => {
    const devices = inventDevices(8, 1).map((device, i) => ({
      ...device,
      ...(i === 5 ? { part: 'sos' as const } : {}),
      ...(i === 6 ? { unregistered: true } : {}),
    }));
    const cast = castOf(createNoise(1), devices);
    expect(cast.get('sos')).toBe(devices[5]?.id);
    expect([...cast.values()]).not.toContain(devices[6]?.id);
    expect(cast.size).toBe(6);
  });
});

describe('a wearer', () => {
  const noise = createNoise(11);
  const wearers = inventDevices(12, 11).map((device) => createWearer(noise, device.id, home));
  const aDay = Array.from({ length: 288 }, (_, i) => localMidnight(startedAt) + i * 5 * MINUTE);

  it('has vitals that no rule has to notice, and a pulse that is slower at night', () => {
    for (const wearer of wearers) {
      const vitals = aDay.map((at) => vitalsOf(noise, wearer, at));
      for (const v of vitals) {
        expect(v.heartRate).toBeGreaterThanOrEqual(54);
        expect(v.heartRate).toBeLessThanOrEqual(112);
        expect(v.spo2).toBeGreaterThanOrEqual(94);
        expect(v.systolic).toBeLessThanOrEqual(152);
        expect(v.systolic - v.diastolic).toBeGreaterThanOrEqual(20);
      }
      const mean = (from: number, to: number) =>
        vitals.slice(from, to).reduce((sum, v) => sum + v.heartRate, 0) / (to - from);
      expect(mean(24, 48)).toBeLessThan(mean(120, 180));
    }
  });

  it('walks near home, counts steps that only grow within a day, and sleeps at home', () => {
    for (const wearer of wearers) {
      const places = aDay.map((at) => whereabouts(noise, wearer, at));
      const farthest = Math.max(...places.map((place) => metresBetween(place, home)));
      expect(farthest).toBeGreaterThan(20);
      expect(farthest).toBeLessThanOrEqual(wearer.walkRadiusM + 1);
      expect(places[24]).toMatchObject({ ...home, doing: 'sleeping' });
      const steps = aDay.map((at) => stepsOf(noise, wearer, at));
      expect(steps).toEqual(steps.toSorted((a, b) => a - b));
      expect(steps.at(-1)).toBeGreaterThan(1_500);
    }
  });

  it('has a fix outdoors and a Wi-Fi list indoors', () => {
    const wearer = wearers[0];
    if (!wearer) throw new Error('no wearer');
    const seen = (outdoors: boolean) =>
      takeSnapshot(noise, wearer, { worn: true, outdoors }, { at: startedAt, storyMs: startedAt });
    expect(seen(true)).toMatchObject({ wifi: [], fix: { accuracyM: expect.any(Number) } });
    expect(seen(false).fix).toBeUndefined();
    expect(seen(false).wifi.length).toBeGreaterThanOrEqual(2);
  });
});

describe('the command line', () => {
  it('reads every option', () => {
    const line =
      'maoqi --speed 60 --devices 5 --host h --watch-port 1 --mqtt-port 2 --mqtt-url mqtt://b:1 --seed 9 --duration 10m --json';
    expect(parseOptions(line.split(' '))).toEqual({
      scenario: 'maoqi',
      speed: 60,
      devices: 5,
      host: 'h',
      watchPort: 1,
      mqttPort: 2,
      mqttUrl: 'mqtt://b:1',
      seed: 9,
      durationMs: 600_000,
      rate: 100,
      json: true,
    });
  });

  it.each([
    ['', 'which scenario?'],
    ['maoqi --speed fast', '--speed: fast is no positive number'],
    ['maoqi --devices 1.5', '--devices: 1.5 is no whole number'],
    ['maoqi --duration soon', '--duration: soon is no duration such as 90s, 10m or 2h'],
    ['binhu --mqtt-url http://b', '--mqtt-url: http://b is no address such as mqtt://127.0.0.1:1883'],
    ['maoqi sos', 'one scenario at a time, not also sos'],
  ])('%s → %s', (line, message) => {
    expect(() => parseOptions(line.split(' ').filter(Boolean))).toThrow(message);
  });

  it('has scenarios with names of their own', () => {
    expect(scenarios.map(({ name }) => name)).toEqual([
      'maoqi',
      'binhu',
      'lorawan',
      'sparkplug',
      'sos',
      'idle',
      'load',
    ]);
  });
});

describe('the credentials file', () => {
  const written = (text: string) => {
    const file = join(mkdtempSync(join(tmpdir(), 'sim-')), 'devices.json');
    writeFileSync(file, text);
    return file;
  };

  it('gives ports and devices', () => {
    const device = { protocol: 'native', id: 'band-1', secret: 's', home, part: 'fall' };
    const file = written(JSON.stringify({ watchPort: 1, mqttPort: 2, devices: [device] }));
    expect(readCredentials(file)).toEqual({
      watchPort: 1,
      mqttPort: 2,
      devices: [device],
      gateways: [],
      sensors: [],
    });
  });

  it.each([
    ['{', /devices\.json: /],
    ['{}', '"devices" is missing'],
    ['{"devices":[{"protocol":"fax","id":"1"}]}', 'devices[0]: protocol is "watch" or "native"'],
    ['{"devices":[{"protocol":"watch"}]}', 'devices[0]: id is missing'],
    ['{"devices":[{"protocol":"native","id":"1"}]}', 'devices[0]: secret is missing'],
    ['{"devices":[{"protocol":"watch","id":"1","part":"hero"}]}', 'devices[0]: part is one of'],
  ])('%s is refused with a reason', (text, message) => {
    expect(() => readCredentials(written(text))).toThrow(message);
  });
});
