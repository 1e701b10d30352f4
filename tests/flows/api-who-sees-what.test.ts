import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type {
  AuditView,
  IncidentDetail,
  IncidentSummary,
  Series,
  SubjectView,
} from '../../src/api/schemas.ts';
import type { Reading } from '../../src/model/readings.ts';
import { saveLatest } from '../../src/telemetry/latest-store.ts';
import { createReadingsStore } from '../../src/telemetry/readings-store.ts';
import { codeOf } from '../harness/api-client.ts';
import { startTestApi, type TestApi } from '../harness/api-village.ts';
import { EAST, gpsFix, MINUTE, NOON_MS } from '../harness/rescue-village.ts';

const everybody = [
  'family',
  'relative',
  'worker',
  'neighbour',
  'deputy',
  'far_worker',
  'street',
  'far_street',
  'desk',
  'admin',
];

describe('who sees what', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await startTestApi();
    await heartBeats(api);
  });
  afterAll(() => api.close());

  const listOf = async (login: string) =>
    (await (await api.as(login)).get<SubjectView[]>('/api/subjects')).body.map(({ id }) => id);
  const reads = async (path: string) => {
    const statuses: Record<string, number> = {};
    for (const login of everybody) statuses[login] = (await (await api.as(login)).get(path)).status;
    return Object.keys(statuses).filter((login) => statuses[login] === 200);
  };

  it('gives each a list of their own wearers', async () => {
    const { subjectId: near, farSubjectId: far } = api.village;
    expect(await listOf('family')).toEqual([near]);
    expect(await listOf('relative')).toEqual([]);
    expect(await listOf('worker')).toEqual([near]);
    expect(await listOf('neighbour')).toEqual([]);
    expect(await listOf('far_worker')).toEqual([far]);
    expect(await listOf('street')).toEqual([near]);
    expect(await listOf('far_street')).toEqual([far]);
    for (const login of ['city', 'desk', 'admin']) expect(await listOf(login)).toEqual([near, far]);
  });

  it('answers the same for what is not theirs and for what does not exist', async () => {
    const { subjectId, deviceId } = api.village;
    const incident = await api.press();
    const far = await api.as('far_worker');
    for (const [path, id] of [
      ['/api/subjects', subjectId],
      ['/api/devices', deviceId],
      ['/api/incidents', incident],
    ] as const) {
      const forbidden = await far.get(`${path}/${id}`);
      const unknown = await far.get(`${path}/999999`);
      expect([forbidden.status, forbidden.body]).toEqual([404, unknown.body]);
    }
    const comment = await far.post(`/api/incidents/${incident}/comment`, { text: 'x' });
    expect([comment.status, codeOf(comment)]).toEqual([404, 'INCIDENT_NOT_FOUND']);
    expect(await listOf('far_worker')).toEqual([api.village.farSubjectId]);
    await endIncident(api, incident);
    api.clock.set(api.clock.now() + 31 * MINUTE);
  });

  it('lets only family and admins read vitals while nothing is the matter', async () => {
    const { subjectId } = api.village;
    expect(await reads(`/api/subjects/${subjectId}/latest`)).toEqual(['family', 'admin']);
    const worker = await api.as('worker');
    const closed = await worker.get(
      `/api/subjects/${subjectId}/series?signal=heart_rate&from=0&to=4000000000000`,
    );
    expect([closed.status, codeOf(closed)]).toEqual([403, 'SUBJECT_VITALS_CLOSED']);
    const seen = (await worker.get<SubjectView>(`/api/subjects/${subjectId}`)).body;
    expect(seen).toMatchObject({ name: '王奶奶', homeAddress: '茅圻村 3 号' });
    expect(seen).not.toHaveProperty('latest');
  });

  it('opens vitals and place to who was asked and to the desk while an incident is open, and half an hour after', async () => {
    const { subjectId } = api.village;
    const path = `/api/subjects/${subjectId}/latest`;
    const incident = await api.press({
      evidence: { signal: 'sos', receivedAt: NOON_MS, location: gpsFix(EAST, api.clock.now()) },
    });
    expect(await reads(path)).toEqual(['family', 'worker', 'street', 'desk', 'admin']);
    await endIncident(api, incident);
    api.clock.set(api.clock.now() + 29 * MINUTE);
    expect(await reads(path)).toEqual(['family', 'worker', 'street', 'desk', 'admin']);
    expect(await placeOf(api, 'worker', incident)).toEqual([true, true]);
    api.clock.set(api.clock.now() + 2 * MINUTE);
    expect(await reads(path)).toEqual(['family', 'admin']);
    expect(await placeOf(api, 'worker', incident)).toEqual([false, false]);
    expect(await placeOf(api, 'family', incident)).toEqual([true, true]);
  });

  it('shows an incident to the colleague of the grid without her place, until he is asked', async () => {
    const incident = await api.press();
    expect(await placeOf(api, 'deputy', incident)).toEqual([false, false]);
    api.clock.set(api.clock.now() + 46_000);
    await api.incidents.sweep();
    expect(await placeOf(api, 'deputy', incident)).toEqual([true, true]);
    await endIncident(api, incident);
  });

  it('gives a series its unit, and of a device only what it read since it is hers', async () => {
    const { subjectId, deviceId } = api.village;
    const path = `/api/subjects/${subjectId}/series?signal=heart_rate&from=${NOON_MS - 10 * MINUTE}&to=${NOON_MS + MINUTE}`;
    const family = await api.as('family');
    const all = (await family.get<Series>(path)).body;
    expect(all.unit).toBe('/min');
    expect(all.points.map(({ value }) => value)).toEqual([70, 71, 72, 73, 74]);
    await sql`update devices set assigned_at = to_timestamp(${(NOON_MS - 2.5 * MINUTE) / 1000}) where id = ${deviceId}`.execute(
      api.database.db,
    );
    expect((await family.get<Series>(path)).body.points.map(({ value }) => value)).toEqual([72, 73, 74]);
    const bad = await family.get(`/api/subjects/${subjectId}/series?signal=nonsense&from=0&to=1`);
    expect(codeOf(bad)).toBe('SERIES_BAD_QUERY');
  });

  it('writes down every reading with its reason, and shows her guardian who looked', async () => {
    const { subjectId, farSubjectId, people } = api.village;
    const admin = await api.as('admin');
    await admin.get(`/api/subjects/${subjectId}/latest`);
    await admin.get(`/api/subjects/${farSubjectId}/latest`);
    const family = await api.as('family');
    const log = (await family.get<AuditView[]>('/api/audit?limit=200')).body;
    expect(new Set(log.map((entry) => entry.subjectId))).toEqual(new Set([subjectId]));
    expect(log[0]).toMatchObject({
      account: { id: people.admin?.id },
      action: 'read_vitals',
      detail: { reason: 'administration', signal: 'latest' },
    });
    expect(log.find((entry) => entry.account?.id === people.worker?.id)).toMatchObject({
      detail: { reason: 'incident' },
    });
    expect((await (await api.as('relative')).get<AuditView[]>('/api/audit')).body).toEqual([]);
    const all = (await admin.get<AuditView[]>(`/api/audit?subject=${farSubjectId}`)).body;
    expect(all).toHaveLength(1);
  });

  it('logs a list that is fetched again and again once a minute', async () => {
    await api.press({
      evidence: { signal: 'sos', receivedAt: NOON_MS, location: gpsFix(EAST, api.clock.now()) },
    });
    const street = await api.as('street');
    const count = async () => {
      const audit = (await (await api.as('admin')).get<AuditView[]>('/api/audit?limit=200')).body;
      return audit.filter((entry) => entry.account?.id === api.village.people.street?.id).length;
    };
    const before = await count();
    for (let i = 0; i < 3; i++) {
      const [first] = (await street.get<IncidentSummary[]>('/api/incidents?open=true')).body;
      expect(first?.location).not.toBeNull();
    }
    expect(await count()).toBe(before + 1);
    api.clock.set(api.clock.now() + MINUTE);
    await street.get('/api/incidents?open=true');
    expect(await count()).toBe(before + 2);
  });
});

