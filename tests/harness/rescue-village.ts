import { type Kysely, sql } from 'kysely';
import { getIncident, type IncidentDetailView } from '../../src/incidents/incident-views.ts';
import { createIncidents, type Incidents } from '../../src/incidents/incidents.ts';
import { readPolicy } from '../../src/incidents/policies.ts';
import type { AlertChange } from '../../src/model/alerts.ts';
import type { Role } from '../../src/model/incidents.ts';
import { createDirectory, type Directory } from '../../src/people/directory.ts';
import type { GridPolygon } from '../../src/people/grid-index.ts';
import { addDeskMember, insertGrid } from '../../src/people/grid-store.ts';
import { insertShift } from '../../src/people/roster-store.ts';
import { createVirtualClock, type VirtualClock } from '../../src/platform/clock.ts';
import type { Database } from '../../src/platform/database.ts';
import { createLogger } from '../../src/platform/logging.ts';
import type { Tables } from '../../src/platform/schema.ts';
import { readProjectFile } from './source.ts';

/** 2026-11-23 is a Monday; 12:00 in Shanghai. */
export const NOON_MS = Date.UTC(2026, 10, 23, 4);
export const SECOND = 1000;
export const MINUTE = 60_000;

/** Two grids of one community side by side, with everybody who answers in them, and an elder at home in the first. */
export interface RescueVillage {
  grids: { city: number; street: number; community: number; east: number; west: number };
  people: Record<
    'worker' | 'neighbour' | 'deputy' | 'family' | 'street' | 'city' | 'admin' | 'stranger',
    { id: number; roles: readonly Role[] }
  >;
  subjectId: number;
  deviceId: number;
}

export const EAST = { latitude: 30.39, longitude: 114.88 };
export const WEST = { latitude: 30.39, longitude: 114.868 };
export const FAR_AWAY = { latitude: 39.9, longitude: 116.4 };

export function square(west: number, east: number): GridPolygon {
  const [south, north] = [30.38, 30.4];
  return {
    type: 'Polygon',
    coordinates: [
      [
        [west, south],
        [east, south],
        [east, north],
        [west, north],
        [west, south],
      ],
    ],
  };
}

export async function addAccount(db: Kysely<Tables>, login: string, roles: Role[]) {
  const { id } = await db
    .insertInto('accounts')
    .values({ login, name: login, roles, password_hash: 'none' })
    .returning('id')
    .executeTakeFirstOrThrow();
  return { id, roles };
}

