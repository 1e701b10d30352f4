import type { Noise } from './noise.ts';
import { moved, type Point } from './places.ts';

/** Somebody who lives somewhere and keeps to the same habits; what varies from day to day comes from the noise. */
export interface Wearer {
  key: string;
  home: Point;
  /** How far from home the walks lead, in metres. */
  walkRadiusM: number;
  heartRate: number;
  systolic: number;
  diastolic: number;
  spo2: number;
}

export interface Whereabouts extends Point {
  doing: 'sleeping' | 'at_home' | 'in_the_garden' | 'walking';
  speedKmh: number;
  course: number;
}

export interface Vitals {
  heartRate: number;
  spo2: number;
  systolic: number;
  diastolic: number;
  temperature: number;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** The villages of the stories keep China's time, which has no summer time. */
const ZONE_MS = 8 * HOUR;
const GARDEN_RADIUS_M = 18;

export function createWearer(noise: Noise, key: string, home: Point): Wearer {
  return {
    key,
    home,
    walkRadiusM: noise.between(`${key}/radius`, [45, 130]),
    heartRate: noise.between(`${key}/heart`, [60, 78]),
    systolic: noise.between(`${key}/systolic`, [112, 136]),
    diastolic: noise.between(`${key}/diastolic`, [66, 82]),
    spo2: noise.between(`${key}/spo2`, [95.6, 98.2]),
  };
}

interface Outing {
  doing: 'in_the_garden' | 'walking';
  from: number;
  to: number;
}

/** When she is out of the house on a local day, in milliseconds of that day, in order. */
function outingsOf(noise: Noise, wearer: Wearer, day: number): Outing[] {
  const at = (name: string, hours: readonly [number, number], minutes: readonly [number, number]) => {
    const from = noise.between(`${wearer.key}/${day}/${name}/from`, hours) * HOUR;
    return { from, to: from + noise.between(`${wearer.key}/${day}/${name}/for`, minutes) * MINUTE };
  };
  const outings: Outing[] = [
    { doing: 'walking', ...at('morning', [6, 7.5], [25, 50]) },
    { doing: 'in_the_garden', ...at('garden', [9, 10.5], [20, 45]) },
    { doing: 'walking', ...at('afternoon', [15, 16.5], [30, 60]) },
  ];
  if (noise.uniform(`${wearer.key}/${day}/evening`) < 0.4)
    outings.push({ doing: 'walking', ...at('evening', [18.2, 18.8], [15, 35]) });
  return outings;
}

function localDay(storyMs: number): { day: number; msOfDay: number } {
  const local = storyMs + ZONE_MS;
  const day = Math.floor(local / DAY);
  return { day, msOfDay: local - day * DAY };
}

/** The beginning of the local day that holds this moment. */
export function localMidnight(storyMs: number): number {
  return localDay(storyMs).day * DAY - ZONE_MS;
}

function isAsleep(noise: Noise, wearer: Wearer, day: number, msOfDay: number): boolean {
  const up = noise.between(`${wearer.key}/${day}/up`, [4.8, 5.8]) * HOUR;
  const toBed = noise.between(`${wearer.key}/${day}/bed`, [20.2, 21.5]) * HOUR;
  return msOfDay < up || msOfDay > toBed;
}

/** Where she is and what she does there: at home, or on a loop that starts and ends there. */
export function whereabouts(noise: Noise, wearer: Wearer, storyMs: number): Whereabouts {
  const { day, msOfDay } = localDay(storyMs);
  const outing = outingsOf(noise, wearer, day).find((o) => msOfDay >= o.from && msOfDay < o.to);
  if (!outing) {
    const doing = isAsleep(noise, wearer, day, msOfDay) ? 'sleeping' : 'at_home';
    return { ...wearer.home, doing, speedKmh: 0, course: 0 };
  }
  const part = (msOfDay - outing.from) / (outing.to - outing.from);
  const key = `${wearer.key}/${day}/${outing.from}`;
  const direction = 2 * Math.PI * noise.uniform(`${key}/direction`);
  const walking = outing.doing === 'walking';
  const distance = (walking ? wearer.walkRadiusM : GARDEN_RADIUS_M) * Math.sin(Math.PI * part);
  const angle = direction + 0.7 * Math.sin(2 * Math.PI * part);
  return {
    ...moved(wearer.home, distance * Math.sin(angle), distance * Math.cos(angle)),
    doing: outing.doing,
    speedKmh: walking ? noise.between(`${key}/speed/${Math.floor(part * 20)}`, [1.5, 3.8]) : 0,
    course: (((angle + (part > 0.5 ? Math.PI : 0)) * 180) / Math.PI + 720) % 360,
  };
}

/** What a good measurement would give: a daily rhythm, effort, and the scatter from one minute to the next. */
export function vitalsOf(noise: Noise, wearer: Wearer, storyMs: number): Vitals {
  const { doing } = whereabouts(noise, wearer, storyMs);
  const hour = localDay(storyMs).msOfDay / HOUR;
  /** −1 about four in the morning, +1 about four in the afternoon. */
  const rhythm = Math.cos(((hour - 16) / 24) * 2 * Math.PI);
  const effort = { sleeping: -4, at_home: 0, in_the_garden: 8, walking: 18 }[doing];
  const scatter = (what: string) => noise.normal(`${wearer.key}/${what}/${Math.floor(storyMs / MINUTE)}`);
  const pressure = 4 * scatter('pressure');
  return {
    heartRate: Math.round(clamp(wearer.heartRate + 5 * rhythm + effort + 2.5 * scatter('heart'), [54, 112])),
    spo2: Math.round(
      clamp(wearer.spo2 + (doing === 'sleeping' ? -0.8 : 0) + 0.6 * scatter('spo2'), [94, 99]),
    ),
    systolic: Math.round(clamp(wearer.systolic + 6 * rhythm + effort / 2 + pressure, [100, 152])),
    diastolic: Math.round(clamp(wearer.diastolic + 3 * rhythm + effort / 4 + pressure / 2, [58, 92])),
    temperature: Math.round(10 * clamp(36.45 + 0.25 * rhythm + 0.08 * scatter('warmth'), [36, 37.1])) / 10,
  };
}

const STEPS_PER_MINUTE = { at_home: 3, in_the_garden: 18, walking: 74 } as const;

/** What a step counter that starts at midnight shows. */
export function stepsOf(noise: Noise, wearer: Wearer, storyMs: number): number {
  const { day, msOfDay } = localDay(storyMs);
  const spent = (from: number, to: number) => Math.max(0, Math.min(to, msOfDay) - from) / MINUTE;
  let steps = spent(5.3 * HOUR, 21 * HOUR) * STEPS_PER_MINUTE.at_home;
  for (const outing of outingsOf(noise, wearer, day))
    steps += spent(outing.from, outing.to) * STEPS_PER_MINUTE[outing.doing];
  return Math.floor(steps);
}

/** Percent; the band is charged over supper and lasts to the next evening. */
export function batteryOf(noise: Noise, wearer: Wearer, storyMs: number): number {
  const { msOfDay } = localDay(storyMs);
  const hoursSinceCharge = (msOfDay / HOUR + 24 - 19.5) % 24;
  return 100 - hoursSinceCharge * noise.between(`${wearer.key}/drain`, [1.6, 2.6]);
}

function clamp(value: number, [min, max]: readonly [number, number]): number {
  return Math.min(max, Math.max(min, value));
}
