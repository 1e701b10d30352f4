import { type Kysely, sql } from 'kysely';
import type { AlertChange } from '../../src/model/alerts.ts';
import type { Role } from '../../src/model/incidents.ts';
import { createDirectory } from '../../src/people/directory.ts';
import { addDeskMember, insertGrid } from '../../src/people/grid-store.ts';
import { createVirtualClock, type VirtualClock } from '../../src/platform/clock.ts';
import type { Database } from '../../src/platform/database.ts';
import { createLogger } from '../../src/platform/logging.ts';
import type { Tables } from '../../src/platform/schema.ts';
import { readCalendar } from '../../src/tickets/calendars.ts';
import type { TicketsDeps } from '../../src/tickets/deps.ts';
import { readTicketPolicies } from '../../src/tickets/policies.ts';
import {
  createTicketViews,
  type TicketDetailView,
  type TicketViews,
} from '../../src/tickets/ticket-views.ts';
import { createTickets, type Tickets } from '../../src/tickets/tickets.ts';
import { type Calendar, createCalendar } from '../../src/tickets/working-time.ts';
import { addAccount, MINUTE, NOON_MS, square } from './rescue-village.ts';
import { readProjectFile } from './source.ts';

export { addAccount, MINUTE, NOON_MS };
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

export interface Person {
  id: number;
  roles: readonly Role[];
}

/** An estate with a riser pipe in building 3, its company, and desks of the community, the street and the city above its grid. */
export interface TicketEstate {
  grids: { city: number; street: number; community: number; grid: number };
  company: number;
  otherCompany: number;
  people: Record<
    | 'manager'
    | 'manager2'
    | 'repairer'
    | 'otherManager'
    | 'community'
    | 'community2'
    | 'street'
    | 'city'
    | 'admin'
    | 'worker',
    Person
  >;
  assets: { estate: number; building: number; pipe: number; breaker: number };
  gateway: number;
  sensor: number;
}

export async function buildEstate({ db }: Database): Promise<TicketEstate> {
  const polygon = square(114.86, 114.9);
  const grid = (parentId: number | null, level: 'city' | 'street' | 'community' | 'grid', name: string) =>
    insertGrid(db, { parentId, level, code: name, name, polygon });
  const city = await grid(null, 'city', '鄂州市');
  const street = await grid(city, 'street', '滨湖街道');
  const community = await grid(street, 'community', '滨湖社区');
  const cell = await grid(community, 'grid', '滨湖一网格');
  const people = {
    manager: await addAccount(db, 'manager', ['property']),
    manager2: await addAccount(db, 'manager2', ['property']),
    repairer: await addAccount(db, 'repairer', ['property']),
    otherManager: await addAccount(db, 'otherManager', ['property']),
    community: await addAccount(db, 'community', ['dispatcher']),
    community2: await addAccount(db, 'community2', ['dispatcher']),
    street: await addAccount(db, 'street', ['dispatcher']),
    city: await addAccount(db, 'city', ['dispatcher']),
    admin: await addAccount(db, 'admin', ['admin']),
    worker: await addAccount(db, 'worker', ['responder']),
  };
  await addDeskMember(db, community, people.community.id);
  await addDeskMember(db, community, people.community2.id);
  await addDeskMember(db, street, people.street.id);
  await addDeskMember(db, city, people.city.id);
  const company = await addCompany(db, 'binhu-wuye', [
    [people.manager.id, 'manager'],
    [people.manager2.id, 'manager'],
    [people.repairer.id, 'repairer'],
  ]);
  const otherCompany = await addCompany(db, 'other-wuye', [[people.otherManager.id, 'manager']]);
  const estate = await addAsset(db, { kind: 'estate', name: '滨湖苑', companyId: company, gridId: cell });
  const building = await addAsset(db, { kind: 'building', name: '3 号楼', parentId: estate, siteId: estate });
  const pipe = await addAsset(db, { kind: 'pipe', name: '给水立管', parentId: building, siteId: estate });
  const breaker = await addAsset(db, {
    kind: 'breaker',
    name: '公共照明',
    parentId: building,
    siteId: estate,
  });
  const gateway = await addDevice(db, { nativeId: 'binhu-gw-01', assetId: building });
  const sensor = await addDevice(db, { nativeId: '0x00158d0000000001', assetId: pipe, gatewayId: gateway });
  const grids = { city, street, community, grid: cell };
  const assets = { estate, building, pipe, breaker };
  return { grids, company, otherCompany, people, assets, gateway, sensor };
}

export async function addCompany(
  db: Kysely<Tables>,
  name: string,
  members: readonly (readonly [number, 'manager' | 'repairer'])[],
): Promise<number> {
  const { id } = await db
    .insertInto('companies')
    .values({ code: name, name })
    .returning('id')
    .executeTakeFirstOrThrow();
  for (const [account_id, duty] of members) {
    await db.insertInto('company_members').values({ company_id: id, account_id, duty }).execute();
  }
  return id;
}

export async function addAsset(
  db: Kysely<Tables>,
  asset: {
    kind: string;
    name: string;
    parentId?: number;
    siteId?: number;
    companyId?: number;
    gridId?: number;
    remoteSwitch?: 'never' | 'manual' | 'automatic';
  },
): Promise<number> {
  const { rows } = await sql<{ id: number }>`
    with next as (select nextval(pg_get_serial_sequence('assets', 'id')) as id)
    insert into assets (id, parent_id, site_id, kind, code, name, company_id, grid_id, remote_switch)
    overriding system value
    select id, ${asset.parentId ?? null}, coalesce(${asset.siteId ?? null}::bigint, id), ${asset.kind}, 'asset ' || id, ${asset.name},
      ${asset.companyId ?? null}, ${asset.gridId ?? null}, ${asset.remoteSwitch ?? 'manual'} from next
    returning id`.execute(db);
  return rows[0]?.id ?? 0;
}

