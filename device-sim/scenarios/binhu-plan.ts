import type { Neighbourhood } from '../neighbourhood.ts';
import type { Noise } from '../noise.ts';
import { type PlannedEvent, planDay } from './story.ts';

/** What happens at a moment; `stale_leak` and `stale_trip` are states of a cache and have none. */
export const neighbourhoodParts = [
  'burst',
  'cellar_leak',
  'overload',
  'restart',
  'flat_battery',
  'cover_open',
  'bin_full',
  'dies',
  'blocked_sewer',
] as const;
export type NeighbourhoodPart = (typeof neighbourhoodParts)[number];

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** The first day tells everything within eight minutes; the burst pipe is to be a ticket within three. */
const FIRST_DAY: Readonly<Record<NeighbourhoodPart, readonly [number, number]>> = {
  burst: [30 * SECOND, 40 * SECOND],
  cellar_leak: [60 * SECOND, 70 * SECOND],
  overload: [2 * MINUTE, 2.3 * MINUTE],
  restart: [3 * MINUTE, 3.2 * MINUTE],
  flat_battery: [3.5 * MINUTE, 4 * MINUTE],
  cover_open: [4.2 * MINUTE, 4.6 * MINUTE],
  bin_full: [5 * MINUTE, 5.4 * MINUTE],
  dies: [6 * MINUTE, 6.4 * MINUTE],
  blocked_sewer: [7 * MINUTE, 7.5 * MINUTE],
};

/** Which gateway, child or sensor each part falls to, by the id that the platform knows: as the credentials say. */
export function castOfNeighbourhood({ gateways, sensors }: Neighbourhood): Map<NeighbourhoodPart, string> {
  const children = gateways.flatMap((gateway) => gateway.children);
  const all = [
    ...gateways.map(({ id, part }) => ({ id, part })),
    ...children.map(({ address, part }) => ({ id: address, part })),
    ...sensors.map(({ id, part }) => ({ id, part })),
  ];
  const played = neighbourhoodParts.map(
    (part) => [part, all.find((each) => each.part === part)?.id] as const,
  );
  return new Map(played.filter((entry): entry is [NeighbourhoodPart, string] => entry[1] !== undefined));
}

/** What happens in the neighbourhood on the nth day since the start, in order. */
export function planNeighbourhoodDay(
  noise: Noise,
  cast: ReadonlyMap<NeighbourhoodPart, string>,
  when: { day: number; startedAt: number },
): PlannedEvent<NeighbourhoodPart>[] {
  return planDay(noise, cast, { ...when, firstDay: FIRST_DAY });
}
