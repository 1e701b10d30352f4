import type { AlertChange } from '../model/alerts.ts';
import type { OutageScope } from '../model/outages.ts';

/** What devices share and how they are, seen at one moment. */
export interface Group {
  scope: OutageScope | 'gateway';
  key: string;
  /** Fell silent together, as far as can be told. */
  quiet: number;
  /** Heard since the last of those was. Others say nothing yet: they seldom speak. */
  alive: number;
}

/** From so many quiet devices on, and this share of those that can be told, the group is the cause. The narrowest first. */
const causes: readonly { scope: Group['scope']; atLeast: number; share: number }[] = [
  { scope: 'gateway', atLeast: 2, share: 0.6 },
  { scope: 'building', atLeast: 5, share: 0.6 },
  { scope: 'estate', atLeast: 8, share: 0.6 },
  { scope: 'grid', atLeast: 8, share: 0.6 },
  { scope: 'operator', atLeast: 10, share: 0.5 },
  { scope: 'platform', atLeast: 10, share: 0.5 },
  { scope: 'everything', atLeast: 20, share: 0.5 },
];
/** What is wider must explain so many times more, or the narrower one is the cause. */
const NOTABLY = 1.25;

/** What failed: the narrowest of the groups that explains nearly all; undefined where nothing or a single gateway did. */
export function causeOf(groups: readonly Group[]): (Group & { scope: OutageScope }) | undefined {
  let best: Group | undefined;
  for (const { scope, atLeast, share } of causes)
    for (const group of groups) {
      if (group.scope !== scope || group.quiet < atLeast) continue;
      if (group.quiet < share * (group.quiet + group.alive)) continue;
      if (!best || group.quiet >= NOTABLY * best.quiet) best = group;
    }
  return best && isOutage(best) ? best : undefined;
}

/** A dead gateway has a rule of its own. */
const isOutage = (group: Group): group is Group & { scope: OutageScope } => group.scope !== 'gateway';

/** It is over when so many are back … */
const BACK = 0.8;
/** … or when somebody resolved it this long ago and most are back: the rest is work for each. */
const SETTLED_MS = 30 * 60_000;

export function isOver(
  { members, back, resolvedAt }: { members: number; back: number; resolvedAt: number | null },
  now: number,
): boolean {
  if (back >= BACK * members) return true;
  return resolvedAt !== null && now - resolvedAt >= SETTLED_MS && back > members / 2;
}

/** A silence that an outage may explain. Life signals, and whatever else an incident follows from, are never held. */
export const isSilence = (change: AlertChange): boolean =>
  change.state === 'firing' &&
  change.consequence !== 'incident' &&
  change.evidence.signal === 'online' &&
  change.deviceId !== undefined;