export async function addDevice(
  db: Kysely<Tables>,
  device: { nativeId: string; assetId?: number; gatewayId?: number },
): Promise<number> {
  const { id } = await db
    .insertInto('devices')
    .values({
      protocol: 'zigbee2mqtt',
      native_id: device.nativeId,
      name: device.nativeId,
      asset_id: device.assetId ?? null,
      gateway_id: device.gatewayId ?? null,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

export const shippedPolicies = () => {
  const read = readTicketPolicies('tickets.yaml', readProjectFile('alert-rules/policies/tickets.yaml'));
  if ('problems' in read)
    throw new Error(`the shipped deadlines have faults: ${JSON.stringify(read.problems)}`);
  return read.policies;
};

export const shippedCalendar = (): Calendar => {
  const read = readCalendar('cn.yaml', readProjectFile('alert-rules/calendars/cn.yaml'));
  if ('problems' in read)
    throw new Error(`the shipped calendar has faults: ${JSON.stringify(read.problems)}`);
  return createCalendar(read.week, 'Asia/Shanghai');
};

export interface Desk {
  clock: VirtualClock;
  tickets: Tickets;
  views: TicketViews;
  /** Ids that were handed to notify. */
  dispatched: number[];
  repaired(): number;
  /** Hands alerts over in one transaction and runs what follows its commit. */
  respond(...changes: AlertChange[]): Promise<void>;
  /** Moves time on with a sweep whenever something is due, as the service's sweep of each second does. */
  pass(ms: number): Promise<void>;
  look(id: number): Promise<TicketDetailView>;
}

/** The service as `app.ts` makes it, with a virtual clock; made again on the same database it is a restarted one. */
export function startDesk(
  database: Database,
  options: { clock?: VirtualClock; calendar?: Calendar } & Partial<TicketsDeps> = {},
): Desk {
  const clock = options.clock ?? createVirtualClock(NOON_MS);
  const timeZone = 'Asia/Shanghai';
  const calendar = options.calendar ?? shippedCalendar();
  const dispatched: number[] = [];
  let repaired = 0;
  const tickets = createTickets({
    database,
    timeZone,
    policies: shippedPolicies(),
    directory: createDirectory({ database, clock, timeZone }),
    channelsFor: () => ['live'],
    dispatch: (ids) => void dispatched.push(...ids),
    queueSwitchOff: async () => undefined,
    onRepaired: () => repaired++,
    log: createLogger('silent'),
    ...options,
    clock,
    calendar,
  });
  const views = createTicketViews({ database, clock, calendar });
  return {
    clock,
    tickets,
    views,
    dispatched,
    repaired: () => repaired,
    async respond(...changes) {
      const after = await database.db.transaction().execute((trx) => tickets.respond(trx, changes));
      after();
    },
    async pass(ms) {
      const end = clock.now() + ms;
      while (clock.now() < end) {
        const due = await nextDue(database);
        clock.set(Math.min(end, Math.max(due, clock.now() + 1000)));
        await tickets.sweep();
      }
    },
    async look(id) {
      const admin = await database.db
        .selectFrom('accounts')
        .select('id')
        .where('login', '=', 'admin')
        .executeTakeFirstOrThrow();
      return views.get({ id: admin.id, roles: ['admin'] }, id);
    },
  };
}

async function nextDue({ db }: Database): Promise<number> {
  const { rows } = await sql<{ due: number | null }>`select min(next_at) as due from tickets`.execute(db);
  return rows[0]?.due ?? Number.POSITIVE_INFINITY;
}

/** A burst pipe as the rules hand it over. */
export function fault(estate: TicketEstate, now: number, more: Partial<AlertChange> = {}): AlertChange {
  return {
    rule: 'water_leak',
    kind: 'water_leak',
    severity: 'critical',
    consequence: 'ticket',
    faultClass: 'water_leak',
    state: 'firing',
    at: now,
    receivedAt: now,
    deviceId: estate.sensor,
    assetId: estate.assets.pipe,
    gatewayId: estate.gateway,
    protocol: 'zigbee2mqtt',
    nativeId: '0x00158d0000000001',
    source: '',
    late: false,
    evidence: { signal: 'water_leak', value: true, receivedAt: now },
    ...more,
  };
}

/** Who was sent what about a ticket, as `login template`, in the order written. */
export async function told({ db }: Database, ticketId: number): Promise<string[]> {
  const rows = await db
    .selectFrom('notifications')
    .innerJoin('accounts', 'accounts.id', 'notifications.account_id')
    .select(['accounts.login', 'notifications.template'])
    .where('ticket_id', '=', ticketId)
    .orderBy('notifications.id')
    .execute();
  return rows.map((row) => `${row.login} ${row.template}`);
}

export async function ticketIds({ db }: Database): Promise<number[]> {
  const rows = await db.selectFrom('tickets').select('id').orderBy('id').execute();
  return rows.map((row) => row.id);
}

/** Kinds of the time line, in order. */
export const kindsOf = (ticket: TicketDetailView): string[] => ticket.timeline.map((entry) => entry.kind);

/** The smallest bytes that are a JPEG by their first ones. */
export const jpeg = (name = 'photo'): Uint8Array =>
  Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.from(name)]);
