import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { recordAudit } from '../../people/audit-store.ts';
import { readGrids } from '../../people/grid-store.ts';
import { localMoment } from '../../people/roster.ts';
import {
  deleteShift,
  insertShift,
  readOnDuty,
  readShifts,
  type ShiftRow,
} from '../../people/roster-store.ts';
import { AppError } from '../../platform/errors.ts';
import { mayEditRoster, type Scope } from '../authorisation.ts';
import type { ApiDeps } from '../deps.ts';
import { notFound } from '../problems.ts';
import {
  type GridView,
  gridSchema,
  type Person,
  type ShiftView,
  shiftInputSchema,
  shiftSchema,
} from '../schemas.ts';
import { scopeOf } from '../session-guard.ts';
import { gridsOfSubjects } from '../stores/duty-view-store.ts';
import { answers, answersNothing, creates, idParams, typed } from './route.ts';

export function registerGrids(app: FastifyInstance, deps: ApiDeps): void {
  typed(app).get(
    '/api/grids',
    {
      schema: {
        tags: ['grids'],
        summary: 'The tree of grids and who is on duty; family see the people of their own grids only',
        response: answers(z.array(gridSchema)),
      },
    },
    async (request) => readGridViews(deps, await scopeOf(request, deps)),
  );
  registerRosters(app, deps);
}

async function readGridViews(deps: ApiDeps, scope: Scope): Promise<GridView[]> {
  const { database, clock, timeZone } = deps;
  const grids = await readGrids(database.db);
  const duty = await readOnDuty(database.db, localMoment(clock.now(), timeZone));
  const isStaff = scope.roles.some((role) => role !== 'family' && role !== 'property');
  const own = isStaff ? undefined : await gridsOfSubjects(database.db, [...scope.family]);
  const onDuty = (gridId: number, kind: 'worker' | 'deputy'): Person | null => {
    if (own && !own.has(gridId)) return null;
    const shift = duty.find((each) => each.gridId === gridId && each.duty === kind);
    return shift ? personOf(shift) : null;
  };
  return grids.map(({ polygon, ...grid }) => ({
    ...grid,
    polygon: { type: polygon.type, coordinates: polygon.coordinates },
    worker: onDuty(grid.id, 'worker'),
    deputy: onDuty(grid.id, 'deputy'),
  }));
}

function registerRosters(app: FastifyInstance, deps: ApiDeps): void {
  const api = typed(app);
  const { database, clock } = deps;
  const tags = ['rosters'];
  api.get(
    '/api/rosters',
    { schema: { tags, summary: 'Weekly shifts', response: answers(z.array(shiftSchema)) } },
    async (request) => {
      const scope = await scopeOf(request, deps);
      const shifts = await readShifts(database.db);
      return shifts.filter((shift) => seesShift(scope, shift)).map(shiftView);
    },
  );
  api.post(
    '/api/rosters',
    {
      schema: { tags, summary: 'Add a shift', body: shiftInputSchema, response: creates(shiftSchema) },
    },
    async (request, reply) => {
      const scope = await scopeOf(request, deps);
      const { body } = request;
      if (!mayEditRoster(scope, body.gridId))
        throw new AppError('GRID_NOT_YOURS', 'this grid belongs to another desk', { status: 403 });
      if (body.fromMinute >= body.toMinute)
        throw new AppError('ROSTER_BAD_HOURS', 'a shift ends after it begins, at midnight at the latest');
      const id = await database.db.transaction().execute(async (trx) => {
        const made = await insertShift(trx, body);
        const detail = { shiftId: made, gridId: body.gridId, accountId: body.accountId };
        await recordAudit(
          trx,
          [{ accountId: scope.accountId, action: 'shift_created', detail }],
          clock.now(),
        );
        return made;
      });
      const shifts = await readShifts(database.db, [body.gridId]);
      const shift = shifts.find((each) => each.id === id);
      if (!shift) throw notFound();
      return reply.code(201).send(shiftView(shift));
    },
  );
  api.delete(
    '/api/rosters/:id',
    { schema: { tags, summary: 'Remove a shift', params: idParams, response: answersNothing } },
    async (request, reply) => {
      const scope = await scopeOf(request, deps);
      const { id } = request.params;
      const shift = (await readShifts(database.db)).find((each) => each.id === id);
      if (!shift || !mayEditRoster(scope, shift.gridId)) throw notFound();
      await database.db.transaction().execute(async (trx) => {
        await deleteShift(trx, id);
        const detail = { shiftId: id, gridId: shift.gridId, accountId: shift.accountId };
        await recordAudit(
          trx,
          [{ accountId: scope.accountId, action: 'shift_deleted', detail }],
          clock.now(),
        );
      });
      return reply.code(204).send(null);
    },
  );
}

/** Those of one's own grids, and one's own. */
function seesShift(scope: Scope, shift: ShiftRow): boolean {
  if (mayEditRoster(scope, shift.gridId) || shift.accountId === scope.accountId) return true;
  return scope.dutyGrids.has(shift.gridId);
}

const personOf = (shift: ShiftRow): Person => ({
  id: shift.accountId,
  name: shift.accountName,
  phone: shift.accountPhone,
});

function shiftView(shift: ShiftRow): ShiftView {
  const { id, gridId, duty, weekday, fromMinute, toMinute } = shift;
  return { id, gridId, account: personOf(shift), duty, weekday, fromMinute, toMinute };
}
