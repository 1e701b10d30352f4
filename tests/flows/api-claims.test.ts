import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ClaimInput, ClaimView, DeviceView, SubjectView } from '../../src/api/schemas.ts';
import { findDevices, noteUnknown } from '../../src/devices/device-store.ts';
import type { LifeEvent } from '../../src/model/alerts.ts';
import { type Answer, codeOf } from '../harness/api-client.ts';
import { startTestApi, type TestApi } from '../harness/api-village.ts';
import { LivePage } from '../harness/live-page.ts';
import { EAST, MINUTE } from '../harness/rescue-village.ts';

const IMEI = '861234567890123';
const SHORT = '3456789012';
const grandmother = {
  kind: 'elder' as const,
  name: '李奶奶',
  homeLatitude: EAST.latitude,
  homeLongitude: EAST.longitude,
};

describe('the registration of a wristband', () => {
  let api: TestApi;
  beforeEach(async () => {
    api = await startTestApi();
  });
  afterEach(() => api.close());

  const start = async (login: string, input: Partial<ClaimInput> = {}): Promise<Answer<ClaimView>> => {
    const whole = { nativeId: IMEI, method: 'code', relation: '女儿', subject: grandmother, ...input };
    return (await api.as(login)).post<ClaimView>('/api/claims', whole);
  };
  const enter = async (login: string, id: number, code: string): Promise<Answer<ClaimView>> =>
    (await api.as(login)).post<ClaimView>(`/api/claims/${id}/code`, { code });
  /** What a band that announces itself so shows on its screen, the newest last. */
  const screen = async (...spellings: string[]): Promise<string[]> => {
    const rows = await api.database.db
      .selectFrom('downlinks')
      .select('command')
      .where('protocol', '=', 'watch')
      .where('native_id', 'in', spellings)
      .orderBy('id')
      .execute();
    return rows.map((row) => /\d{6}/.exec(String(row.command.text))?.[0] ?? '');
  };
  /** Who wears the devices that announce themselves so. */
  const wearers = async (...spellings: string[]) => {
    const wanted = spellings.map((spelling) => ({ protocol: 'watch', spelling }));
    return (await findDevices(api.database.db, wanted)).map(({ device }) => device.subjectId);
  };
  const mine = async (login: string) =>
    (await (await api.as(login)).get<SubjectView[]>('/api/subjects')).body;
  const press = async (more: Partial<LifeEvent> = {}) => {
    const at = api.clock.now();
    const event: LifeEvent = {
      signal: 'sos',
      protocol: 'watch',
      nativeId: SHORT,
      source: '10.0.0.7',
      origin: 'live',
      observedAt: at,
      receivedAt: at,
      context: {},
      ...more,
    };
    await api.database.db.transaction().execute((trx) => api.claims.pressed(trx, event));
  };

  it('is proved by the code on its screen: she is registered, in her grid, and the caller is her guardian', async () => {
    const claim = (await start('relative')).body;
    expect(claim).toMatchObject({ method: 'code', state: 'open', attemptsLeft: 5, subjectId: null });
    const [code = ''] = await screen(SHORT);
    const answer = await enter('relative', claim.id, code);
    expect(answer.body).toMatchObject({ state: 'used' });
    const [subject] = await mine('relative');
    expect(subject).toMatchObject({ id: answer.body.subjectId, name: '李奶奶', grid: { name: 'east' } });
    expect(subject?.device).toMatchObject({ protocol: 'watch', nativeId: IMEI });
    expect(await wearers(IMEI, SHORT)).toEqual([subject?.id, subject?.id]);
    expect((await enter('relative', claim.id, code)).body).toEqual(answer.body);
    const patched = await (await api.as('relative')).patch(`/api/subjects/${subject?.id}`, { phone: '138' });
    expect(patched.status).toBe(200);
  });

  it('reaches the screen once, whether the band says all of its IMEI or ten digits of it', async () => {
    await start('relative');
    expect(await screen(IMEI, SHORT)).toHaveLength(1);
    expect(await screen(SHORT)).toHaveLength(1);
  });

  it('answers the same whether the band exists, belongs to somebody, or not', async () => {
    const answers = [
      await start('relative'),
      await start('relative', { nativeId: '8800000001' }),
      await start('relative', { nativeId: '861111111111111' }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
    const shapes = answers.map(({ body: { id: _id, ...rest } }) => rest);
    expect(new Set(shapes.map((shape) => JSON.stringify(shape))).size).toBe(1);
    expect(await mine('relative')).toEqual([]);
  });

  it('opens nothing of who wears the band already, not even to the right code: anybody can speak as a band', async () => {
    const claim = (await start('relative', { nativeId: '8800000001' })).body;
    const [code = ''] = await screen('8800000001');
    expect(codeOf(await enter('relative', claim.id, code))).toBe('CLAIM_DEVICE_WORN');
    expect(await mine('relative')).toEqual([]);
    expect(await api.database.db.selectFrom('subjects').select('id').execute()).toHaveLength(2);
    const family = await api.database.db
      .selectFrom('subject_members')
      .select('account_id')
      .where('subject_id', '=', api.village.subjectId)
      .execute();
    expect(family).toHaveLength(1);
  });

  it('allows five guesses, also when they come at once, and then not even the right code', async () => {
    const claim = (await start('relative')).body;
    const [code = ''] = await screen(SHORT);
    const wrong = code === '000000' ? '000001' : '000000';
    const guesses = await Promise.all(Array.from({ length: 12 }, () => enter('relative', claim.id, wrong)));
    const codes = guesses.map(codeOf);
    expect(codes.filter((each) => each === 'CLAIM_WRONG_CODE')).toHaveLength(5);
    expect(codes.filter((each) => each === 'CLAIM_FAILED')).toHaveLength(7);
    expect(codeOf(await enter('relative', claim.id, code))).toBe('CLAIM_FAILED');
    expect(await mine('relative')).toEqual([]);
  });

  it('lasts ten minutes', async () => {
    const claim = (await start('relative')).body;
    const [code = ''] = await screen(SHORT);
    api.clock.set(api.clock.now() + 10 * MINUTE);
    expect(codeOf(await enter('relative', claim.id, code))).toBe('CLAIM_EXPIRED');
    const status = (await (await api.as('relative')).get<ClaimView>(`/api/claims/${claim.id}`)).body;
    expect(status.state).toBe('expired');
  });

  it('belongs to who began it: others find no such claim, and its code is of no use to another', async () => {
    const claim = (await start('relative')).body;
    const other = (await start('family', { subject: { ...grandmother, name: '另一位' } })).body;
    const [first = '', second = ''] = await screen(SHORT);
    expect(codeOf(await (await api.as('family')).get(`/api/claims/${claim.id}`))).toBe('CLAIM_NOT_FOUND');
    expect(codeOf(await enter('family', claim.id, first))).toBe('CLAIM_NOT_FOUND');
    if (first !== second) expect(codeOf(await enter('family', other.id, first))).toBe('CLAIM_WRONG_CODE');
    const both = await Promise.all([enter('relative', claim.id, first), enter('family', other.id, second)]);
    expect(both.map(({ status }) => status).toSorted()).toEqual([200, 409]);
    expect(await api.database.db.selectFrom('devices').select('id').execute()).toHaveLength(3);
  });

  it("of a band for somebody of one's own family registers it to her, and to nobody else's", async () => {
    const stranger = await start('relative', { subject: undefined, subjectId: api.village.subjectId });
    expect([stranger.status, codeOf(stranger)]).toEqual([404, 'CLAIM_SUBJECT_NOT_YOURS']);
    expect(codeOf(await start('relative', { subject: undefined }))).toBe('CLAIM_SUBJECT_MISSING');
    const claim = (await start('family', { subject: undefined, subjectId: api.village.subjectId })).body;
    const [code = ''] = await screen(SHORT);
    expect((await enter('family', claim.id, code)).body.subjectId).toBe(api.village.subjectId);
    const devices = (await (await api.as('family')).get<DeviceView[]>('/api/devices')).body;
    expect(devices.map(({ nativeId }) => nativeId)).toEqual(['8800000001', IMEI]);
  });

  it('is proved by a press within two minutes, which the page hears of', async () => {
    const claim = (await start('relative', { method: 'press' })).body;
    expect(await screen(SHORT, IMEI)).toEqual([]);
    const page = await LivePage.open(await api.as('relative'));
    await press();
    await page.event((e) => e.type === 'claim' && e.id === claim.id, 'the claim');
    page.close();
    const done = (await (await api.as('relative')).get<ClaimView>(`/api/claims/${claim.id}`)).body;
    expect(done).toMatchObject({ state: 'used' });
    expect((await mine('relative')).map(({ id }) => id)).toEqual([done.subjectId]);
  });

  it.each<[string, Partial<LifeEvent>, number]>([
    ['after two minutes', {}, 2 * MINUTE],
    ['that was made before and sent late', { origin: 'history' }, 1000],
    ['of another band', { nativeId: '8800000009' }, 1000],
    ['that was a fall', { signal: 'fall' }, 1000],
    ['of a band that is registered', { deviceId: 1 }, 1000],
  ])('is not proved by a press %s', async (_what, event, afterMs) => {
    await start('relative', { method: 'press' });
    api.clock.set(api.clock.now() + afterMs);
    await press(event);
    expect(await mine('relative')).toEqual([]);
  });

  it.each<[string, string, Partial<LifeEvent>, Record<string, string>]>([
    ['gt06', IMEI, { protocol: 'gt06', nativeId: IMEI }, { protocol: 'gt06', nativeId: IMEI }],
    ['iw', IMEI, { protocol: 'iw', nativeId: IMEI }, { protocol: 'iw', nativeId: IMEI }],
    ['watch by ten digits', IMEI, {}, { protocol: 'watch', nativeId: IMEI }],
    ['jt808', '13812345678', { protocol: 'jt808', nativeId: '013812345678' }, { protocol: 'jt808' }],
    ['small letters', 'AB12CD34', { protocol: 'g616', nativeId: 'ab12cd34' }, { nativeId: 'ab12cd34' }],
  ])(
    'is proved by a press in whichever language the device speaks: %s',
    async (_what, typed, event, made) => {
      const claim = (await start('relative', { method: 'press', nativeId: typed })).body;
      await press(event);
      const [subject] = await mine('relative');
      expect(subject?.device).toMatchObject(made);
      const done = (await (await api.as('relative')).get<ClaimView>(`/api/claims/${claim.id}`)).body;
      expect(done).toMatchObject({ state: 'used', subjectId: subject?.id });
    },
  );

  it('of a device in one language is not proved by a press of a namesake in another', async () => {
    await start('relative', { method: 'press' });
    await press({ protocol: 'h02', nativeId: SHORT });
    await start('family', { method: 'press', protocol: 'iw', subject: { ...grandmother, name: '另一位' } });
    await press({ protocol: 'gt06', nativeId: IMEI, origin: 'history' });
    expect(await mine('relative')).toEqual([]);
    await press({ protocol: 'gt06', nativeId: IMEI });
    expect(await mine('relative')).toHaveLength(1);
  });

  it('sends the code in the language in which the device was heard last', async () => {
    const heard = { source: '10.0.0.7', uplinks: 1 };
    const seenAt = api.clock.now();
    await noteUnknown(api.database.db, [
      { ...heard, protocol: 'gt06', nativeId: IMEI, seenAt: seenAt - MINUTE },
      { ...heard, protocol: 'iw', nativeId: IMEI, seenAt },
    ]);
    const claim = (await start('relative')).body;
    const sent = await api.database.db
      .selectFrom('downlinks')
      .select(['protocol', 'native_id', 'command'])
      .execute();
    expect(sent).toMatchObject([{ protocol: 'iw', native_id: IMEI }]);
    const code = /\d{6}/.exec(String(sent[0]?.command.text))?.[0] ?? '';
    expect((await enter('relative', claim.id, code)).body).toMatchObject({ state: 'used' });
    expect((await mine('relative'))[0]?.device).toMatchObject({ protocol: 'iw', nativeId: IMEI });
  });

  it('sends the code to a device that the desk registered, and binds that', async () => {
    const desk = await api.as('admin');
    const made = (await desk.post<DeviceView>('/api/devices', { protocol: 'iw', nativeId: IMEI })).body;
    const claim = (await start('relative')).body;
    const { command } = await api.database.db
      .selectFrom('downlinks')
      .select('command')
      .executeTakeFirstOrThrow();
    await enter('relative', claim.id, /\d{6}/.exec(String(command.text))?.[0] ?? '');
    expect((await mine('relative'))[0]?.device).toMatchObject({ id: made.id, protocol: 'iw' });
  });

  it('is not proved by a press on a band that somebody wears, even if ingest did not know it yet', async () => {
    const claim = (await start('relative', { method: 'press', nativeId: '8800000001' })).body;
    await press({ nativeId: '8800000001' });
    expect(await mine('relative')).toEqual([]);
    expect((await (await api.as('relative')).get<ClaimView>(`/api/claims/${claim.id}`)).body.state).toBe(
      'open',
    );
  });

  it("is nobody's where two accounts wait for the same press", async () => {
    const claims = [await start('relative', { method: 'press' }), await start('family', { method: 'press' })];
    await press();
    for (const [i, login] of ['relative', 'family'].entries()) {
      const status = await (await api.as(login)).get<ClaimView>(`/api/claims/${claims[i]?.body.id}`);
      expect(status.body.state).toBe('failed');
    }
    expect(await wearers(SHORT)).toEqual([]);
  });

  it('never stops an SOS: what fails in it is undone alone', async () => {
    await start('relative', { method: 'press', subject: grandmother });
    await api.database.db.schema.alterTable('subjects').dropColumn('name').execute();
    const event: LifeEvent = {
      signal: 'sos',
      protocol: 'watch',
      nativeId: SHORT,
      source: 's',
      origin: 'live',
      observedAt: api.clock.now(),
      receivedAt: api.clock.now(),
      context: {},
    };
    await api.database.db.transaction().execute(async (trx) => {
      await api.claims.pressed(trx, event);
      await trx
        .insertInto('life_keys')
        .values({ key: 'went on', seen_at: new Date(0), until: new Date(0) })
        .execute();
    });
    expect(await api.database.db.selectFrom('life_keys').select('key').execute()).toEqual([
      { key: 'went on' },
    ]);
  });

  it('is limited for each account by the hour', async () => {
    const statuses: number[] = [];
    for (let i = 0; i < 7; i++)
      statuses.push((await start('relative', { nativeId: `88000001${i}0` })).status);
    expect(statuses).toEqual([201, 201, 201, 201, 201, 429, 429]);
    expect((await start('family')).status).toBe(201);
    api.clock.set(api.clock.now() + 61 * MINUTE);
    expect((await start('relative')).status).toBe(201);
  });
});
