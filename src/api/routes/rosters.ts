import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { recordAudit } from '../../people/audit-store.ts';
import { deleteShift, insertShift, readShifts, type ShiftRow } from '../../people/roster-store.ts';
import { AppError } from '../../platform/errors.ts';
import { mayEditRoster, type Scope } from '../authorisation.ts';
import type { ApiDeps } from '../deps.ts';
import { notFound } from '../problems.ts';
import { shiftInputSchema } from '../request-schemas.ts';
import { type ShiftView, shiftSchema } from '../schemas.ts';
import { scopeOf } from '../session-guard.ts';
import { personOf } from './grids.ts';
import { answers, answersNothing, creates, idParams, typed } from './route.ts';

const tags = ['rosters'];

export function registerRosters(app: FastifyInstance, deps: ApiDeps): void {
  const api = typed(app);
  const { database, clock } = deps;
  registerRemoval(app, deps);
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
}

function registerRemoval(app: FastifyInstance, deps: ApiDeps): void {
  const { database, clock } = deps;
  typed(app).delete(
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

function shiftView(shift: ShiftRow): ShiftView {
  const { id, gridId, duty, weekday, fromMinute, toMinute } = shift;
  return { id, gridId, account: personOf(shift), duty, weekday, fromMinute, toMinute };
}
