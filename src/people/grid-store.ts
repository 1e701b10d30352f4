import { sql } from 'kysely';
import type { GridLevel } from '../model/incidents.ts';
import type { Queryable } from '../platform/database.ts';
import { AppError } from '../platform/errors.ts';
import type { Grid, GridPolygon } from './grid-index.ts';

/** Rises with every change of a grid. */
export async function readGridVersion(db: Queryable): Promise<number> {
  const row = await db.selectFrom('grid_version').select('version').executeTakeFirstOrThrow();
  return row.version;
}

export async function readGrids(db: Queryable): Promise<(Grid & { code: string })[]> {
  const rows = await db
    .selectFrom('grids')
    .select(['id', 'parent_id', 'level', 'code', 'name', 'polygon'])
    .orderBy('id')
    .execute();
  return rows.map((row) => ({
    id: row.id,
    parentId: row.parent_id,
    level: row.level,
    code: row.code,
    name: row.name,
    polygon: row.polygon as GridPolygon,
  }));
}

export interface NewGrid {
  parentId: number | null;
  level: GridLevel;
  /** Unique, as the authority numbers its grids. */
  code: string;
  name: string;
  polygon: GridPolygon;
}

/** Throws GRID_CODE_TAKEN (409). */
export async function insertGrid(db: Queryable, grid: NewGrid): Promise<number> {
  const row = await db
    .insertInto('grids')
    .values({
      parent_id: grid.parentId,
      level: grid.level,
      code: grid.code,
      name: grid.name,
      polygon: JSON.stringify(grid.polygon),
    })
    .onConflict((c) => c.column('code').doNothing())
    .returning('id')
    .executeTakeFirst();
  if (!row) throw codeTaken(grid.code);
  return row.id;
}

export interface GridChange {
  code?: string | undefined;
  name?: string | undefined;
  polygon?: GridPolygon | undefined;
}

/** Changes what is given; whether there is such a grid. Throws GRID_CODE_TAKEN (409). */
export async function updateGrid(db: Queryable, id: number, change: GridChange): Promise<boolean> {
  const { code, name, polygon } = change;
  if (code !== undefined) {
    const other = await db
      .selectFrom('grids')
      .select('id')
      .where('code', '=', code)
      .where('id', '<>', id)
      .executeTakeFirst();
    if (other) throw codeTaken(code);
  }
  const row = await db
    .updateTable('grids')
    .set((e) => ({
      code: code ?? e.ref('code'),
      name: name ?? e.ref('name'),
      ...(polygon ? { polygon: JSON.stringify(polygon) } : {}),
    }))
    .where('id', '=', id)
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

/** Throws GRID_NOT_EMPTY (409) where people, homes, devices, assets, other grids or anything that happened belong to it. */
export async function deleteGrid(db: Queryable, id: number): Promise<void> {
  const { rows } = await sql<{ used: boolean }>`
    select exists (select from grids where parent_id = ${id}) or exists (select from desk_members where grid_id = ${id})
      or exists (select from shifts where grid_id = ${id}) or exists (select from subjects where home_grid_id = ${id})
      or exists (select from devices where grid_id = ${id}) or exists (select from assets where grid_id = ${id})
      or exists (select from incidents where grid_id = ${id})
      or exists (select from tickets where grid_id = ${id} or desk_grid_id = ${id}) as used`.execute(db);
  if (rows[0]?.used)
    throw new AppError('GRID_NOT_EMPTY', 'people, devices, assets or events belong to it', { status: 409 });
  await db.deleteFrom('grids').where('id', '=', id).execute();
}

/** Who sits at the desk of a street or a city. */
export async function addDeskMember(db: Queryable, gridId: number, accountId: number): Promise<void> {
  await sql`insert into desk_members (grid_id, account_id) values (${gridId}, ${accountId})
    on conflict do nothing`.execute(db);
}

export async function readDesk(
  db: Queryable,
  gridId: number,
): Promise<{ id: number; name: string; phone: string | null }[]> {
  return db
    .selectFrom('desk_members')
    .innerJoin('accounts', 'accounts.id', 'desk_members.account_id')
    .select(['accounts.id', 'accounts.name', 'accounts.phone'])
    .where('desk_members.grid_id', '=', gridId)
    .where('accounts.active', '=', true)
    .orderBy('accounts.id')
    .execute();
}

/**
 * Makes these the whole desk. Throws DESK_BAD_MEMBER (400) for who is not there, was put out of service or is no dispatcher, except who
 * sits there already.
 */
export async function replaceDesk(
  db: Queryable,
  gridId: number,
  accountIds: readonly number[],
): Promise<void> {
  const { rows } = await sql<{ id: number }>`
    select a.id from accounts a where a.id = any(${[...accountIds]}::bigint[]) and a.active
      and (a.roles && '{dispatcher,admin}'
        or exists (select from desk_members m where m.grid_id = ${gridId} and m.account_id = a.id))`.execute(
    db,
  );
  const fit = new Set(rows.map((row) => row.id));
  const unfit = accountIds.find((id) => !fit.has(id));
  if (unfit !== undefined)
    throw new AppError('DESK_BAD_MEMBER', 'only dispatchers sit at a desk', {
      details: { accountId: unfit },
    });
  await db.deleteFrom('desk_members').where('grid_id', '=', gridId).execute();
  for (const accountId of fit) await addDeskMember(db, gridId, accountId);
}

const codeTaken = (code: string): AppError =>
  new AppError('GRID_CODE_TAKEN', `a grid ${code} exists already`, { status: 409, details: { code } });
