import { protocolByName } from '../../../protocols/index.ts';
import { registerDevice } from '../../devices/device-store.ts';
import type { Database, Trx } from '../../platform/database.ts';

export interface RescueStage {
  gridId: number;
  workerId: number;
  native: { nativeId: string; secret: string }[];
  watch: string[];
}

export interface RescueCast {
  /** How many wearers have a band of each kind. */
  native: number;
  watch: number;
  /** Where the worker is told, besides his page. */
  webhookUrl?: string;
}

const HOME = { home_latitude: 30.3, home_longitude: 114.8, home_address: '3组5号' };
const RING = [
  [114.7, 30.2],
  [114.9, 30.2],
  [114.9, 30.4],
  [114.7, 30.4],
  [114.7, 30.2],
];

/** A grid with a worker and a deputy who are always on duty, and wearers at home in it, each with one device. */
export async function buildRescueStage(database: Database, cast: RescueCast): Promise<RescueStage> {
  return database.db.transaction().execute(async (trx) => {
    const gridId = await insertGrids(trx);
    const workerId = await insertOnDuty(trx, {
      gridId,
      login: 'worker',
      duty: 'worker',
      webhookUrl: cast.webhookUrl,
    });
    await insertOnDuty(trx, { gridId, login: 'deputy', duty: 'deputy' });
    const native: RescueStage['native'] = [];
    for (let i = 0; i < cast.native; i++) {
      const nativeId = `native-${i}`;
      const subjectId = await insertWearer(trx, nativeId, gridId);
      const { secret } = await registerDevice(trx, {
        protocol: 'native',
        nativeId,
        subjectId,
        withSecret: true,
      });
      native.push({ nativeId, secret: secret ?? '' });
    }
    const watch: string[] = [];
    for (let i = 0; i < cast.watch; i++) {
      const nativeId = String(8_800_000_000 + i);
      const aliases = protocolByName('watch')?.aliases?.(nativeId) ?? [];
      const subjectId = await insertWearer(trx, nativeId, gridId);
      await registerDevice(trx, { protocol: 'watch', nativeId, aliases, subjectId, withSecret: false });
      watch.push(nativeId);
    }
    return { gridId, workerId, native, watch };
  });
}

/** City, street, community and grid, all of the same shape; returns the last. */
async function insertGrids(trx: Trx): Promise<number> {
  const polygon = JSON.stringify({ type: 'Polygon', coordinates: [RING] });
  let parent: number | null = null;
  for (const level of ['city', 'street', 'community', 'grid'] as const) {
    const row: { id: number } = await trx
      .insertInto('grids')
      .values({ parent_id: parent, level, code: level, name: level, polygon })
      .returning('id')
      .executeTakeFirstOrThrow();
    parent = row.id;
  }
  if (parent === null) throw new Error('no grid was made');
  return parent;
}

interface OnDuty {
  gridId: number;
  login: string;
  duty: 'worker' | 'deputy';
  webhookUrl?: string | undefined;
}

async function insertOnDuty(trx: Trx, { gridId, login, duty, webhookUrl }: OnDuty): Promise<number> {
  const account = await trx
    .insertInto('accounts')
    .values({
      login,
      name: login,
      roles: ['responder'],
      password_hash: 'none',
      webhook_url: webhookUrl ?? null,
      webhook_secret: webhookUrl ? 'stage' : null,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  const always = { grid_id: gridId, account_id: account.id, duty, from_minute: 0, to_minute: 1440 };
  const week = [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({ ...always, weekday }));
  await trx.insertInto('shifts').values(week).execute();
  return account.id;
}

async function insertWearer(trx: Trx, name: string, gridId: number): Promise<number> {
  const row = await trx
    .insertInto('subjects')
    .values({ kind: 'elder', name, home_grid_id: gridId, ...HOME })
    .returning('id')
    .executeTakeFirstOrThrow();
  return row.id;
}
