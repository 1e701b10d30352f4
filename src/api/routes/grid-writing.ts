import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { type GridLevel, gridLevels } from '../../model/incidents.ts';
import { type AuditEntry, recordAudit } from '../../people/audit-store.ts';
import type { GridPolygon } from '../../people/grid-index.ts';
import {
  deleteGrid,
  insertGrid,
  readDesk,
  readGrids,
  replaceDesk,
  updateGrid,
} from '../../people/grid-store.ts';
import { isPolygonFault, readPolygon } from '../../people/polygon.ts';
import type { Queryable, Trx } from '../../platform/database.ts';
import { AppError } from '../../platform/errors.ts';
import { deskInputSchema, gridInputSchema, gridPatchSchema } from '../asset-schemas.ts';
import type { ApiDeps } from '../deps.ts';
import { notFound } from '../problems.ts';
import { personSchema } from '../schema-parts.ts';
import { gridSchema } from '../schemas.ts';
import { callerOf, scopeOf } from '../session-guard.ts';
import { readGridViews } from './grids.ts';
import { answers, answersNothing, creates, idParams, typed } from './route.ts';

const tags = ['grids'];

/** The grids themselves and who sits at their desks: the administrator's. */
export function registerGridWriting(app: FastifyInstance, deps: ApiDeps): void {
  registerCreation(app, deps);
  registerChange(app, deps);
  registerDesk(app, deps);
}

function registerCreation(app: FastifyInstance, deps: ApiDeps): void {
  typed(app).post(
    '/api/grids',
    {
      schema: {
        tags,
        summary: 'Add a grid, as a GeoJSON polygon in WGS-84 degrees',
        body: gridInputSchema,
        response: creates(gridSchema),
      },
    },
    async (request, reply) => {
      const { polygon, ...grid } = request.body;
      const drawn = mustRead(polygon);
      const id = await deps.database.db.transaction().execute(async (trx) => {
        await mustStandBelow(trx, grid);
        const made = await insertGrid(trx, { ...grid, polygon: drawn });
        const detail = { gridId: made, code: grid.code };
        await record(deps, trx, { accountId: callerOf(request).id, action: 'grid_created', detail });
        return made;
      });
      return reply.code(201).send(await viewOf(deps, await scopeOf(request, deps), id));
    },
  );
}

function registerChange(app: FastifyInstance, deps: ApiDeps): void {
  const api = typed(app);
  api.patch(
    '/api/grids/:id',
    {
      schema: {
        tags,
        summary: 'Name a grid, number it, draw it anew',
        params: idParams,
        body: gridPatchSchema,
        response: answers(gridSchema),
      },
    },
    async (request) => {
      const { id } = request.params;
      const { polygon, ...rest } = request.body;
      const change = { ...rest, ...(polygon ? { polygon: mustRead(polygon) } : {}) };
      await deps.database.db.transaction().execute(async (trx) => {
        if (!(await updateGrid(trx, id, change))) throw notFound();
        const detail = { gridId: id, fields: Object.keys(request.body) };
        await record(deps, trx, { accountId: callerOf(request).id, action: 'grid_changed', detail });
      });
      return viewOf(deps, await scopeOf(request, deps), id);
    },
  );
  api.delete(
    '/api/grids/:id',
    {
      schema: {
        tags,
        summary: 'Remove a grid to which nothing belongs',
        params: idParams,
        response: answersNothing,
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      await deps.database.db.transaction().execute(async (trx) => {
        const { code } = await mustKnow(trx, id);
        await deleteGrid(trx, id);
        const detail = { gridId: id, code };
        await record(deps, trx, { accountId: callerOf(request).id, action: 'grid_deleted', detail });
      });
      return reply.code(204).send(null);
    },
  );
}

function registerDesk(app: FastifyInstance, deps: ApiDeps): void {
  const api = typed(app);
  const { db } = deps.database;
  api.get(
    '/api/grids/:id/desk',
    {
      schema: {
        tags,
        summary: 'Who sits at the desk of a grid',
        params: idParams,
        response: answers(z.array(personSchema)),
      },
    },
    async (request) => {
      await mustKnow(db, request.params.id);
      return readDesk(db, request.params.id);
    },
  );
  api.put(
    '/api/grids/:id/desk',
    {
      schema: {
        tags,
        summary: 'Say who sits at the desk of a grid, all of them',
        params: idParams,
        body: deskInputSchema,
        response: answers(z.array(personSchema)),
      },
    },
    async (request) => {
      const { id } = request.params;
      const accountIds = [...new Set(request.body.accountIds)];
      await db.transaction().execute(async (trx) => {
        await mustKnow(trx, id);
        await replaceDesk(trx, id, accountIds);
        const detail = { gridId: id, accountIds };
        await record(deps, trx, { accountId: callerOf(request).id, action: 'desk_changed', detail });
      });
      return readDesk(db, id);
    },
  );
}

function mustRead(given: { type: string; coordinates: unknown }): GridPolygon {
  const polygon = readPolygon(given);
  if (isPolygonFault(polygon)) throw new AppError(polygon, 'this polygon cannot be used');
  return polygon;
}

async function mustKnow(db: Queryable, id: number): Promise<{ code: string; level: GridLevel }> {
  const grid = (await readGrids(db)).find((each) => each.id === id);
  if (!grid) throw notFound();
  return grid;
}

/** A grid stands below one of a higher level, which the city alone does not need. */
async function mustStandBelow(
  trx: Trx,
  { parentId, level }: { parentId: number | null; level: GridLevel },
): Promise<void> {
  if (parentId === null) return;
  const parent = (await readGrids(trx)).find((each) => each.id === parentId);
  if (!parent || gridLevels.indexOf(parent.level) >= gridLevels.indexOf(level))
    throw new AppError('GRID_PARENT_LEVEL', 'the parent must be of a higher level');
}

async function viewOf(deps: ApiDeps, scope: Parameters<typeof readGridViews>[1], id: number) {
  const view = (await readGridViews(deps, scope)).find((each) => each.id === id);
  if (!view) throw notFound();
  return view;
}

async function record({ clock }: ApiDeps, trx: Trx, entry: AuditEntry): Promise<void> {
  await recordAudit(trx, [entry], clock.now());
}
