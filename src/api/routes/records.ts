import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { listAudit, recordLooks } from '../../people/audit-store.ts';
import {
  type IncidentFacts,
  mayReadVitals,
  readableAudit,
  type Scope,
  seesDevice,
  visibleTo,
} from '../authorisation.ts';
import type { ApiDeps } from '../deps.ts';
import { auditQuerySchema, uplinkQuerySchema } from '../request-schemas.ts';
import { auditSchema, statsSchema, type UplinkView, uplinkSchema } from '../schemas.ts';
import { scopeOf } from '../session-guard.ts';
import { silencesOf } from '../silence.ts';
import { readStats } from '../stores/stats-store.ts';
import { readUplinks, type UplinkRow } from '../stores/uplink-view-store.ts';
import { recentIncidents } from '../vitals.ts';
import { answers, typed } from './route.ts';

/** What is only read: uplinks, the access log and numbers. */
export function registerRecords(app: FastifyInstance, deps: ApiDeps): void {
  const api = typed(app);
  api.get(
    '/api/uplinks',
    {
      schema: {
        tags: ['records'],
        summary:
          "Raw uplinks with their outcome, the newest first; a wearer's frame only to who may read her vitals now",
        querystring: uplinkQuerySchema,
        response: answers(z.array(uplinkSchema)),
      },
    },
    async (request) => {
      const scope = await scopeOf(request, deps);
      const rows = await readUplinks(deps.database.db, request.query, deps.clock.now());
      return readableUplinks(deps, scope, rows);
    },
  );
  api.get(
    '/api/audit',
    {
      schema: {
        tags: ['records'],
        summary: 'Who read what and when: all of it for admins, that of her wearer for a guardian',
        querystring: auditQuerySchema,
        response: answers(z.array(auditSchema)),
      },
    },
    async (request) => {
      const readable = readableAudit(await scopeOf(request, deps));
      const { subject, before, limit } = request.query;
      return listAudit(deps.database.db, {
        limit,
        ...(subject === undefined ? {} : { subject }),
        ...(before === undefined ? {} : { before }),
        ...(readable === 'all' ? {} : { subjectIds: readable }),
      });
    },
  );
  api.get(
    '/api/stats',
    { schema: { tags: ['records'], summary: 'Numbers of the desk', response: answers(statsSchema) } },
    async (request) => {
      const visible = visibleTo(await scopeOf(request, deps));
      const silences = silencesOf(deps.protocols);
      return readStats(deps.database.db, { visible, silences }, deps.clock.now());
    },
  );
}

/** A frame of a wearer's device tells where and how she is: it is shown, and logged, as her vitals are. */
async function readableUplinks(
  deps: ApiDeps,
  scope: Scope,
  rows: readonly UplinkRow[],
): Promise<UplinkView[]> {
  const { database, clock } = deps;
  const now = clock.now();
  const subjectIds = [...new Set(rows.flatMap((row) => row.subject_id ?? []))];
  const incidents = await recentIncidents(deps, scope, subjectIds);
  const looks = new Map<number, Parameters<typeof recordLooks>[1][number]>();
  const views = rows.flatMap((row) => {
    if (!seesDevice(scope, { subjectId: row.subject_id, gridId: row.grid_id, companyId: row.company_id }))
      return [];
    const access = frameAccess(scope, row, { incidents, now });
    if (access?.reason && row.subject_id !== null) {
      const { accountId } = scope;
      const detail = { reason: access.reason };
      looks.set(row.subject_id, { accountId, action: 'read_uplinks', subjectId: row.subject_id, detail });
    }
    return [uplinkView(row, access !== undefined)];
  });
  await recordLooks(database.db, [...looks.values()], now);
  return views;
}

function frameAccess(
  scope: Scope,
  row: UplinkRow,
  context: { incidents: readonly IncidentFacts[]; now: number },
): { reason?: string } | undefined {
  if (row.subject_id === null) return {};
  return mayReadVitals(scope, { id: row.subject_id, gridId: row.grid_id }, context);
}

function uplinkView(row: UplinkRow, showsFrame: boolean): UplinkView {
  const frame = showsFrame ? printable(row.bytes) : { frame: '', frameKind: 'text' as const };
  return {
    id: row.id,
    receivedAt: row.received_at,
    deviceId: row.device_id,
    protocol: row.protocol,
    transport: row.transport,
    nativeId: row.native_id,
    source: row.source,
    topic: row.topic,
    command: row.command,
    outcome: row.outcome,
    reason: row.reason,
    readingCount: row.reading_count,
    ...frame,
  };
}

const MOST_SHOWN_BYTES = 4096;
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The bytes as text where they are printable, else as hex; the beginning of long ones. */
function printable(bytes: Buffer): Pick<UplinkView, 'frame' | 'frameKind'> {
  const shown = bytes.subarray(0, MOST_SHOWN_BYTES);
  try {
    const frame = utf8.decode(shown);
    if (/^[\P{Cc}\r\n\t]*$/u.test(frame)) return { frame, frameKind: 'text' };
  } catch {
    // Not UTF-8, so it is shown as hex.
  }
  return { frame: shown.toString('hex'), frameKind: 'hex' };
}
