import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AlarmQuality, UnjudgedAlert } from '../../src/api/alarm-quality-schemas.ts';
import { codeOf } from '../harness/api-client.ts';
import { startTestApi, type TestApi } from '../harness/api-village.ts';
import { MINUTE } from '../harness/rescue-village.ts';

const REPORT = '/api/reports/alarm-quality';

describe('the quality of alarms', () => {
  let api: TestApi;
  let notice: number;
  let farNotice: number;
  beforeAll(async () => {
    api = await startTestApi();
    const { village } = api;
    const incidentId = await api.press();
    await addAlert(api, { rule: 'sos', incident_id: incidentId });
    api.clock.advance(20_000);
    const worker = await api.as('worker');
    for (const step of ['acknowledge', 'en-route', 'on-scene'])
      await worker.post(`/api/incidents/${incidentId}/${step}`, {});
    await worker.post(`/api/incidents/${incidentId}/resolve`, { outcome: 'false_press', note: '碰到了' });
    notice = await addNotice(api, village, [idOf(api, 'worker'), idOf(api, 'family')]);
    const far = { subjectId: village.farSubjectId, deviceId: village.farDeviceId };
    farNotice = await addNotice(api, far, [idOf(api, 'far_worker')]);
    api.clock.advance(MINUTE);
  });
  afterAll(() => api.close());

  const read = async (login: string, query = '') =>
    (await (await api.as(login)).get<AlarmQuality>(`${REPORT}${query}`)).body;

  it('counts what rang whose phone, and takes the outcome of an incident for what its alarm was', async () => {
    const report = await read('desk');
    const { grids } = api.village;
    const worker = report.workers.find(({ key }) => key === idOf(api, 'worker'));
    expect(worker).toMatchObject({
      name: 'worker',
      roles: ['responder'],
      alarms: 2,
      findings: { real: 0, false_press: 1 },
      unjudged: 1,
      notActionableNow: 1,
      acknowledgeMsP50: 20_000,
    });
    expect(report.acknowledge.incidents).toEqual({ count: 1, p50: 20_000, p95: 20_000 });
    const sos = report.rules.find(({ key }) => key === 'sos');
    expect(sos).toMatchObject({ alarms: 1, actionableShare: 0, findings: { false_press: 1 } });
    expect(report.grids.map(({ key, alarms }) => [key, alarms])).toEqual([
      [grids.east, 2],
      [api.village.farGrid, 1],
    ]);
    expect(report.timeZone).toBe('Asia/Shanghai');
  });

  it('each desk reads of its own grids only, and no worker of another', async () => {
    const far = await read('far_street');
    expect(far.grids.map(({ key }) => key)).toEqual([api.village.farGrid]);
    expect(far.workers.map(({ name }) => name)).toEqual(['far_worker']);
    const refused = await (await api.as('worker')).get(REPORT);
    expect([refused.status, codeOf(refused)]).toEqual([403, 'ROLE_REQUIRED']);
  });

  it('answers for one grid with all below it, one worker, one rule, one model, one period', async () => {
    const { grids } = api.village;
    const familyId = idOf(api, 'family');
    const alarms = async (query: string) => (await read('admin', query)).figures.alarms;
    expect(await alarms('')).toBe(3);
    expect(await alarms(`?grid=${grids.street}`)).toBe(2);
    expect(await alarms('?rule=sos')).toBe(1);
    expect(await alarms('?model=watch')).toBe(3);
    expect(await alarms(`?to=${api.clock.now() - 3_600_000}`)).toBe(0);
    const family = await read('admin', `?worker=${familyId}`);
    expect(family.workers.map(({ key }) => key)).toEqual([familyId]);
    const ofRule = await read('admin', '?rule=battery_low');
    expect(ofRule.workers.every(({ alarms }) => alarms === 1)).toBe(true);
    const both = await read('admin', `?worker=${familyId}&rule=sos`);
    expect([both.figures.alarms, both.received.alarms]).toEqual([1, 1]);
    expect(codeOf(await (await api.as('admin')).get(`${REPORT}?from=0`))).toBe('REPORT_BAD_PERIOD');
  });

  it('asks what a notice was that is over, of whoever sees the device', async () => {
    const street = await api.as('street');
    const waiting = async () => (await street.get<UnjudgedAlert[]>('/api/alerts/unjudged')).body;
    expect((await waiting()).map(({ id }) => id)).toEqual([notice]);
    const finding = { finding: 'device_fault' };
    const notSeen = await (await api.as('family')).post(`/api/alerts/${farNotice}/finding`, finding);
    expect(notSeen.status).toBe(404);
    expect((await (await api.as('family')).post(`/api/alerts/${notice}/finding`, finding)).status).toBe(204);
    expect(await waiting()).toEqual([]);
    const { rules } = await read('street');
    expect(rules.find(({ key }) => key === 'battery_low')).toMatchObject({
      findings: { device_fault: 1 },
      unjudged: 0,
    });
  });

  it('gives each table to a spreadsheet, in the reader’s language', async () => {
    const admin = await api.as('admin');
    const table = async (name: string) =>
      (await admin.call('GET', `${REPORT}.csv?table=${name}`)).body as unknown as string;
    expect(await table('workers')).toMatch(/^人员,报警数,/);
    for (const name of ['grids', 'models', 'rules', 'points', 'floods'])
      expect((await table(name)).split('\r\n')[0]?.split(',').length, name).toBeGreaterThan(4);
    expect((await table('rules')).split('\r\n').slice(1, -1)).toHaveLength(2);
  });

  it('of whoever works in two grids each desk reads what was in its own', async () => {
    const { farSubjectId: subjectId, farDeviceId: deviceId } = api.village;
    const workerId = idOf(api, 'worker');
    await addNotice(api, { subjectId, deviceId }, [workerId]);
    api.clock.advance(MINUTE);
    const { workers } = await read('far_street');
    expect(workers.find(({ key }) => key === workerId)).toMatchObject({ alarms: 1, acknowledgeMsP50: null });
  });
});

const idOf = (api: TestApi, login: string): number => api.village.people[login]?.id ?? 0;

type Alert = { rule: string; incident_id?: number; subject_id?: number; device_id?: number };

async function addAlert(api: TestApi, alert: Alert): Promise<number> {
  const now = new Date(api.clock.now());
  const { id } = await api.database.db
    .insertInto('alerts')
    .values({
      kind: alert.rule,
      severity: 'warning',
      state: 'resolved',
      native_id: '8800000001',
      protocol: 'watch',
      fired_at: now,
      resolved_at: now,
      evidence: '{}',
      subject_id: api.village.subjectId,
      device_id: api.village.deviceId,
      ...alert,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

/** A notice by two channels to each of these people. */
async function addNotice(
  api: TestApi,
  of: { subjectId: number; deviceId: number },
  accounts: readonly number[],
): Promise<number> {
  const id = await addAlert(api, { rule: 'battery_low', subject_id: of.subjectId, device_id: of.deviceId });
  const at = new Date(api.clock.now());
  const told = accounts.flatMap((account_id) =>
    ['live', 'email'].map((channel) => ({ account_id, channel })),
  );
  await api.database.db
    .insertInto('notifications')
    .values(
      told.map((to) => ({
        ...to,
        alert_id: id,
        template: 'notice',
        why: 'worker',
        payload: '{}',
        state: 'delivered' as const,
        created_at: at,
        updated_at: at,
      })),
    )
    .execute();
  return id;
}
