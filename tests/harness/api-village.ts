import type { FastifyInstance } from 'fastify';
import { Registry } from 'prom-client';
import { protocolByName, protocols } from '../../protocols/index.ts';
import { createApi } from '../../src/api/api.ts';
import type { ApiDeps } from '../../src/api/deps.ts';
import { type Claims, createClaims } from '../../src/devices/claims.ts';
import { createIncidents, type Incidents } from '../../src/incidents/incidents.ts';
import type { AlertChange } from '../../src/model/alerts.ts';
import type { Role } from '../../src/model/incidents.ts';
import { createLiveChannel } from '../../src/notify/channels/live.ts';
import { createNotifier, type Notifier } from '../../src/notify/notifier.ts';
import { createDirectory } from '../../src/people/directory.ts';
import { addDeskMember, insertGrid } from '../../src/people/grid-store.ts';
import { hashPassword } from '../../src/people/passwords.ts';
import { createVirtualClock, type VirtualClock } from '../../src/platform/clock.ts';
import type { Database } from '../../src/platform/database.ts';
import { createLogger } from '../../src/platform/logging.ts';
import { createReadingsStore } from '../../src/telemetry/readings-store.ts';
import type { Tickets } from '../../src/tickets/tickets.ts';
import { ApiClient } from './api-client.ts';
import { openTestDatabase } from './postgres.ts';
import {
  addAccount,
  buildVillage,
  NOON_MS,
  onDutyAlways,
  type RescueVillage,
  sos,
  sosPolicy,
  square,
} from './rescue-village.ts';
import { openRuleDesk } from './rule-desk.ts';
import { startDesk } from './ticket-estate.ts';

export const PASSWORD = 'correct horse battery';

/** The rescue village with a second street beside it, a wearer there, and one account of every role. */
export interface ApiVillage extends Omit<RescueVillage, 'people'> {
  people: Record<string, { id: number; roles: readonly Role[] }>;
  farGrid: number;
  farSubjectId: number;
  farDeviceId: number;
}

export interface TestApi {
  app: FastifyInstance;
  url: string;
  database: Database;
  clock: VirtualClock;
  village: ApiVillage;
  incidents: Incidents;
  tickets: Tickets;
  notifier: Notifier;
  claims: Claims;
  /** Signs in and calls as that account; the session is kept. */
  as(login: string): Promise<ApiClient>;
  anonymous(): ApiClient;
  /** An SOS becomes an incident; its id. It is the village's wearer who presses, or nobody who is known. */
  press(more?: Partial<AlertChange>, who?: 'wearer' | 'unknown'): Promise<number>;
  close(): Promise<void>;
}

/** The parts behind the API, as `app.ts` makes them. */
function behind(database: Database, clock: VirtualClock) {
  const log = createLogger('silent');
  const directory = createDirectory({ database, clock, timeZone: 'Asia/Shanghai' });
  const notifier = createNotifier({
    database,
    clock,
    log,
    channels: [createLiveChannel({ database })],
    queueRetry: () => undefined,
    onFinalFailure: () => undefined,
  });
  const incidents = createIncidents({
    database,
    clock,
    log,
    directory,
    policies: { forKind: sosPolicy },
    channelsFor: () => ['live'],
    dispatch: (ids) => notifier.dispatch(ids),
  });
  const gridAt: ApiDeps['gridAt'] = async (point, db) => (await directory.grids(db)).at(point) ?? undefined;
  const claims = createClaims({ database, clock, log, protocols, gridAt });
  const desk = startDesk(database, { clock, dispatch: (ids) => void notifier.dispatch(ids) });
  const health = { startedAt: clock.now(), version: '0.0.0', parts: async () => [] };
  const acted = { incidents, tickets: desk.tickets, ticketViews: desk.views };
  return { database, clock, log, notifier, ...acted, gridAt, claims, health };
}

/** `rulesDir`: a folder of rules that run; none do without. */
export async function startTestApi(
  overrides: Partial<ApiDeps> = {},
  { rulesDir }: { rulesDir?: string } = {},
): Promise<TestApi> {
  const { database, close } = await openTestDatabase();
  const clock = createVirtualClock(NOON_MS);
  const village = await buildApiVillage(database);
  const parts = behind(database, clock);
  const { notifier, incidents } = parts;
  const desk = await openRuleDesk(database, clock, rulesDir);
  const app = await createApi({
    ...parts,
    timeZone: 'Asia/Shanghai',
    telemetry: createReadingsStore(database.db),
    protocols,
    rules: desk.rules,
    ruleDesk: desk.ruleDesk,
    metrics: new Registry(),
    notReady: async () => [],
    webDir: '/nonexistent',
    secureCookies: false,
    ...overrides,
  });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const clients = new Map<string, ApiClient>();
  return {
    ...parts,
    app,
    url,
    village,
    anonymous: () => new ApiClient(url),
    async as(login) {
      const client = clients.get(login) ?? new ApiClient(url);
      if (!clients.has(login)) await client.login(login, PASSWORD);
      clients.set(login, client);
      return client;
    },
    async press(more = {}, who = 'wearer') {
      const alert = sos(who === 'wearer' ? village : undefined, clock.now(), more);
      const after = await database.db.transaction().execute((trx) => incidents.respond(trx, [alert]));
      after();
      await notifier.settled();
      const last = database.db.selectFrom('incidents').select('id').orderBy('id', 'desc').limit(1);
      return (await last.executeTakeFirstOrThrow()).id;
    },
    async close() {
      await app.close();
      await notifier.settled();
      await desk.close();
      await close();
    },
  };
}

async function buildApiVillage(database: Database): Promise<ApiVillage> {
  const { db } = database;
  const village = await buildVillage(database);
  const { city } = village.grids;
  const polygon = square(114.95, 114.99);
  const farStreet = await insertGrid(db, {
    parentId: city,
    level: 'street',
    code: 'far-street',
    name: '远街',
    polygon,
  });
  const farGrid = await insertGrid(db, {
    parentId: farStreet,
    level: 'grid',
    code: 'far-grid',
    name: '远格',
    polygon,
  });
  const people = {
    ...village.people,
    property: await addAccount(db, 'property', ['property']),
    relative: await addAccount(db, 'relative', ['family']),
    desk: await addAccount(db, 'desk', ['dispatcher']),
    far_street: await addAccount(db, 'far_street', ['dispatcher']),
    far_worker: await addAccount(db, 'far_worker', ['responder']),
  };
  await addDeskMember(db, farStreet, people.far_street.id);
  await onDutyAlways(db, { gridId: farGrid, accountId: people.far_worker.id, duty: 'worker' });
  await db
    .updateTable('accounts')
    .set({ password_hash: await hashPassword(PASSWORD) })
    .execute();
  const { id: farSubjectId } = await db
    .insertInto('subjects')
    .values({ kind: 'elder', name: '远处的老人', home_grid_id: farGrid })
    .returning('id')
    .executeTakeFirstOrThrow();
  const { id: farDeviceId } = await db
    .insertInto('devices')
    .values({ protocol: 'watch', native_id: '8800000002', subject_id: farSubjectId })
    .returning('id')
    .executeTakeFirstOrThrow();
  const aliases = (nativeId: string) => protocolByName('watch')?.aliases?.(nativeId) ?? [nativeId];
  for (const [device_id, nativeId] of [
    [village.deviceId, '8800000001'],
    [farDeviceId, '8800000002'],
  ] as const)
    for (const alias of aliases(nativeId))
      await db.insertInto('device_aliases').values({ protocol: 'watch', alias, device_id }).execute();
  return { ...village, people, farGrid, farSubjectId, farDeviceId };
}
