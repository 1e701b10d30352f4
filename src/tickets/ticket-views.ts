import type { Severity } from '../model/alerts.ts';
import type { AssetKind } from '../model/assets.ts';
import type { Finding } from '../model/findings.ts';
import type {
  ClockUnit,
  FaultClass,
  TicketAction,
  TicketLevel,
  TicketStage,
  TicketStatus,
} from '../model/tickets.ts';
import { readWatchedPlaces, type WatchedPlace } from '../people/place-store.ts';
import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/database.ts';
import { AppError } from '../platform/errors.ts';
import { type PhotoType, readPhoto } from './photo-store.ts';
import { elapsedOf } from './ticket-clock.ts';
import { readDetail, type TicketDetailRow } from './ticket-detail-store.ts';
import { notFound } from './ticket-door.ts';
import { actionsFor } from './ticket-machine.ts';
import {
  type PersonRow,
  readAssignable,
  readFacts,
  readStanding,
  readVisible,
  type TicketQuery,
  type TicketViewer,
  type VisibleRow,
} from './ticket-queries-store.ts';
import { type LockedTicket, readTickets } from './ticket-store.ts';
import type { TicketFacts } from './tickets.ts';
import type { Calendar } from './working-time.ts';

export type { TicketQuery, TicketViewer };

interface Named {
  id: number;
  name: string;
}

/** One line of a list; what the API calls `TicketSummary`. */
export interface TicketSummaryView {
  id: number;
  kind: string;
  faultClass: FaultClass;
  severity: Severity;
  status: TicketStatus;
  level: TicketLevel;
  asset: { id: number; kind: AssetKind; name: string; path: string[] } | null;
  device: { id: number | null; protocol: string; nativeId: string; name: string | null };
  company: Named | null;
  grid: Named | null;
  desk: Named | null;
  owner: PersonRow | null;
  assignees: PersonRow[];
  address: string | null;
  location: { latitude: number; longitude: number } | null;
  occurrences: number;
  reworks: number;
  breaches: number;
  reportedAt: number;
  lastFaultAt: number;
  recoveredAt: number | null;
  closedAt: number | null;
  clock: {
    stage: TicketStage;
    unit: ClockUnit;
    limitMs: number;
    elapsedMs: number;
    running: boolean;
    dueAt: number | null;
  };
  request: {
    kind: 'pause' | 'extension';
    reason: string;
    until: number | null;
    byMs: number | null;
    by: PersonRow | null;
    at: number;
  } | null;
  pausedUntil: number | null;
}

/** Everything of one ticket; what the API calls `TicketDetail`. */
export interface TicketDetailView
  extends TicketSummaryView,
    Pick<TicketDetailRow, 'note' | 'evidence' | 'finishedBy' | 'verifiedBy' | 'timeline' | 'tasks'> {
  acceptedAt: number | null;
  startedAt: number | null;
  finishedAt: number | null;
  verifiedAt: number | null;
  finding: Finding | null;
  rating: number | null;
  ratingNote: string | null;
  photos: (TicketDetailRow['photos'][number] & { url: string })[];
  breachList: TicketDetailRow['breaches'];
  assignable: { people: PersonRow[]; companies: Named[] };
  dispatchable: Named[];
  actions: TicketAction[];
}

/** The tickets as people see them. */
export interface TicketViews {
  /** Those that the viewer may see: open ones first, the nearest deadline before the others. */
  list(viewer: TicketViewer, query: TicketQuery): Promise<TicketSummaryView[]>;
  /** One in full, with what the viewer may do. Throws TICKET_NOT_FOUND (404) also where he may not see it. */
  get(viewer: TicketViewer, id: number): Promise<TicketDetailView>;
  /** What decides who sees them; those that are not there are missing. */
  facts(ids: readonly number[]): Promise<Map<number, TicketFacts>>;
  /** Throws TICKET_PHOTO_NOT_FOUND (404) also where the viewer may not see its ticket. */
  photo(viewer: TicketViewer, id: number): Promise<{ ticketId: number; type: PhotoType; bytes: Uint8Array }>;
}

