import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { CompanyDuty } from '../../model/assets.ts';
import { getAccount } from '../../people/account-store.ts';
import {
  deleteCompanyShift,
  hasCompany,
  insertCompanyShift,
  putMember,
  readCompanyShifts,
  readMembers,
  removeMember,
} from '../../people/company-store.ts';
import type { Queryable } from '../../platform/database.ts';
import { AppError } from '../../platform/errors.ts';
import {
  companyMemberInputSchema,
  companySchema,
  companyShiftInputSchema,
  companyShiftSchema,
} from '../asset-schemas.ts';
import { mayEditStaff, type Scope, seesCompany } from '../authorisation.ts';
import type { ApiDeps } from '../deps.ts';
import { notFound } from '../problems.ts';
import { scopeOf } from '../session-guard.ts';
import { companyShiftView, readCompany, recordCompany } from './companies.ts';
import { answers, answersNothing, creates, idParams, typed } from './route.ts';

const tags = ['companies'];
const memberParams = idParams.extend({ accountId: z.coerce.number().int().positive() });
const shiftParams = idParams.extend({ shiftId: z.coerce.number().int().positive() });

/** Who works for a company, and when: the administrator's; its repairers and hours are also its managers'. */
export function registerCompanyStaff(app: FastifyInstance, deps: ApiDeps): void {
  registerMembers(app, deps);
  registerShifts(app, deps);
}

function registerMembers(app: FastifyInstance, deps: ApiDeps): void {
  const api = typed(app);
  const { database } = deps;
  api.put(
    '/api/companies/:id/members/:accountId',
    {
      schema: {
        tags,
        summary: 'Make an account with the role work for a company, as manager or repairer',
        params: memberParams,
        body: companyMemberInputSchema.pick({ duty: true }),
        response: answers(companySchema),
      },
    },
    async (request) => {
      const { id, accountId } = request.params;
      const { duty } = request.body;
      const scope = await scopeOf(request, deps);
      await mustExist(database.db, scope, id);
      await database.db.transaction().execute(async (trx) => {
        await mustEditMember(trx, scope, { companyId: id, accountId, duty });
        const account = await getAccount(trx, accountId);
        if (!account?.active || !account.roles.includes('property'))
          throw new AppError('COMPANY_BAD_MEMBER', 'only accounts with the role work for a company');
        await putMember(trx, { companyId: id, accountId, duty });
        const detail = { companyId: id, accountId, duty };
        const action = 'company_member_changed' as const;
        await recordCompany(deps, trx, { accountId: scope.accountId, action, detail });
      });
      return readCompany(deps, scope, id);
    },
  );
  api.delete(
    '/api/companies/:id/members/:accountId',
    {
      schema: {
        tags,
        summary: 'Take somebody out of a company, with the shifts there',
        params: memberParams,
        response: answersNothing,
      },
    },
    async (request, reply) => {
      const { id, accountId } = request.params;
      const scope = await scopeOf(request, deps);
      await mustExist(database.db, scope, id);
      await database.db.transaction().execute(async (trx) => {
        await mustEditMember(trx, scope, { companyId: id, accountId, duty: 'repairer' });
        if (!(await removeMember(trx, id, accountId))) throw notFound();
        const detail = { companyId: id, accountId };
        const action = 'company_member_removed' as const;
        await recordCompany(deps, trx, { accountId: scope.accountId, action, detail });
      });
      return reply.code(204).send(null);
    },
  );
}

function registerShifts(app: FastifyInstance, deps: ApiDeps): void {
  const api = typed(app);
  const { database } = deps;
  api.post(
    '/api/companies/:id/shifts',
    {
      schema: {
        tags,
        summary: 'Add a weekly shift of one of its people',
        params: idParams,
        body: companyShiftInputSchema,
        response: creates(companyShiftSchema),
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const scope = await scopeOf(request, deps);
      await mustEditShifts(database.db, scope, id);
      const made = await database.db.transaction().execute(async (trx) => {
        const members = await readMembers(trx, [id]);
        if (!members.some(({ accountId }) => accountId === request.body.accountId))
          throw new AppError('COMPANY_BAD_MEMBER', 'this account does not work there');
        const shiftId = await insertCompanyShift(trx, { ...request.body, companyId: id });
        const detail = { companyId: id, shiftId, accountId: request.body.accountId };
        await recordCompany(deps, trx, { accountId: scope.accountId, action: 'shift_created', detail });
        return shiftId;
      });
      const shift = (await readCompanyShifts(database.db, [id])).find((each) => each.id === made);
      if (!shift) throw notFound();
      return reply.code(201).send(companyShiftView(shift));
    },
  );
  api.delete(
    '/api/companies/:id/shifts/:shiftId',
    { schema: { tags, summary: 'Remove a shift', params: shiftParams, response: answersNothing } },
    async (request, reply) => {
      const { id, shiftId } = request.params;
      const scope = await scopeOf(request, deps);
      await mustEditShifts(database.db, scope, id);
      await database.db.transaction().execute(async (trx) => {
        if (!(await deleteCompanyShift(trx, id, shiftId))) throw notFound();
        const detail = { companyId: id, shiftId };
        await recordCompany(deps, trx, { accountId: scope.accountId, action: 'shift_deleted', detail });
      });
      return reply.code(204).send(null);
    },
  );
}

/** Throws NOT_FOUND also for a company that the caller may not know of. */
async function mustExist(db: Queryable, scope: Scope, companyId: number): Promise<void> {
  if (!seesCompany(scope, companyId) || !(await hasCompany(db, companyId))) throw notFound();
}

async function mustEditShifts(db: Queryable, scope: Scope, companyId: number): Promise<void> {
  await mustExist(db, scope, companyId);
  if (!mayEditStaff(scope, companyId, 'shift')) throw notYours();
}

/** Neither what somebody is there now nor what he is to become may be more than the caller may decide. */
async function mustEditMember(
  db: Queryable,
  scope: Scope,
  member: { companyId: number; accountId: number; duty: CompanyDuty },
): Promise<void> {
  const { companyId, accountId, duty } = member;
  const now = (await readMembers(db, [companyId])).find((each) => each.accountId === accountId);
  const duties = now ? [duty, now.duty] : [duty];
  if (!duties.every((each) => mayEditStaff(scope, companyId, each))) throw notYours();
}

const notYours = (): AppError =>
  new AppError('COMPANY_NOT_YOURS', 'only its managers or the administrator may change this', {
    status: 403,
  });