export async function buildVillage({ db }: Database): Promise<RescueVillage> {
  const all = square(114.86, 114.9);
  const grid = (
    parentId: number | null,
    level: 'city' | 'street' | 'community' | 'grid',
    code: string,
    polygon = all,
  ) => insertGrid(db, { parentId, level, code, name: code, polygon });
  const city = await grid(null, 'city', 'city');
  const street = await grid(city, 'street', 'street');
  const community = await grid(street, 'community', 'community');
  const east = await grid(community, 'grid', 'east', square(114.875, 114.9));
  const west = await grid(community, 'grid', 'west', square(114.86, 114.875));
  const people = {
    worker: await addAccount(db, 'worker', ['responder']),
    neighbour: await addAccount(db, 'neighbour', ['responder']),
    deputy: await addAccount(db, 'deputy', ['responder']),
    family: await addAccount(db, 'family', ['family']),
    street: await addAccount(db, 'street', ['dispatcher']),
    city: await addAccount(db, 'city', ['dispatcher']),
    admin: await addAccount(db, 'admin', ['admin']),
    stranger: await addAccount(db, 'stranger', ['responder', 'family']),
  };
  await addDeskMember(db, street, people.street.id);
  await addDeskMember(db, city, people.city.id);
  await onDutyAlways(db, { gridId: east, accountId: people.worker.id, duty: 'worker' });
  await onDutyAlways(db, { gridId: west, accountId: people.neighbour.id, duty: 'worker' });
  await onDutyAlways(db, { gridId: east, accountId: people.deputy.id, duty: 'deputy' });
  const { id: subjectId } = await db
    .insertInto('subjects')
    .values({
      kind: 'elder',
      name: '王奶奶',
      birth_year: 1941,
      home_address: '茅圻村 3 号',
      home_latitude: EAST.latitude,
      home_longitude: EAST.longitude,
      home_grid_id: east,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await sql`insert into subject_members (subject_id, account_id, relation, guardian)
    values (${subjectId}, ${people.family.id}, 'daughter', true)`.execute(db);
  const { id: deviceId } = await db
    .insertInto('devices')
    .values({ protocol: 'watch', native_id: '8800000001', subject_id: subjectId })
    .returning('id')
    .executeTakeFirstOrThrow();
  return { grids: { city, street, community, east, west }, people, subjectId, deviceId };
}

export async function onDutyAlways(
  db: Kysely<Tables>,
  shift: { gridId: number; accountId: number; duty: 'worker' | 'deputy' },
): Promise<void> {
  for (let weekday = 1; weekday <= 7; weekday++) {
    await insertShift(db, { ...shift, weekday, fromMinute: 0, toMinute: 1440 });
  }
}

export interface Rescue {
  clock: VirtualClock;
  directory: Directory;
  incidents: Incidents;
  /** Ids that were handed to notify. */
  dispatched: number[];
  repaired(): number;
  /** Hands alerts over in one transaction and runs what follows its commit. */
  respond(...changes: AlertChange[]): Promise<void>;
  /** Moves time on with a sweep whenever something is due, as the service's sweep of each second does. */
  pass(ms: number): Promise<void>;
  look(id: number): Promise<IncidentDetailView>;
}

const shippedPolicy = (name: string) => {
  const read = readPolicy(name, readProjectFile(`alert-rules/policies/${name}`));
  if ('problems' in read) throw new Error('the shipped policy has faults');
  return read;
};

export const sosPolicy = () => shippedPolicy('sos.yaml').policy;

/** The service as `app.ts` makes it, with a virtual clock; made again on the same database it is a restarted one. */
export function startRescue(
  database: Database,
  options: { clock?: VirtualClock; channelsFor?: (contact: { id: number }) => readonly string[] } = {},
): Rescue {
  const clock = options.clock ?? createVirtualClock(NOON_MS);
  const directory = createDirectory({ database, clock, timeZone: 'Asia/Shanghai' });
  const dispatched: number[] = [];
  let repaired = 0;
  const policy = sosPolicy();
  const building = shippedPolicy('building.yaml');
  const incidents = createIncidents({
    database,
    clock,
    directory,
    policies: { forKind: (kind) => (building.kinds?.includes(kind) ? building.policy : policy) },
    channelsFor: options.channelsFor ?? (() => ['live']),
    dispatch: (ids) => void dispatched.push(...ids),
    onRepaired: () => repaired++,
    log: createLogger('silent'),
  });
  return {
    clock,
    directory,
    incidents,
    dispatched,
    repaired: () => repaired,
    async respond(...changes) {
      const after = await database.db.transaction().execute((trx) => incidents.respond(trx, changes));
      after();
    },
    async pass(ms) {
      const end = clock.now() + ms;
      while (clock.now() < end) {
        const due = await nextDue(database);
        clock.set(Math.min(end, Math.max(due, clock.now() + SECOND)));
        await incidents.sweep();
      }
    },
    look: (id) => getIncident(database.db, { id: 0, roles: ['admin'] }, id),
  };
}

async function nextDue({ db }: Database): Promise<number> {
  const { rows } = await sql<{ due: number | null }>`
    select least(min(next_step_at), min(lease_until)) as due from incidents`.execute(db);
  return rows[0]?.due ?? Number.POSITIVE_INFINITY;
}

/** An SOS as the rules hand it over. */
export function sos(
  village: Pick<RescueVillage, 'subjectId' | 'deviceId'> | undefined,
  now: number,
  more: Partial<AlertChange> = {},
): AlertChange {
  return {
    rule: 'sos',
    kind: 'sos',
    severity: 'critical',
    consequence: 'incident',
    state: 'firing',
    at: now,
    receivedAt: now,
    ...(village ? { deviceId: village.deviceId, subjectId: village.subjectId } : {}),
    protocol: 'watch',
    nativeId: '8800000001',
    source: '10.0.0.7',
    late: false,
    evidence: { signal: 'sos', value: true, receivedAt: now },
    ...more,
  };
}

export const gpsFix = (point: { latitude: number; longitude: number }, observedAt: number) => ({
  ...point,
  accuracyM: 12,
  source: 'gps' as const,
  observedAt,
});

/** Who was sent what, as `login template`, in the order written. */
export async function sent({ db }: Database, incidentId: number): Promise<string[]> {
  const rows = await db
    .selectFrom('notifications')
    .innerJoin('accounts', 'accounts.id', 'notifications.account_id')
    .select(['accounts.login', 'notifications.template'])
    .where('incident_id', '=', incidentId)
    .orderBy('notifications.id')
    .execute();
  return rows.map((row) => `${row.login} ${row.template}`);
}

export async function incidentIds({ db }: Database): Promise<number[]> {
  const rows = await db.selectFrom('incidents').select('id').orderBy('id').execute();
  return rows.map((row) => row.id);
}