export function createTicketViews(deps: {
  database: Database;
  clock: Clock;
  calendar: Calendar;
}): TicketViews {
  const { db } = deps.database;
  const summaries = async (rows: readonly VisibleRow[]) => {
    const tickets = await readTickets(
      db,
      rows.map((row) => row.id),
    );
    const places = await readWatchedPlaces(db, tickets);
    const byId = new Map(tickets.map((ticket, i) => [ticket.id, { ticket, place: places[i] }]));
    return rows.flatMap((row) => {
      const { ticket, place } = byId.get(row.id) ?? {};
      return ticket && place ? [{ ticket, view: summaryOf(ticket, { row, place }, deps) }] : [];
    });
  };
  return {
    list: async (viewer, query) =>
      (await summaries(await readVisible(db, viewer, query))).map(({ view }) => view),
    async get(viewer, id) {
      const [found] = await summaries(await readVisible(db, viewer, { id }));
      const detail = found && (await readDetail(db, id));
      const standing = found && (await readStanding(db, viewer, id));
      if (!detail || !standing) throw notFound(id);
      const actions = actionsFor(found.ticket, standing);
      const mayGive = actions.includes('assign') || actions.includes('dispatch');
      const assignable = mayGive ? await readAssignable(db, id) : { people: [], companies: [] };
      return {
        ...found.view,
        ...detailOf(found.ticket, detail),
        assignable: assignableFor(found.ticket, actions, assignable),
        dispatchable: actions.includes('dispatch') ? assignable.companies : [],
        actions,
      };
    },
    facts: (ids) => readFacts(db, ids),
    async photo(viewer, id) {
      const photo = await readPhoto(db, id);
      const [visible] = photo ? await readVisible(db, viewer, { id: photo.ticketId }) : [];
      if (!photo || !visible) {
        throw new AppError('TICKET_PHOTO_NOT_FOUND', `no photo ${id}`, { status: 404 });
      }
      return photo;
    },
  };
}

function assignableFor(
  { level }: LockedTicket,
  actions: readonly TicketAction[],
  { people, companies }: TicketDetailView['assignable'],
): TicketDetailView['assignable'] {
  if (!actions.includes('assign')) return { people: [], companies: [] };
  return { people, companies: level === 'property' ? [] : companies };
}

function detailOf(ticket: LockedTicket, { breaches, photos, ...rest }: TicketDetailRow) {
  const { acceptedAt, startedAt, finishedAt, verifiedAt, finding, rating, ratingNote } = ticket;
  return {
    ...rest,
    acceptedAt,
    startedAt,
    finishedAt,
    verifiedAt,
    finding,
    rating,
    ratingNote,
    photos: photos.map((photo) => ({ ...photo, url: `/api/photos/${photo.id}` })),
    breachList: breaches,
  };
}

function summaryOf(
  ticket: LockedTicket,
  { row, place }: { row: VisibleRow; place: WatchedPlace },
  deps: { clock: Clock; calendar: Calendar },
): TicketSummaryView {
  const { id, kind, faultClass, severity, status, level, clock } = ticket;
  return {
    id,
    kind,
    faultClass,
    severity,
    status,
    level,
    asset: place.asset && { ...place.asset, path: [...place.path] },
    device: {
      id: ticket.deviceId,
      protocol: ticket.protocol,
      nativeId: ticket.nativeId,
      name: place.deviceName,
    },
    company: named(ticket.companyId, ticket.companyName),
    grid: named(ticket.gridId, row.grid_name),
    desk: named(ticket.deskGridId, row.desk_name),
    owner:
      ticket.ownerId === null
        ? null
        : { id: ticket.ownerId, name: ticket.ownerName ?? '', phone: row.owner_phone },
    assignees: row.assignees,
    address: place.address,
    location: place.point,
    occurrences: ticket.occurrences,
    reworks: ticket.reworks,
    breaches: row.breaches,
    reportedAt: ticket.reportedAt,
    lastFaultAt: ticket.lastFaultAt,
    recoveredAt: ticket.recoveredAt,
    closedAt: ticket.closedAt,
    clock: {
      stage: clock.stage,
      unit: clock.unit,
      limitMs: clock.limitMs,
      elapsedMs: elapsedOf(deps.calendar, clock, deps.clock.now()),
      running: clock.since !== null,
      dueAt: clock.dueAt,
    },
    request: requestOf(ticket, row),
    pausedUntil: ticket.pausedUntil,
  };
}

const named = (id: number | null, name: string | null): Named | null =>
  id === null ? null : { id, name: name ?? '' };

/** What waits to be decided. */
function requestOf({ request }: LockedTicket, row: VisibleRow): TicketSummaryView['request'] {
  if (!request || request.decided !== undefined) return null;
  const { kind, reason, until, byMs, at } = request;
  return { kind, reason, until, byMs, by: row.request_by, at };
}
