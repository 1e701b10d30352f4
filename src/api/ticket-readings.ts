import { definitionOf, type SignalKind } from '../model/signals.ts';
import type { EventPoint } from '../telemetry/telemetry.ts';
import type { ApiDeps } from './deps.ts';
import { readTicketPoints, type TicketPoint } from './stores/ticket-point-store.ts';
import type { TicketDetail, TicketReadings } from './ticket-schemas.ts';
import { unitOf } from './units.ts';

const HOUR_MS = 3_600_000;
const BEFORE_MS = 2 * HOUR_MS;
const AFTER_MS = 2 * HOUR_MS;
/** A ticket that is open for months shows this much. */
const LONGEST_MS = 30 * 24 * HOUR_MS;
const MOST_POINTS = 500;
const MOST_SERIES = 24;
const MOST_EVENTS = 200;

/** Drawn as a line; what is a word or an event is listed. */
const drawn: ReadonlySet<SignalKind> = new Set(['number', 'boolean']);
/** They say how the device is, not the pipe; shown where they are what is wrong. */
const housekeeping: ReadonlySet<string> = new Set(['rssi', 'snr', 'battery', 'battery_voltage']);

type Deps = Pick<ApiDeps, 'database' | 'telemetry' | 'clock'>;
type About = Pick<
  TicketDetail,
  'asset' | 'device' | 'reportedAt' | 'lastFaultAt' | 'reworks' | 'closedAt' | 'evidence'
>;

/** What the devices of the asset, and of the pipe or panel it hangs on, measured from two hours before the fault to two after the end. */
export async function ticketReadings(deps: Deps, ticket: About): Promise<TicketReadings> {
  const { from, to, faultAt } = spanOf(ticket, deps.clock.now());
  const where = { assetId: ticket.asset?.id ?? null, deviceId: ticket.device.id };
  const points = await readTicketPoints(deps.database.db, where);
  const lines = mostTelling(points, ticket.evidence.signal);
  const series = await Promise.all(lines.map((point) => seriesOf(deps, point, { from, to })));
  return {
    from,
    to,
    faultAt,
    series: series.filter((each) => each.points.length > 0),
    events: await eventsOf(deps, points, { from, to }),
  };
}

/** A fault that came back within a week counts from when it did. */
function spanOf(ticket: About, now: number): { from: number; to: number; faultAt: number } {
  const faultAt = ticket.reworks > 0 ? ticket.lastFaultAt : ticket.reportedAt;
  const from = faultAt - BEFORE_MS;
  const end = ticket.closedAt === null ? now : Math.min(now, ticket.closedAt + AFTER_MS);
  return { from, to: Math.min(Math.max(end, faultAt) + 1, from + LONGEST_MS), faultAt };
}

/** What the ticket is about first; of the rest what is nearest to it. */
function mostTelling(points: readonly TicketPoint[], cause: unknown): TicketPoint[] {
  const lines = points.filter(
    ({ signal }) => drawn.has(definitionOf(signal).kind) && (signal === cause || !housekeeping.has(signal)),
  );
  const about = lines.filter(({ signal }) => signal === cause);
  return [...about, ...lines.filter((line) => !about.includes(line))].slice(0, MOST_SERIES);
}

async function seriesOf(
  { telemetry }: Deps,
  { deviceId, deviceName, signal, channel, since }: TicketPoint,
  { from, to }: { from: number; to: number },
): Promise<TicketReadings['series'][number]> {
  const begin = Math.max(from, since);
  const query = { deviceIds: [deviceId], signal, channel, from: begin, to, maxPoints: MOST_POINTS };
  const points = begin < to ? await telemetry.series(query) : [];
  return { deviceId, deviceName, signal, channel, unit: unitOf(signal), points };
}

async function eventsOf(
  { telemetry }: Deps,
  points: readonly TicketPoint[],
  { from, to }: { from: number; to: number },
): Promise<TicketReadings['events']> {
  const told = points.filter(({ signal }) => ['enum', 'event'].includes(definitionOf(signal).kind));
  if (told.length === 0) return [];
  const known = new Map(told.map((point) => [point.deviceId, point]));
  const signals = [...new Set(told.map(({ signal }) => signal))];
  const events = await telemetry.events({
    deviceIds: [...known.keys()],
    signals,
    from,
    to,
    most: MOST_EVENTS,
  });
  return events.flatMap((event) => {
    const { deviceName = '', since = 0 } = known.get(event.deviceId) ?? {};
    return event.at >= since ? [eventView(event, deviceName)] : [];
  });
}

/** Of a breaker's fault the value is what it says of it. */
function eventView(event: EventPoint, deviceName: string): TicketReadings['events'][number] {
  const { at, deviceId, signal, channel, origin, cause, stage, code } = event;
  const value = cause === undefined ? event.value : { cause, stage, code };
  return { at, deviceId, deviceName, signal, channel, value, origin };
}
