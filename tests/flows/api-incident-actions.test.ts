import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { IncidentDetail, IncidentSummary, MyNotification } from '../../src/api/schemas.ts';
import { type Answer, codeOf } from '../harness/api-client.ts';
import { startTestApi, type TestApi } from '../harness/api-village.ts';
import { EAST, gpsFix, MINUTE } from '../harness/rescue-village.ts';

describe('an incident, acted on by those who answer', () => {
  let api: TestApi;
  let id: number;
  beforeAll(async () => {
    api = await startTestApi();
    const location = gpsFix(EAST, api.clock.now());
    id = await api.press({ evidence: { signal: 'sos', receivedAt: api.clock.now(), location, battery: 64 } });
  });
  afterAll(() => api.close());

  const act = async (login: string, action: string, body?: unknown): Promise<Answer<IncidentDetail>> =>
    (await api.as(login)).post<IncidentDetail>(`/api/incidents/${id}/${action}`, body);

  it("stands on the worker's page with her name, place, way and what he may do", async () => {
    const worker = await api.as('worker');
    const [first] = (await worker.get<IncidentSummary[]>('/api/incidents?open=true&mine=true')).body;
    expect(first).toMatchObject({ id, kind: 'sos', ringsForMe: true, subject: { name: '王奶奶' } });
    const { body } = await worker.get<IncidentDetail>(`/api/incidents/${id}`);
    expect(body).toMatchObject({
      location: { ...EAST, source: 'gps', fresh: true },
      battery: 64,
      grid: { name: 'east' },
      subjectDetail: { homeAddress: '茅圻村 3 号', family: [{ name: 'family', relation: 'daughter' }] },
    });
    expect(body.navigation.map(({ app }) => app)).toEqual(['amap', 'baidu', 'tencent', 'apple', 'geo']);
    expect(body.actions).toContain('acknowledge');
    const [message] = (await worker.get<MyNotification[]>('/api/notifications')).body;
    expect(message).toMatchObject({ incidentId: id, template: 'incident_raised', why: 'worker' });
  });

  it('shows what her wristband was asked meanwhile, and what became of it', async () => {
    const { db } = api.database;
    const at = (ms: number) => new Date(api.clock.now() + ms);
    const device = { protocol: 'watch', native_id: '8800000001', device_id: api.village.deviceId };
    const downlink = (kind: object, created_at: Date) => ({
      ...device,
      command: JSON.stringify(kind),
      created_at,
      expires_at: at(MINUTE),
    });
    await db
      .insertInto('downlinks')
      .values([
        { ...downlink({ kind: 'locate_now' }, at(-MINUTE)), state: 'expired' },
        { ...downlink({ kind: 'locate_now' }, at(0)), state: 'acknowledged', done_at: at(10) },
        { ...downlink({ kind: 'message', text: '家里的话' }, at(0)), state: 'sent' },
        {
          ...downlink({ kind: 'measure', what: 'heart_rate' }, at(0)),
          state: 'failed',
          reason: 'the device says no',
        },
      ])
      .execute();
    const { body } = await (await api.as('worker')).get<IncidentDetail>(`/api/incidents/${id}`);
    expect(
      body.commands.map(({ kind, what, state, requestedBy }) => [kind, what, state, requestedBy]),
    ).toEqual([
      ['locate_now', null, 'acknowledged', null],
      ['measure', 'heart_rate', 'failed', null],
    ]);
  });

  it('is had by the first, and the others hear by whom', async () => {
    const [first, second] = await Promise.all([act('worker', 'acknowledge'), act('family', 'acknowledge')]);
    const [won, lost] = first.status === 200 ? [first, second] : [second, first];
    expect(won.body.status).toBe('acknowledged');
    expect([lost.status, codeOf(lost)]).toEqual([409, 'INCIDENT_TAKEN']);
    const winner = first.status === 200 ? 'worker' : 'family';
    expect(lost.body).toMatchObject({ error: { message: `已由${winner}接手`, details: { owner: winner } } });
    expect((await act(winner, 'acknowledge')).status).toBe(200);
    await act(winner, 'release');
    expect((await act('worker', 'acknowledge')).body.owner?.name).toBe('worker');
  });

  it('goes en route, is handed over and accepted, arrives, is resolved and closed', async () => {
    const { deputy } = api.village.people;
    const onTheWay = await act('worker', 'en-route', { etaMinutes: 10 });
    expect(onTheWay.body).toMatchObject({ status: 'en_route', etaAt: api.clock.now() + 10 * MINUTE });
    expect(codeOf(await act('family', 'on-scene'))).toBe('INCIDENT_NOT_YOURS');
    expect((await act('worker', 'hand-over', { to: deputy?.id })).body.handOverTo?.name).toBe('deputy');
    expect((await act('deputy', 'accept-hand-over')).body.owner?.name).toBe('deputy');
    expect((await act('deputy', 'need-help', { what: '120', note: '昏迷' })).status).toBe(200);
    expect((await act('deputy', 'on-scene', EAST)).body.status).toBe('on_scene');
    expect((await act('family', 'comment', { text: '我在路上' })).status).toBe(200);
    expect((await act('street', 'take-over')).body.owner?.name).toBe('street');
    expect(codeOf(await act('street', 'resolve', { outcome: 'vanished', note: 'x' }))).toBe(
      'REQUEST_INVALID',
    );
    expect((await act('street', 'resolve', { outcome: 'hospital', note: '送医' })).body).toMatchObject({
      status: 'resolved',
      outcome: 'hospital',
    });
    expect(codeOf(await act('worker', 'close'))).toBe('ROLE_REQUIRED');
    const closed = (await act('street', 'close')).body;
    expect(closed.timeline.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining([
        'raised',
        'acknowledged',
        'en_route',
        'handed_over',
        'need_help',
        'on_scene',
        'comment',
        'taken_over',
        'resolved',
        'closed',
      ]),
    );
    expect(codeOf(await act('worker', 'acknowledge'))).toBe('INCIDENT_WRONG_STATE');
  });

  it('of a device that nobody registered goes to every desk, and to them only', async () => {
    const other = await api.press({ nativeId: '8812345678' }, 'unknown');
    const sees = async (login: string) =>
      (await (await api.as(login)).get<IncidentSummary[]>('/api/incidents?open=true')).body.some(
        (each) => each.id === other,
      );
    for (const login of ['street', 'far_street', 'desk', 'city', 'admin'])
      expect(await sees(login), login).toBe(true);
    for (const login of ['worker', 'family', 'relative', 'property'])
      expect(await sees(login), login).toBe(false);
  });
});
