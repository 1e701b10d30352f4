import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { readGrids } from '../../people/grid-store.ts';
import { localMoment } from '../../people/roster.ts';
import { readOnDuty, type ShiftRow } from '../../people/roster-store.ts';
import type { Scope } from '../authorisation.ts';
import type { ApiDeps } from '../deps.ts';
import { type GridView, gridSchema, type Person } from '../schemas.ts';
import { scopeOf } from '../session-guard.ts';
import { gridsOfSubjects } from '../stores/duty-view-store.ts';
import { answers, typed } from './route.ts';

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
}

export async function readGridViews(deps: ApiDeps, scope: Scope): Promise<GridView[]> {
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

export const personOf = (shift: ShiftRow): Person => ({
  id: shift.accountId,
  name: shift.accountName,
  phone: shift.accountPhone,
});
