import { EventEmitter } from 'node:events';
import { Kysely, PostgresDialect, type Transaction } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import pg from 'pg';
import { createSystemClock } from './clock.ts';
import type { Logger } from './logging.ts';
import * as foundation from './migrations/0001-foundation.ts';
import * as incidents from './migrations/0002-incidents.ts';
import * as buildings from './migrations/0003-buildings.ts';
import * as tickets from './migrations/0004-tickets.ts';
import * as languages from './migrations/0005-languages.ts';
import * as claims from './migrations/0006-claims.ts';
import * as ruleVersions from './migrations/0007-rule-versions.ts';
import * as outages from './migrations/0008-outages.ts';
import * as findings from './migrations/0009-findings.ts';
import * as foldedOutages from './migrations/0010-folded-outages.ts';
import * as cellsOfDevices from './migrations/0011-cells-of-devices.ts';
import * as heldAlerts from './migrations/0012-held-alerts.ts';
import { preparingPool } from './prepared.ts';
import type { Tables } from './schema.ts';

export type Db = Kysely<Tables>;
export type Trx = Transaction<Tables>;
/** To be called once the transaction that handed it out has committed. */
export type AfterCommit = () => void;
/** What a store takes: it works alone and inside somebody's transaction. */
export type Queryable = Db | Trx;

/** Either a `postgres://` URL or the folder of a unix socket. */
export type DatabaseAddress = { url: string } | { socketDir: string; user: string; database: string };

export interface Database {
  db: Db;
  pool: pg.Pool;
  /** Calls `handle` for every NOTIFY on `channel`, reconnecting as needed; resolves when listening. */
  listen(channel: string, handle: (payload: string) => void): Promise<void>;
  /** Calls `handle` after the listening connection was lost and is back: notifications may have been missed. */
  onRelisten(handle: () => void): void;
  notify(channel: string, payload: string): Promise<void>;
  close(): Promise<void>;
}

/** Between two tries to listen again while the database is away. */
const REOPEN_MS = 100;

const INT8 = 20;
const NUMERIC = 1700;
const TIMESTAMPTZ = 1184;
const DATE = 1082;

/** bigint, numeric and timestamptz become numbers (milliseconds for times): every one of ours fits a double. */
const types: pg.CustomTypesConfig = {
  getTypeParser(oid: number, format?: string) {
    if (oid === INT8 || oid === NUMERIC) return Number;
    if (oid === TIMESTAMPTZ) return parseTimestamp;
    if (oid === DATE) return String;
    return pg.types.getTypeParser(oid, format as 'text');
  },
} as pg.CustomTypesConfig;

/** PostgreSQL's ISO output (`2026-11-22 08:00:00.123+00`, an offset of hours alone is no ISO 8601 for `Date.parse`). */
export function parseTimestamp(text: string): number {
  if (text === 'infinity') return Number.POSITIVE_INFINITY;
  const iso = text.replace(' ', 'T');
  return Date.parse(/[+-]\d\d$/.test(iso) ? `${iso}:00` : iso);
}

export function poolConfig(address: DatabaseAddress, max: number): pg.PoolConfig {
  const where =
    'url' in address
      ? { connectionString: address.url }
      : { host: address.socketDir, port: 5432, ssl: false, user: address.user, database: address.database };
  // Connections stay: one that is made anew when an SOS comes after a quiet hour costs it milliseconds.
  return { ...where, max, types, idleTimeoutMillis: 0, application_name: 'gridguard' };
}

/**
 * A time as the driver wants it. Kysely compares a column with the type that it reads as, a number here, hence the second half
 * of the type: the value is a Date.
 */
export const at = (ms: number): Date & number => new Date(ms) as Date & number;

export async function openDatabase(address: DatabaseAddress, log: Logger, max = 12): Promise<Database> {
  const pool = new pg.Pool(poolConfig(address, max));
  pool.on('error', (error) => log.warn({ err: error }, 'idle database connection lost'));
  const db: Db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: preparingPool(pool) }) });
  const listener = new Listener(address, log);
  return {
    db,
    pool,
    listen: (channel, handle) => listener.listen(channel, handle),
    onRelisten: (handle) => listener.onRelisten(handle),
    async notify(channel, payload) {
      await pool.query('select pg_notify($1, $2)', [channel, payload]);
    },
    async close() {
      await listener.close();
      await db.destroy();
    },
  };
}

const migrations: Record<string, Migration> = {
  '0001-foundation': foundation,
  '0002-incidents': incidents,
  '0003-buildings': buildings,
  '0004-tickets': tickets,
  '0005-languages': languages,
  '0006-claims': claims,
  '0007-rule-versions': ruleVersions,
  '0008-outages': outages,
  '0009-findings': findings,
  '0010-folded-outages': foldedOutages,
  '0011-cells-of-devices': cellsOfDevices,
  '0012-held-alerts': heldAlerts,
};

/** Brings the schema up to date; two processes that start at once wait for each other. Throws on a failed migration. */
export async function migrate(db: Db): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } });
  const { error } = await migrator.migrateToLatest();
  if (error) throw error;
}

/** One connection that only listens; it is reopened for as long as the process lives. */
class Listener {
  #address: DatabaseAddress;
  #log: Logger;
  #client: pg.Client | undefined;
  #opening: Promise<pg.Client> | undefined;
  #channels = new Set<string>();
  #events = new EventEmitter().setMaxListeners(0);
  #relisten: (() => void)[] = [];
  #closed = false;
  #clock = createSystemClock();

  constructor(address: DatabaseAddress, log: Logger) {
    this.#address = address;
    this.#log = log;
  }

  async listen(channel: string, handle: (payload: string) => void): Promise<void> {
    this.#events.on(channel, handle);
    const client = await this.#connected();
    if (this.#channels.has(channel)) return;
    this.#channels.add(channel);
    await client.query(`listen ${pg.escapeIdentifier(channel)}`);
  }

  onRelisten(handle: () => void): void {
    this.#relisten.push(handle);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#client?.end().catch(() => {});
  }

  #connected(): Promise<pg.Client> {
    if (this.#client) return Promise.resolve(this.#client);
    this.#opening ??= this.#open().finally(() => {
      this.#opening = undefined;
    });
    return this.#opening;
  }

  async #open(): Promise<pg.Client> {
    const client = new pg.Client(poolConfig(this.#address, 1));
    client.on('notification', (n) => this.#events.emit(n.channel, n.payload ?? ''));
    client.on('error', (error) => this.#log.warn({ err: error }, 'listening connection failed'));
    client.on('end', () => this.#lost(client));
    await client.connect();
    for (const channel of this.#channels) await client.query(`listen ${pg.escapeIdentifier(channel)}`);
    this.#client = client;
    return client;
  }

  #lost(client: pg.Client): void {
    if (this.#client !== client || this.#closed) return;
    this.#client = undefined;
    this.#reopen();
  }

  #reopen(): void {
    if (this.#closed) return;
    this.#connected().then(
      () => {
        for (const handle of this.#relisten) handle();
      },
      () => void this.#clock.after(REOPEN_MS, () => this.#reopen()),
    );
  }
}