/** Whether the account sees her place in the incident, and in the list. */
async function placeOf(api: TestApi, login: string, id: number): Promise<[boolean, boolean]> {
  const client = await api.as(login);
  const one = (await client.get<IncidentDetail>(`/api/incidents/${id}`)).body;
  const list = (await client.get<IncidentSummary[]>('/api/incidents')).body;
  return [one.location !== null, list.find((each) => each.id === id)?.location !== null];
}

async function endIncident(api: TestApi, id: number): Promise<void> {
  const worker = await api.as('worker');
  await worker.post(`/api/incidents/${id}/acknowledge`);
  const answer = await worker.post(`/api/incidents/${id}/resolve`, { outcome: 'helped', note: '已送回家' });
  expect(answer.status).toBe(200);
}

/** One a minute, the last at noon. */
async function heartBeats({ database, village }: TestApi): Promise<void> {
  const readings = [70, 71, 72, 73, 74].map(
    (value, i): Reading => ({
      deviceId: village.deviceId,
      protocol: 'watch',
      nativeId: '8800000001',
      subjectId: village.subjectId,
      signal: 'heart_rate',
      value,
      observedAt: NOON_MS - (4 - i) * MINUTE,
      receivedAt: NOON_MS - (4 - i) * MINUTE,
      origin: 'live',
    }),
  );
  await database.db.transaction().execute(async (trx) => {
    await createReadingsStore(database.db).write(readings, trx);
    await saveLatest(trx, readings);
  });
}
