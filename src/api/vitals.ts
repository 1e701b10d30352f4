import type { Signal } from '../model/signals.ts';
import { recordAudit } from '../people/audit-store.ts';
import { AppError } from '../platform/errors.ts';
import { readLatest } from '../telemetry/latest-store.ts';
import {
  type IncidentFacts,
  mayReadVitals,
  READABLE_AFTER_MS,
  type Scope,
  seesSubject,
  takesPart,
} from './authorisation.ts';
import type { ApiDeps } from './deps.ts';
import { notFound } from './problems.ts';
import type { LatestReading, Series } from './schemas.ts';
import { factsFor, recentAudiences } from './scope-store.ts';
import { readSubjects, type SubjectRow } from './stores/subject-view-store.ts';
import { unitOf } from './units.ts';

/** Points of a chart; more would not be seen. */
const MOST_POINTS = 600;

/** A wearer whom the caller sees: of his own, or through an incident that he has a part in. Throws NOT_FOUND. */
export async function mustSeeSubject(
  deps: ApiDeps,
  scope: Scope,
  id: number,
): Promise<{ row: SubjectRow; incidents: IncidentFacts[] }> {
  const [row] = await readSubjects(deps.database.db, { id });
  if (!row) throw notFound();
  const incidents = await recentIncidents(deps, scope, [id]);
  const facts = { id: row.id, gridId: row.home_grid_id };
  const isHelping = incidents.some((incident) => takesPart(scope, incident));
  if (!isHelping && !seesSubject(scope, facts)) throw notFound();
  return { row, incidents };
}

/** Incidents for which vitals and positions of these wearers may be read now. */
export async function recentIncidents(
  { database, clock }: ApiDeps,
  scope: Scope,
  subjectIds: readonly number[],
): Promise<IncidentFacts[]> {
  const audiences = await recentAudiences(database.db, subjectIds, clock.now() - READABLE_AFTER_MS);
  return audiences.map((audience) => factsFor(scope.accountId, audience));
}

/**
 * Lets a reader of vitals and positions through and writes down that he was. Throws NOT_FOUND for a wearer whom he does not see,
 * SUBJECT_VITALS_CLOSED (403) where he may not read them now.
 */
export async function vitalsAccess(
  deps: ApiDeps,
  scope: Scope,
  { subjectId, signal }: { subjectId: number; signal: Signal | 'latest' },
): Promise<SubjectRow> {
  const { row, incidents } = await mustSeeSubject(deps, scope, subjectId);
  if (!(await logReading(deps, scope, { row, incidents, signal })))
    throw new AppError('SUBJECT_VITALS_CLOSED', 'readable only while an incident of hers is open', {
      status: 403,
    });
  return row;
}

/** Whether the caller may read her vitals now; where he may, it is in the access log when this resolves. */
export async function logReading(
  { database, clock }: ApiDeps,
  scope: Scope,
  reading: { row: SubjectRow; incidents: readonly IncidentFacts[]; signal: Signal | 'latest' },
): Promise<boolean> {
  const { row, incidents, signal } = reading;
  const now = clock.now();
  const access = mayReadVitals(scope, { id: row.id, gridId: row.home_grid_id }, { incidents, now });
  if (!access) return false;
  const entry = {
    accountId: scope.accountId,
    action: signal === 'location' ? ('read_location' as const) : ('read_vitals' as const),
    subjectId: row.id,
    incidentId: access.incidentId ?? null,
    detail: { reason: access.reason, signal },
  };
  await recordAudit(database.db, [entry], now);
  return true;
}

/** The newest value of each signal, of the devices that she wears now. */
export async function latestOf({ database }: ApiDeps, row: SubjectRow): Promise<LatestReading[]> {
  const readings = await readLatest(
    database.db,
    row.devices.map(({ id }) => id),
  );
  const newest = new Map<string, LatestReading>();
  for (const { signal, channel, ...rest } of readings) {
    const key = `${signal} ${channel}`;
    if (newest.has(key)) continue;
    const { value, observedAt, receivedAt, origin } = rest;
    newest.set(key, { signal, channel, value, unit: unitOf(signal), observedAt, receivedAt, origin });
  }
  return [...newest.values()];
}

/** One signal over a time; of a device only what it read since it is hers. */
export async function seriesOf(
  { telemetry }: ApiDeps,
  row: SubjectRow,
  query: { signal: Signal; from: number; to: number },
): Promise<Series> {
  const { signal, from, to } = query;
  const parts = await Promise.all(
    row.devices.map(({ id, assignedAt }) => {
      const since = Math.max(from, assignedAt ?? 0);
      return since < to
        ? telemetry.series({ deviceIds: [id], signal, from: since, to, maxPoints: MOST_POINTS })
        : [];
    }),
  );
  const points = parts.flat().sort((a, b) => a.at - b.at);
  return { signal, unit: unitOf(signal), points };
}
