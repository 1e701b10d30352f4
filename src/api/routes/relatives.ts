import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { recordAudit } from '../../people/audit-store.ts';
import { addMember, findRelative, lockMembers, removeMember } from '../../people/subject-store.ts';
import { AppError } from '../../platform/errors.ts';
import { mayEditSubject, type Scope } from '../authorisation.ts';
import type { ApiDeps } from '../deps.ts';
import { notFound } from '../problems.ts';
import { relativeInputSchema } from '../request-schemas.ts';
import { subjectSchema } from '../schemas.ts';
import { scopeOf } from '../session-guard.ts';
import { mustSeeSubject } from '../vitals.ts';
import { answersNothing, creates, idParams, typed } from './route.ts';
import { readSubject } from './subjects.ts';

const tags = ['subjects'];
const memberParams = idParams.extend({ accountId: z.coerce.number().int().positive() });
/** Whoever may add relatives could else find out which login names there are. */
const rate = { rateLimit: { max: 30, timeWindow: '1 minute' } };

/** Who is family of a wearer: her guardian's to say, or her desk's. */
export function registerRelatives(app: FastifyInstance, deps: ApiDeps): void {
  registerAddition(app, deps);
  registerRemoval(app, deps);
}

function registerAddition(app: FastifyInstance, deps: ApiDeps): void {
  const { database, clock } = deps;
  typed(app).post(
    '/api/subjects/:id/members',
    {
      config: rate,
      schema: {
        tags,
        summary: 'Make an account family of a wearer, by its login name',
        params: idParams,
        body: relativeInputSchema,
        response: creates(subjectSchema),
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const { login, relation, guardian } = request.body;
      const scope = await scopeOf(request, deps);
      await mustEdit(deps, scope, id);
      await database.db.transaction().execute(async (trx) => {
        const accountId = await findRelative(trx, login);
        if (accountId === undefined)
          throw new AppError('SUBJECT_RELATIVE_UNKNOWN', 'no family member has this login name', {
            status: 404,
          });
        await addMember(trx, { subjectId: id, accountId, relation, guardian });
        const entry = { accountId: scope.accountId, action: 'member_added' as const, subjectId: id };
        await recordAudit(trx, [{ ...entry, detail: { accountId, relation, guardian } }], clock.now());
      });
      return reply.code(201).send(await readSubject(deps, scope, id));
    },
  );
}

function registerRemoval(app: FastifyInstance, deps: ApiDeps): void {
  const { database, clock } = deps;
  typed(app).delete(
    '/api/subjects/:id/members/:accountId',
    {
      schema: {
        tags,
        summary: 'Take an account out of the family of a wearer; everybody may leave',
        params: memberParams,
        response: answersNothing,
      },
    },
    async (request, reply) => {
      const { id, accountId } = request.params;
      const scope = await scopeOf(request, deps);
      const mayLeave = accountId === scope.accountId && scope.family.has(id);
      if (!mayLeave) await mustEdit(deps, scope, id);
      await database.db.transaction().execute(async (trx) => {
        const members = await lockMembers(trx, id);
        const member = members.find((each) => each.accountId === accountId);
        if (!member) throw notFound();
        const guardians = members.filter(({ guardian }) => guardian);
        if (member.guardian && guardians.length === 1)
          throw new AppError('SUBJECT_LAST_GUARDIAN', 'somebody else must be guardian first', {
            status: 409,
          });
        await removeMember(trx, id, accountId);
        const entry = { accountId: scope.accountId, action: 'member_removed' as const, subjectId: id };
        await recordAudit(trx, [{ ...entry, detail: { accountId } }], clock.now());
      });
      return reply.code(204).send(null);
    },
  );
}

/** Throws NOT_FOUND, SUBJECT_NOT_YOURS (403). */
async function mustEdit(deps: ApiDeps, scope: Scope, id: number): Promise<void> {
  const { row } = await mustSeeSubject(deps, scope, id);
  if (!mayEditSubject(scope, { id: row.id, gridId: row.home_grid_id }))
    throw new AppError('SUBJECT_NOT_YOURS', 'only her guardian or her desk may change this', { status: 403 });
}
