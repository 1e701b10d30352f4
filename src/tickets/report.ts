import type { AlertChange } from '../model/alerts.ts';
import type { FaultClass } from '../model/tickets.ts';
import type { RoundDeps } from './deps.ts';
import type { Placed } from './places.ts';
import { type Fault, worstOf } from './ticket-faults.ts';
import { deskEntries, onDesk, rungFrom } from './ticket-rise.ts';
import { type Ground, type Tell, type TicketMutable, type TimelineDraft, unworked } from './ticket-state.ts';

/** An alert on its way to its ticket. */
export interface Report {
  change: AlertChange;
  faultClass: FaultClass;
  key: string;
}

/** Faults of the device itself: two devices of one asset have a ticket each. */
const ofDevice: readonly FaultClass[] = ['device_battery', 'device_silent', 'device_fault', 'gateway_dead'];

/** What is read before reports can be told apart. */
interface Known {
  /** Open tickets of dead gateways, by the gateway. */
  rootKeys: ReadonlyMap<number, string>;
  /** Assets that are one point each. */
  points: ReadonlySet<number>;
}

/** The point in need of work and what is broken there. */
export function reportOf(change: AlertChange, { rootKeys, points }: Known): Report {
  const faultClass = change.faultClass ?? 'device_fault';
  const root = change.gatewayId === undefined ? undefined : rootKeys.get(change.gatewayId);
  if (faultClass === 'device_silent' && root !== undefined) return { change, faultClass, key: root };
  return { change, faultClass, key: dedupKey(change, faultClass, points) };
}

/** Fault class and asset; the device where it has none, or one that holds many points. */
export function dedupKey(change: AlertChange, faultClass: FaultClass, points: ReadonlySet<number>): string {
  return change.assetId === undefined || !points.has(change.assetId) || ofDevice.includes(faultClass)
    ? `${faultClass}:device:${change.protocol}:${change.nativeId}`
    : `${faultClass}:asset:${change.assetId}`;
}

export function faultOf({ change }: Report): Fault {
  const { kind, severity, at, receivedAt, evidence } = change;
  const detail = {
    rule: change.rule,
    kind,
    severity,
    signal: evidence.signal,
    ...(evidence.value === undefined ? {} : { value: evidence.value }),
    ...(typeof evidence.cause === 'string' ? { cause: evidence.cause } : {}),
    protocol: change.protocol,
    nativeId: change.nativeId,
    ...(change.channel ? { channel: change.channel } : {}),
    observedAt: at,
    receivedAt,
  };
  return { kind, severity, at, receivedAt, detail };
}

export const mapAll = <A, B>([first, ...rest]: readonly [A, ...A[]], to: (each: A) => B): [B, ...B[]] => [
  to(first),
  ...rest.map(to),
];

/** A ticket as it opens: with the company, or higher up where there is none or nobody of it. */
export function opening(
  reports: readonly [Report, ...Report[]],
  { placed, ground, deps }: { placed: Placed; ground: Ground; deps: RoundDeps },
): { ticket: TicketMutable; entries: TimelineDraft[]; tells: Tell[] } {
  const faults = mapAll(reports, faultOf);
  const { kind, severity } = worstOf(faults);
  const policy = deps.policies.of(reports[0].faultClass, severity);
  const { rung, missing } = rungFrom('property', placed.ladder);
  const [first, ...more] = faults;
  return {
    ticket: {
      kind,
      severity,
      policy,
      companyId: placed.companyId,
      ...onDesk(policy, rung, ground),
      occurrences: faults.length,
      reworks: 0,
      returned: false,
      lastFaultAt: Math.max(...faults.map((fault) => fault.at)),
      ...unworked,
      recoveredAt: null,
      note: null,
      nextAt: null,
      rating: null,
      ratingNote: null,
    },
    entries: [
      { kind: 'reported', detail: first.detail },
      ...more.map(({ detail }) => ({ kind: 'occurrence' as const, detail })),
      ...deskEntries(rung, missing),
    ],
    tells: [{ template: 'ticket_dispatched', to: ['rung'] }],
  };
}
