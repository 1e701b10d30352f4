import type { Noise } from './noise.ts';
import { moved, type Point, scattered } from './places.ts';
import {
  batteryOf,
  stepsOf,
  type Vitals,
  vitalsOf,
  type Wearer,
  type Whereabouts,
  whereabouts,
} from './wearer.ts';

/** What the story imposes on a band for a while; the scenario changes it, the band reads it. */
export interface Situation {
  worn: boolean;
  /** Percent, instead of what the hours since the last charge leave. */
  battery?: number;
  /** Percent, instead of what the body would give. */
  spo2?: number;
  /** True: in the open just beside her home, whatever the hour, so that a GPS fix comes with it. False: below a roof. */
  outdoors?: boolean;
}

export interface Fix extends Point {
  accuracyM: number;
  satellites: number;
  speedKmh: number;
  course: number;
  altitude: number;
}

export interface AccessPoint {
  name: string;
  mac: string;
  rssi: number;
}

export interface Cell {
  lac: number;
  cid: number;
  rssi: number;
}

/** Everything that a band knows at one moment, before it is put into a protocol. */
export interface Snapshot {
  /** Real time, milliseconds since 1970. */
  at: number;
  /** Absent below a roof. */
  fix?: Fix;
  wifi: AccessPoint[];
  cell: Cell;
  moving: boolean;
  battery: number;
  steps: number;
  worn: boolean;
  /** Absent while the band is off the wrist. */
  vitals?: Vitals;
}

export interface Moment {
  at: number;
  storyMs: number;
}

/** Below this a band sets its "battery low" bit. */
export const LOW_BATTERY = 15;
const GPS_NOISE_M = 5;

export function takeSnapshot(
  noise: Noise,
  wearer: Wearer,
  situation: Readonly<Situation>,
  moment: Moment,
): Snapshot {
  const place = situation.outdoors ? besideHome(noise, wearer) : whereabouts(noise, wearer, moment.storyMs);
  const outdoors = situation.outdoors ?? (place.doing === 'walking' || place.doing === 'in_the_garden');
  const vitals = vitalsOf(noise, wearer, moment.storyMs);
  return {
    at: moment.at,
    ...(outdoors ? { fix: gpsFix(noise, wearer, { place, at: moment.at }) } : {}),
    wifi: outdoors ? [] : accessPoints(noise, wearer, moment.at),
    cell: {
      lac: 28_961,
      cid: 61_000 + Math.floor(noise.between('cell', [0, 4_000])),
      rssi: Math.round(noise.between(`${wearer.key}/${moment.at}/gsm`, [110, 150])),
    },
    moving: place.speedKmh > 0,
    battery: Math.round(situation.battery ?? batteryOf(noise, wearer, moment.storyMs)),
    steps: stepsOf(noise, wearer, moment.storyMs),
    worn: situation.worn,
    ...(situation.worn ? { vitals: { ...vitals, spo2: situation.spo2 ?? vitals.spo2 } } : {}),
  };
}

function besideHome(noise: Noise, wearer: Wearer): Whereabouts {
  const place = scattered(noise, `${wearer.key}/beside`, { centre: wearer.home, radiusM: 15 });
  return { ...place, doing: 'in_the_garden', speedKmh: 0, course: 0 };
}

function gpsFix(
  noise: Noise,
  wearer: Wearer,
  seen: { place: Point & { speedKmh: number; course: number }; at: number },
): Fix {
  const key = `${wearer.key}/${seen.at}`;
  const { latitude, longitude } = moved(
    seen.place,
    GPS_NOISE_M * noise.normal(`${key}/east`),
    GPS_NOISE_M * noise.normal(`${key}/north`),
  );
  return {
    latitude,
    longitude,
    accuracyM: Math.round(noise.between(`${key}/accuracy`, [6, 18])),
    satellites: Math.round(noise.between(`${key}/satellites`, [7, 13])),
    speedKmh: seen.place.speedKmh,
    course: seen.place.course,
    altitude: Math.round(noise.between(`${key}/altitude`, [21, 29])),
  };
}

/** Her own router and those of the neighbours, always the same ones, stronger or weaker. */
function accessPoints(noise: Noise, wearer: Wearer, at: number): AccessPoint[] {
  const count = 2 + Math.floor(3 * noise.uniform(`${wearer.key}/routers`));
  return Array.from({ length: count }, (_, i) => {
    const byte = (n: number) =>
      Math.floor(256 * noise.uniform(`${wearer.key}/router/${i}/${n}`))
        .toString(16)
        .padStart(2, '0');
    const suffix = `${byte(4)}${byte(5)}`.toUpperCase();
    return {
      name: i === 0 ? `CMCC-${suffix}` : `ChinaNet-${suffix}`,
      // 02: a locally administered address, so that no real router is named.
      mac: ['02', byte(1), byte(2), byte(3), byte(4), byte(5)].join(':'),
      rssi: Math.round(noise.between(`${wearer.key}/${at}/rssi/${i}`, [-62 - 9 * i, -48 - 9 * i])),
    };
  });
}
