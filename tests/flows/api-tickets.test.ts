import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { MyNotification, Stats } from '../../src/api/schemas.ts';
import type { TicketDetail, TicketReadings, TicketSummary } from '../../src/api/ticket-schemas.ts';
import type { AlertChange } from '../../src/model/alerts.ts';
import type { Reading } from '../../src/model/readings.ts';
import { saveLatest } from '../../src/telemetry/latest-store.ts';
import { createReadingsStore } from '../../src/telemetry/readings-store.ts';
import { type Answer, codeOf } from '../harness/api-client.ts';
import { type ApiEstate, buildEstate } from '../harness/api-estate.ts';
import { startTestApi, type TestApi } from '../harness/api-village.ts';
import { LivePage } from '../harness/live-page.ts';
import { MINUTE } from '../harness/rescue-village.ts';
import { HOUR, jpeg } from '../harness/ticket-estate.ts';

let api: TestApi;
let estate: ApiEstate;
beforeAll(async () => {
  api = await startTestApi();
  estate = await buildEstate(api);
});
afterAll(() => api.close());

/** A leak in the first estate, or the second, becomes a ticket; its id. */
async function leak(more: Partial<AlertChange> = {}): Promise<number> {
  const now = api.clock.now();
  const change: AlertChange = {
    rule: 'water_leak',
    kind: 'water_leak',
    severity: 'critical',
    consequence: 'ticket',
    faultClass: 'water_leak',
    state: 'firing',
    at: now,
    receivedAt: now,
    deviceId: estate.leakDeviceId,
    assetId: estate.pipe,
    protocol: 'native',
    nativeId: 'leak-1',
    source: '',
    late: false,
    evidence: { signal: 'water_leak', value: true, receivedAt: now },
    ...more,
  };
  const { db } = api.database;
  const after = await db.transaction().execute((trx) => api.tickets.respond(trx, [change]));
  after();
  await api.notifier.settled();
  const last = db.selectFrom('tickets').select('id').orderBy('id', 'desc').limit(1);
  return (await last.executeTakeFirstOrThrow()).id;
}
const otherLeak = () =>
  leak({ deviceId: estate.otherDeviceId, assetId: estate.otherPipe, nativeId: 'leak-2' });

/** Every ticket ends, so that the next test finds none. */
beforeEach(async () => {
  await sql`update tickets set status = 'closed', closed_at = ${new Date(0)}, next_at = null`.execute(
    api.database.db,
  );
});

const act = async (
  login: string,
  id: number,
  action: string,
  body: object = {},
): Promise<Answer<TicketDetail>> => (await api.as(login)).post(`/api/tickets/${id}/${action}`, body);
const look = async (login: string, id: number) =>
  (await api.as(login)).get<TicketDetail>(`/api/tickets/${id}`);

async function photo(
  login: string,
  id: number,
  bytes: Uint8Array,
  more: { type?: string; stage?: string } = {},
) {
  const { type = 'image/jpeg', stage = 'after' } = more;
  const response = await fetch(`${api.url}/api/tickets/${id}/photos?stage=${stage}`, {
    method: 'POST',
    headers: { 'content-type': type, cookie: (await api.as(login)).cookie ?? '' },
    body: new Uint8Array(bytes),
  });
  return { status: response.status, body: (await response.json()) as TicketDetail };
}
const codeIn = (body: unknown): string => (body as { error: { code: string } }).error.code;

