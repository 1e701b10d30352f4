import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { type AuditEntry, recordAudit } from '../../people/audit-store.ts';
import { insertCompany, readCompanyShifts, readMembers, updateCompany } from '../../people/company-store.ts';
import { isOnDuty, localMoment } from '../../people/roster.ts';
import type { Trx } from '../../platform/database.ts';
import { type CompanyView, companyInputSchema, companySchema } from '../asset-schemas.ts';
import { type Scope, seesCompany } from '../authorisation.ts';
import type { ApiDeps } from '../deps.ts';
import { notFound } from '../problems.ts';
import { callerOf, scopeOf } from '../session-guard.ts';
import { readCompanies } from '../stores/company-view-store.ts';
import { answers, creates, idParams, typed } from './route.ts';

const tags = ['companies'];

export function registerCompanies(app: FastifyInstance, deps: ApiDeps): void {
  registerReading(app, deps);
  registerWriting(app, deps);
}

function registerReading(app: FastifyInstance, deps: ApiDeps): void {
  const api = typed(app);
  api.get(
    '/api/companies',
    {
      schema: {
        tags,
        summary: 'Property companies with their people: all for the office, its own for a company',
        response: answers(z.array(companySchema)),
      },
    },
    async (request) => {
      const scope = await scopeOf(request, deps);
      const views = await companyViews(deps, isOfCompanyOnly(scope) ? [...scope.companies] : 'all');
      return views.filter(({ id }) => seesCompany(scope, id));
    },
  );
  api.get(
    '/api/companies/:id',
    { schema: { tags, summary: 'One company', params: idParams, response: answers(companySchema) } },
    async (request) => readCompany(deps, await scopeOf(request, deps), request.params.id),
  );
}

function registerWriting(app: FastifyInstance, deps: ApiDeps): void {
  const api = typed(app);
  api.post(
    '/api/companies',
    {
      schema: { tags, summary: 'Add a company', body: companyInputSchema, response: creates(companySchema) },
    },
    async (request, reply) => {
      const accountId = callerOf(request).id;
      const id = await deps.database.db.transaction().execute(async (trx) => {
        const made = await insertCompany(trx, request.body);
        const detail = { companyId: made, code: request.body.code };
        await recordCompany(deps, trx, { accountId, action: 'company_created', detail });
        return made;
      });
      return reply.code(201).send(await readCompany(deps, await scopeOf(request, deps), id));
    },
  );
  api.patch(
    '/api/companies/:id',
    {
      schema: {
        tags,
        summary: 'Change what is said of a company',
        params: idParams,
        body: companyInputSchema.partial(),
        response: answers(companySchema),
      },
    },
    async (request) => {
      const { id } = request.params;
      await deps.database.db.transaction().execute(async (trx) => {
        if (!(await updateCompany(trx, id, request.body))) throw notFound();
        const detail = { companyId: id, fields: Object.keys(request.body) };
        await recordCompany(deps, trx, {
          accountId: callerOf(request).id,
          action: 'company_changed',
          detail,
        });
      });
      return readCompany(deps, await scopeOf(request, deps), id);
    },
  );
}

const isOfCompanyOnly = (scope: Scope): boolean =>
  !scope.roles.includes('admin') && !scope.roles.includes('dispatcher');

/** A company with its people, where the caller may know of it. Throws NOT_FOUND. */
export async function readCompany(deps: ApiDeps, scope: Scope, id: number): Promise<CompanyView> {
  const [view] = seesCompany(scope, id) ? await companyViews(deps, [id]) : [];
  if (!view) throw notFound();
  return view;
}

async function companyViews(
  { database, clock, timeZone }: ApiDeps,
  which: readonly number[] | 'all',
): Promise<CompanyView[]> {
  const { db } = database;
  const companies = await readCompanies(db, which, clock.now());
  const ids = companies.map(({ id }) => id);
  const members = await readMembers(db, ids);
  const shifts = await readCompanyShifts(db, ids);
  const moment = localMoment(clock.now(), timeZone);
  return companies.map((company) => {
    const own = shifts.filter(({ companyId }) => companyId === company.id);
    const isThere = (accountId: number): boolean =>
      own.some((shift) => shift.accountId === accountId && isOnDuty(shift, moment));
    return {
      ...company,
      members: members
        .filter(({ companyId }) => companyId === company.id)
        .map(({ accountId, name, phone, duty }) => ({
          id: accountId,
          name,
          phone,
          duty,
          onDuty: isThere(accountId),
        })),
      shifts: own.map(companyShiftView),
    };
  });
}

export function companyShiftView(
  shift: Awaited<ReturnType<typeof readCompanyShifts>>[number],
): CompanyView['shifts'][number] {
  const { id, accountId, name, phone, weekday, fromMinute, toMinute } = shift;
  return { id, account: { id: accountId, name, phone }, weekday, fromMinute, toMinute };
}

export async function recordCompany({ clock }: ApiDeps, trx: Trx, entry: AuditEntry): Promise<void> {
  await recordAudit(trx, [entry], clock.now());
}
