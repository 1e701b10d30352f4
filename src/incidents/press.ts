import type { AlertChange } from '../model/alerts.ts';
import type { IncidentLocation } from '../model/incidents.ts';
import { isLifeSignal } from '../model/signals.ts';
import type { GridIndex } from '../people/grid-index.ts';
import { findResponsible, type Responsible, type WatchedAsset } from '../people/responsible.ts';
import { whereaboutsOf } from '../people/whereabouts-store.ts';
import type { MessageFacts } from './messages.ts';
import type { PressContext, PressKey } from './press-store.ts';
import { addressOf, locate } from './whereabouts.ts';

/** An alert on its way to its incident. */
export interface Press {
  change: AlertChange;
  key: string;
  /** Joined with others of its source, because so many unknown devices press there. */
  isFlood: boolean;
}

/** More incidents than this within a minute, from one source address, are not opened for unknown devices: the rest join one. */
export const FLOOD_LIMIT = 20;
export const FLOOD_WINDOW_MS = 60_000;

export const isUnknown = (change: AlertChange): boolean =>
  change.deviceId === undefined && change.subjectId === undefined && change.outage === undefined;

/** The wearer and the kind, else the device and the kind; what failed, where many did. */
export function dedupKey(change: AlertChange): string {
  if (change.outage) return `${change.kind}:${change.outage.scope}:${change.outage.key}`;
  return change.subjectId === undefined
    ? `${change.kind}:device:${change.protocol}:${change.nativeId}`
    : `${change.kind}:subject:${change.subjectId}`;
}

export const floodKey = (change: AlertChange): string => `${change.kind}:flood:${change.source}`;

export function pressKey({ change, key, isFlood }: Press): PressKey {
  return {
    key,
    subjectId: isFlood ? null : (change.subjectId ?? null),
    deviceId: isFlood ? null : (change.deviceId ?? null),
    assetId: change.outage?.assetId ?? null,
    gridId: change.outage?.gridId ?? null,
    source: change.source,
  };
}

/** In a flood each of the first presses rings, then every tenth: thousands of messages a second would reach nobody. */
export function rings(press: Press, presses: { before: number; after: number }): boolean {
  if (!press.isFlood || presses.before < FLOOD_LIMIT) return true;
  return Math.floor(presses.after / 10) > Math.floor(presses.before / 10);
}

/** Where she is and who is responsible, from the press and what else is known. */
export interface PressPlace {
  location: IncidentLocation | null;
  address: string | null;
  responsible: Responsible;
  /** What the device watches, where nobody wears it. */
  asset: WatchedAsset | null;
}

export function placeOf(change: AlertChange, context: PressContext, at: { index: GridIndex; now: number }) {
  const where = whereaboutsOf(context);
  const fix = change.evidence.location;
  const { lastKnown, home, asset } = where;
  const location = locate({ fix, lastKnown, home, asset });
  return {
    location,
    address: asset ? asset.address : addressOf(location, home, context.home_address),
    asset,
    responsible: findResponsible(at.index, { ...where, fix }, at.now),
  } satisfies PressPlace;
}

/** What the time line keeps of one press. */
export function pressEntry(change: AlertChange, place?: PressPlace) {
  const { evidence } = change;
  return {
    kind: isLifeSignal(evidence.signal) ? ('press' as const) : ('alert' as const),
    detail: {
      rule: change.rule,
      state: change.state,
      signal: evidence.signal,
      ...(evidence.value === undefined ? {} : { value: evidence.value }),
      protocol: change.protocol,
      nativeId: change.nativeId,
      source: change.source,
      observedAt: change.at,
      receivedAt: change.receivedAt,
      ...(change.outage ? { outage: change.outage } : {}),
      ...(change.late ? { late: true } : {}),
      ...(evidence.location ? { location: evidence.location } : {}),
      ...(place?.responsible.fixOutside ? { fixOutside: true } : {}),
    },
  };
}

export function factsOf(
  change: AlertChange,
  context: PressContext,
  place: PressPlace & { grid: string | null },
): MessageFacts {
  return {
    kind: change.kind,
    severity: change.severity,
    subjectName:
      context.subject_name ??
      place.asset?.title ??
      (change.outage ? change.outage.label || place.grid : null),
    ...(change.outage ? { outage: change.outage } : {}),
    protocol: change.protocol,
    nativeId: change.nativeId,
    grid: place.grid,
    address: place.address,
    location: place.location,
    presses: 1,
    late: change.late,
    happenedAt: change.late ? change.at : null,
    raisedAt: change.receivedAt,
  };
}
