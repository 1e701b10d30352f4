import { type DeviceCredential, type Part, parts } from '../credentials.ts';
import type { Noise } from '../noise.ts';
import { type PlannedEvent, planDay } from './story.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** The first day tells everything within a quarter of an hour, so that somebody who has just started it sees it. */
const FIRST_DAY: Readonly<Record<Part, readonly [number, number]>> = {
  sos: [42 * SECOND, 58 * SECOND],
  no_network: [80 * SECOND, 100 * SECOND],
  taken_off: [2 * MINUTE, 3 * MINUTE],
  fall: [4 * MINUTE, 5 * MINUTE],
  desaturation: [6 * MINUTE, 7 * MINUTE],
  flat_battery: [9 * MINUTE, 10 * MINUTE],
};

/** Which band each part falls to: the one that the credentials name, else one drawn by the seed; no band has two parts. */
export function castOf(noise: Noise, devices: readonly DeviceCredential[]): Map<Part, string> {
  const cast = new Map<Part, string>();
  const free = devices.filter((device) => !device.unregistered);
  const take = (part: Part, device: DeviceCredential | undefined) => {
    if (!device) return;
    cast.set(part, device.id);
    free.splice(free.indexOf(device), 1);
  };
  for (const part of parts)
    take(
      part,
      free.find((device) => device.part === part),
    );
  for (const part of parts.filter((p) => !cast.has(p))) {
    const open = free.filter((device) => !device.part);
    take(part, open[Math.floor(noise.uniform(`cast/${part}`) * open.length)]);
  }
  return cast;
}

/** What happens in the village on the nth day since the start, in order. */
export function planVillageDay(
  noise: Noise,
  cast: ReadonlyMap<Part, string>,
  when: { day: number; startedAt: number },
): PlannedEvent<Part>[] {
  return planDay(noise, cast, { ...when, firstDay: FIRST_DAY });
}