describe('a ticket', () => {
  it('goes its whole way: accepted, assigned, photographed, finished, verified, closed, rated', async () => {
    const id = await leak();
    const first = (await look('manager', id)).body;
    expect(first).toMatchObject({
      faultClass: 'water_leak',
      status: 'dispatched',
      level: 'property',
      company: { id: estate.companyId },
      asset: { id: estate.pipe, path: ['湖景花园', '3 栋'] },
      owner: null,
      clock: { stage: 'accept', running: true },
    });
    expect((await act('manager', id, 'accept')).body).toMatchObject({
      status: 'accepted',
      owner: { name: 'manager' },
      clock: { stage: 'finish' },
    });
    const assigned = await act('manager', id, 'assign', {
      accountId: estate.people.repairer,
      note: '带扳手',
    });
    expect(assigned.body.assignees.map(({ name }) => name)).toEqual(['repairer']);
    expect((await act('repairer', id, 'start')).body.status).toBe('in_progress');
    const missing = await act('repairer', id, 'finish', { note: '换了阀门' });
    expect([missing.status, codeOf(missing)]).toEqual([409, 'TICKET_PHOTO_MISSING']);
    const added = await photo('repairer', id, jpeg('after'));
    expect([added.status, added.body.photos.map(({ stage }) => stage)]).toEqual([201, ['after']]);
    expect((await act('repairer', id, 'finish', { note: '换了阀门' })).body.status).toBe('finished');
    for (const login of ['repairer', 'manager']) {
      const own = await act(login, id, 'verify', { ok: true });
      expect([own.status, codeOf(own)], login).toEqual([403, 'TICKET_NOT_YOURS']);
    }
    const verified = (await act('street', id, 'verify', { ok: true })).body;
    expect(verified).toMatchObject({ status: 'verified', verifiedBy: { name: 'street' } });
    expect((await act('street', id, 'close')).body.closedAt).toBe(api.clock.now());
    expect((await act('street', id, 'rate', { rating: 4, note: '及时' })).body.rating).toBe(4);
    const kinds = verified.timeline.map(({ kind }) => kind);
    for (const kind of ['reported', 'accepted', 'assigned', 'started', 'photo', 'finished', 'verified'])
      expect(kinds).toContain(kind);
  });

  it('is seen by its company, the desks and the workers of the grid, and by nobody else', async () => {
    const id = await leak();
    const other = await otherLeak();
    const seen = async (login: string) => {
      const answer = await (await api.as(login)).get<TicketSummary[]>('/api/tickets?open=true');
      return answer.status === 200 ? answer.body.map((ticket) => ticket.id).sort() : answer.status;
    };
    for (const login of ['manager', 'repairer', 'street', 'worker'])
      expect(await seen(login), login).toEqual([id]);
    for (const login of ['other_manager', 'far_street', 'far_worker'])
      expect(await seen(login), login).toEqual([other]);
    for (const login of ['admin', 'desk']) expect(await seen(login), login).toEqual([id, other]);
    expect(await seen('property')).toEqual([]);
    expect(await seen('family')).toBe(403);
  });

  it('of another company answers nothing but 404 to whatever is tried, and changes in nothing', async () => {
    const id = await otherLeak();
    const photoId = (await photo('other_manager', id, jpeg(), { stage: 'before' })).body.photos[0]?.id;
    const before = (await look('admin', id)).body;
    const bodies: Record<string, object> = {
      accept: {},
      assign: { accountId: estate.people.repairer },
      start: {},
      pause: { reason: 'x', until: api.clock.now() + HOUR },
      approve: {},
      refuse: { note: 'x' },
      resume: {},
      extend: { reason: 'x', byMs: HOUR },
      finish: { note: 'x' },
      verify: { ok: true },
      return: { reason: 'x' },
      dispatch: { companyId: estate.companyId },
      escalate: { reason: 'x' },
      'take-over': {},
      comment: { text: 'x' },
      close: {},
      rate: { rating: 5, note: 'x' },
    };
    for (const login of ['manager', 'repairer', 'property'])
      for (const [action, body] of Object.entries(bodies))
        expect((await act(login, id, action, body)).status, `${login} ${action}`).toBe(404);
    const manager = await api.as('manager');
    for (const path of [`/api/tickets/${id}`, `/api/tickets/${id}/readings`, `/api/photos/${photoId}`])
      expect((await manager.get(path)).status, path).toBe(404);
    expect((await photo('manager', id, jpeg())).status).toBe(404);
    expect(
      (await manager.get<TicketSummary[]>(`/api/tickets?company=${estate.otherCompanyId}`)).body,
    ).toEqual([]);
    expect((await manager.get<TicketSummary[]>(`/api/tickets?asset=${estate.otherPipe}`)).body).toEqual([]);
    expect((await look('admin', id)).body).toEqual(before);
    for (const action of Object.keys(bodies))
      expect((await act('worker', id, action, bodies[action])).status, action).toBe(403);
  });

  it('that a manager gives back is gone from his desk', async () => {
    const id = await leak();
    const returned = await act('manager', id, 'return', { reason: '这不是我们的管道' });
    expect([200, 204]).toContain(returned.status);
    expect((await act('street', id, 'dispatch', { companyId: estate.companyId })).body).toMatchObject({
      status: 'dispatched',
      company: { id: estate.companyId },
    });
  });

  it('is counted for the desk, and rises with a breach', async () => {
    const id = await leak();
    const stats = async (login: string) => (await (await api.as(login)).get<Stats>('/api/stats')).body;
    expect(await stats('street')).toMatchObject({ openTickets: 1, breachedTickets: 0 });
    expect(await stats('far_street')).toMatchObject({ openTickets: 0 });
    const due = (await look('admin', id)).body.clock.dueAt ?? 0;
    const now = api.clock.now();
    api.clock.set(due + MINUTE);
    await api.tickets.sweep();
    expect((await look('manager', id)).body).toMatchObject({ level: 'community', breaches: 1 });
    expect(await stats('street')).toMatchObject({ openTickets: 1, breachedTickets: 1 });
    api.clock.set(now);
  });

  it('is told to the pages of who may see it', async () => {
    const open = async (login: string) => LivePage.open(await api.as(login));
    const [manager, street, ...others] = await Promise.all(
      ['manager', 'street', 'other_manager', 'family', 'far_worker'].map(open),
    );
    const id = await leak();
    for (const page of [manager, street])
      await page?.event((event) => event.type === 'ticket' && event.id === id, 'the news of the ticket');
    for (const page of others) expect(page.events.filter(({ type }) => type === 'ticket')).toEqual([]);
    for (const page of [manager, street, ...others]) page?.close();
    const mine = (await (await api.as('manager')).get<MyNotification[]>('/api/notifications')).body;
    expect(mine[0]).toMatchObject({ ticketId: id, incidentId: null, template: 'ticket_dispatched' });
  });
});

