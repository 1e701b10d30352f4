import { sql } from 'kysely';
import type { GridLevel } from '../model/incidents.ts';
import type { Queryable } from '../platform/database.ts';
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
    .returning('id')
    .executeTakeFirstOrThrow();
  return row.id;
}

/** Who sits at the desk of a street or a city. */
export async function addDeskMember(db: Queryable, gridId: number, accountId: number): Promise<void> {
  await sql`insert into desk_members (grid_id, account_id) values (${gridId}, ${accountId})
    on conflict do nothing`.execute(db);
}
