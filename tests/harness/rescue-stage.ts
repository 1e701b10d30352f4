import { cp, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { protocolByName } from '../../protocols/index.ts';
import { registerDevice } from '../../src/devices/device-store.ts';
import type { Database } from '../../src/platform/database.ts';

export interface RescueStage {
  gridId: number;
  workerId: number;
  deputyId: number;
  native: { nativeId: string; secret: string }[];
  watch: string[];
}

/** A grid with a worker and a deputy who are always on duty, and wearers at home in it, each with one device. */
export async function buildRescueStage(
  database: Database,
  count: { native: number; watch: number },
): Promise<RescueStage> {
  return database.db.transaction().execute(async (trx) => {
    const ring = [
      [114.7, 30.2],
      [114.9, 30.2],
      [114.9, 30.4],
      [114.7, 30.4],
      [114.7, 30.2],
    ];
    const polygon = JSON.stringify({ type: 'Polygon', coordinates: [ring] });
    let gridId: number | null = null;
    for (const level of ['city', 'street', 'community', 'grid'] as const) {
      const grid: { id: number } = await trx
        .insertInto('grids')
        .values({ parent_id: gridId, level, code: level, name: level, polygon })
        .returning('id')
        .executeTakeFirstOrThrow();
      gridId = grid.id;
    }
    if (gridId === null) throw new Error('no grid');
    const place = gridId;
    const onDuty = async (login: string, duty: 'worker' | 'deputy') => {
      const account = await trx
        .insertInto('accounts')
        .values({ login, name: login, roles: ['responder'], password_hash: 'none' })
        .returning('id')
        .executeTakeFirstOrThrow();
      const week = [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({
        grid_id: place,
        account_id: account.id,
        duty,
        weekday,
        from_minute: 0,
        to_minute: 1440,
      }));
      await trx.insertInto('shifts').values(week).execute();
      return account.id;
    };
    const workerId = await onDuty('worker', 'worker');
    const deputyId = await onDuty('deputy', 'deputy');
    const wearer = async (name: string) => {
      const home = {
        home_latitude: 30.3,
        home_longitude: 114.8,
        home_address: '3组5号',
        home_grid_id: place,
      };
      const row = await trx
        .insertInto('subjects')
        .values({ kind: 'elder', name, ...home })
        .returning('id')
        .executeTakeFirstOrThrow();
      return row.id;
    };
    const native: RescueStage['native'] = [];
    for (let i = 0; i < count.native; i++) {
      const nativeId = `native-${i}`;
      const subjectId = await wearer(nativeId);
      const { secret } = await registerDevice(trx, {
        protocol: 'native',
        nativeId,
        subjectId,
        withSecret: true,
      });
      native.push({ nativeId, secret: secret ?? '' });
    }
    const watch: string[] = [];
    for (let i = 0; i < count.watch; i++) {
      const nativeId = String(8_800_000_000 + i);
      const aliases = protocolByName('watch')?.aliases?.(nativeId) ?? [];
      const subjectId = await wearer(nativeId);
      await registerDevice(trx, { protocol: 'watch', nativeId, aliases, subjectId, withSecret: false });
      watch.push(nativeId);
    }
    return { gridId: place, workerId, deputyId, native, watch };
  });
}

/** The shipped rules with a ladder that is climbed within seconds. */
export async function quickRules(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'gg-rules-'));
  await cp(join(import.meta.dirname, '../../alert-rules'), dir, { recursive: true });
  await writeFile(
    join(dir, 'policies', 'sos.yaml'),
    `name: sos
steps:
  - { after: 0s, notify: [worker, family] }
  - { after: 5s, notify: [deputy] }
  - { after: 10s, notify: [street] }
repeat_every: 10s
en_route_within: 2m
on_scene_within: 15m
on_scene_at_most: 45m
remind_on_scene_every: 60m
reopen_within: 30m
`,
  );
  return dir;
}