describe('photos', () => {
  it('are what their bytes say, whatever the sender calls them', async () => {
    const id = await leak();
    const png = Buffer.from('89504e470d0a1a0a0000', 'hex');
    expect((await photo('manager', id, png, { stage: 'before', type: 'image/jpeg' })).status).toBe(201);
    const url = (await look('manager', id)).body.photos[0]?.url ?? '';
    expect(url).toMatch(/^\/api\/photos\/\d+$/);
    const got = await fetch(`${api.url}${url}`, {
      headers: { cookie: (await api.as('worker')).cookie ?? '' },
    });
    expect([got.status, got.headers.get('content-type'), got.headers.get('x-content-type-options')]).toEqual([
      200,
      'image/png',
      'nosniff',
    ]);
    expect(got.headers.get('cache-control')).toContain('private');
    expect(Buffer.from(await got.arrayBuffer())).toEqual(png);
    for (const [bytes, type] of [
      [Buffer.from('<svg onload=alert(1)>'), 'image/svg+xml'],
      [Buffer.from('<html>'), 'image/png'],
      [Buffer.alloc(0), 'image/png'],
    ] as const) {
      const refused = await photo('manager', id, bytes, { type });
      expect([refused.status, codeIn(refused.body)]).toEqual([400, 'TICKET_PHOTO_UNREADABLE']);
    }
    const text = await photo('manager', id, Buffer.from('x'), { type: 'text/plain' });
    expect([text.status, codeIn(text.body)]).toEqual([415, 'REQUEST_NOT_JSON']);
  });

  it('have a most of four megabytes, and a stage', async () => {
    const id = await leak();
    const big = Buffer.concat([jpeg(), Buffer.alloc(4 * 1024 * 1024)]);
    const refused = await photo('manager', id, big);
    expect([refused.status, codeIn(refused.body)]).toEqual([413, 'REQUEST_TOO_LARGE']);
    expect((await photo('manager', id, big.subarray(0, 4 * 1024 * 1024))).status).toBe(201);
    expect((await photo('manager', id, jpeg(), { stage: 'during' })).status).toBe(400);
  });

  it('are added by who works on it, not by who only looks', async () => {
    const id = await leak();
    expect((await photo('worker', id, jpeg())).status).toBe(403);
    expect((await photo('other_manager', id, jpeg())).status).toBe(404);
  });
});

describe('readings around a fault', () => {
  it('are those of the asset from two hours before on, thinned, with what is no number apart', async () => {
    const id = await leak();
    const now = api.clock.now();
    const line = (
      signal: Reading['signal'],
      minutes: number,
      value: Reading['value'],
      more: Partial<Reading> = {},
    ): Reading => ({
      deviceId: estate.leakDeviceId,
      protocol: 'native',
      nativeId: 'leak-1',
      signal,
      value,
      observedAt: now - minutes * MINUTE,
      receivedAt: now,
      origin: 'live',
      ...more,
    });
    const readings = [
      ...Array.from({ length: 1500 }, (_, i) => line('water_pressure', 119 - i * 0.07, 300 - (i % 7))),
      line('water_pressure', 130, 999),
      line('water_leak', 1, true),
      line('battery', 1, 80),
      line('breaker_opened_by', 2, 'local'),
      line('breaker_fault', 3, true, { cause: 'overload', stage: 'trip' }),
      line('water_pressure', 5, 777, { deviceId: estate.otherDeviceId }),
    ];
    await api.database.db.transaction().execute(async (trx) => {
      await createReadingsStore(api.database.db).write(readings, trx);
      await saveLatest(trx, readings);
    });
    const { body } = await (await api.as('manager')).get<TicketReadings>(`/api/tickets/${id}/readings`);
    expect(body.faultAt).toBe(now);
    expect(body.from).toBe(now - 2 * HOUR);
    expect(body.series.map(({ signal }) => signal)).toEqual(['water_leak', 'water_pressure']);
    expect(body.series[0]).toMatchObject({ unit: null, points: [{ at: now - MINUTE, value: 1 }] });
    const pressure = body.series[1]?.points ?? [];
    expect(body.series[1]).toMatchObject({ unit: 'kPa', deviceName: 'leak-1' });
    expect(pressure.length).toBeGreaterThan(100);
    expect(pressure.length).toBeLessThanOrEqual(500);
    expect(pressure.every(({ value }) => value <= 300)).toBe(true);
    expect(body.events.map(({ signal, value }) => [signal, value])).toEqual([
      ['breaker_opened_by', 'local'],
      ['breaker_fault', { cause: 'overload', stage: 'trip' }],
    ]);
  });
});
