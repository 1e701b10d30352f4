import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { routeAccess } from '../../src/api/route-access.ts';
import { type ApiEstate, addResident, buildEstate } from '../harness/api-estate.ts';
import { startTestApi, type TestApi } from '../harness/api-village.ts';
import { jpeg } from '../harness/ticket-estate.ts';

/** As much of a WebP as tells that it is one. */
const WEBP = 'RIFF0000WEBP';

/** Ids of the second estate and of the wearer in the first, by the route that takes them. */
interface Foreign {
  ticket: number;
  photo: number;
  bandId: number;
}

describe('what belongs to another company, or to nobody of the caller', () => {
  let api: TestApi;
  let estate: ApiEstate;
  let foreign: Foreign;
  beforeAll(async () => {
    api = await startTestApi();
    estate = await buildEstate(api);
    const bandId = await addResident(api, estate.building);
    const ticket = await otherLeak(api, estate);
    const actor = { id: estate.people.other_manager, roles: ['property'] as const };
    const photo = await api.tickets.addPhoto(ticket, actor, { stage: 'before', bytes: jpeg() });
    foreign = { ticket, photo, bandId };
  });
  afterAll(() => api.close());

  const bodies = (): Record<string, object> => ({
    assign: { accountId: estate.people.repairer },
    pause: { reason: 'x', until: api.clock.now() + 60_000 },
    refuse: { note: 'x' },
    extend: { reason: 'x', byMs: 60_000 },
    finish: { note: 'x' },
    verify: { ok: true },
    return: { reason: 'x' },
    dispatch: { companyId: estate.companyId },
    escalate: { reason: 'x' },
    comment: { text: 'x' },
    rate: { rating: 5, note: 'x' },
    downlinks: { kind: 'switch', on: false, reason: 'x' },
    shifts: { accountId: estate.people.other_manager, weekday: 1, fromMinute: 0, toMinute: 60 },
    resolve: { outcome: 'helped', note: 'x' },
    'hand-over': { to: estate.people.manager },
    'need-help': { what: '119' },
    receipt: { state: 'read' },
    finding: { finding: 'real' },
    members: { login: 'relative', relation: '女儿' },
  });

  /** The paths of a route with the ids of others in it. */
  function pathsOf(url: string): string[] {
    const ids: Record<string, readonly number[]> = {
      tickets: [foreign.ticket],
      photos: [foreign.photo],
      assets: [estate.otherEstate, estate.otherPipe],
      devices: [estate.otherDeviceId, foreign.bandId, api.village.deviceId],
      companies: [estate.otherCompanyId],
      subjects: [api.village.subjectId, api.village.farSubjectId],
      grids: [api.village.grids.east],
      incidents: [999_999],
    };
    const of = ids[url.split('/')[2] ?? ''] ?? [999_999];
    return of.map((id) =>
      url
        .replace(':id', String(id))
        .replace(':accountId', String(estate.people.other_manager))
        .replace(':shiftId', '1')
        .concat(url.endsWith('/series') ? '?signal=water_leak&from=0&to=1' : '')
        .concat(url.endsWith('/photos') ? '?stage=after' : ''),
    );
  }

  it.each(['manager', 'repairer', 'property'])('a %s gets nothing of it by any route', async (login) => {
    const client = await api.as(login);
    const before = await everything(api);
    for (const route of Object.keys(routeAccess).filter((each) => each.includes(':id'))) {
      const [method = '', url = ''] = route.split(' ');
      const last = url.split('/').at(-1) ?? '';
      const body =
        method === 'GET' || method === 'DELETE' ? undefined : (bodies()[last] ?? { duty: 'repairer' });
      const isPhoto = url.endsWith('/photos');
      const sent = isPhoto ? { body: WEBP, headers: { 'content-type': 'image/webp' } } : body ? { body } : {};
      for (const path of pathsOf(url)) {
        const answer = await client.call(method, path, sent);
        expect([403, 404], `${login} ${method} ${path} answered ${answer.status}`).toContain(answer.status);
      }
    }
    expect(await everything(api)).toEqual(before);
  });

  it('a dispatcher of another street changes nothing in it', async () => {
    const client = await api.as('far_street');
    for (const [method, path, body] of [
      ['PATCH', `/api/assets/${estate.pipe}`, { name: 'x' }],
      ['DELETE', `/api/assets/${estate.pipe}`, undefined],
      ['PATCH', `/api/devices/${estate.leakDeviceId}`, { name: 'x' }],
      [
        'POST',
        `/api/devices/${estate.breakerDeviceId}/downlinks`,
        { kind: 'switch', on: false, reason: 'x' },
      ],
      ['GET', `/api/devices/${estate.leakDeviceId}/latest`, undefined],
    ] as const)
      expect((await client.call(method, path, body ? { body } : {})).status, `${method} ${path}`).toBe(404);
  });

  it('is in no list of theirs', async () => {
    for (const login of ['manager', 'repairer', 'property'])
      for (const path of [
        '/api/tickets',
        '/api/assets',
        '/api/devices',
        '/api/companies',
        '/api/incidents',
        '/api/notifications',
      ]) {
        const answer = await (await api.as(login)).get(path);
        const text = JSON.stringify(answer.body);
        expect(answer.status, path).toBe(200);
        for (const secret of ['远方物业', '远景苑', 'leak-2', '李大爷', '王奶奶', '8800000077'])
          expect(text, `${login} ${path}`).not.toContain(secret);
      }
    const grids = JSON.stringify((await (await api.as('manager')).get('/api/grids')).body);
    expect(grids).not.toContain('"name":"worker"');
  });
});

/** Every row that a stranger could have changed. */
async function everything({ database: { db } }: TestApi): Promise<unknown> {
  const tables = [
    'tickets',
    'ticket_timeline',
    'ticket_photos',
    'ticket_tasks',
    'assets',
    'companies',
    'company_members',
  ];
  const more = [
    'company_shifts',
    'devices',
    'downlinks',
    'subjects',
    'subject_members',
    'grids',
    'desk_members',
  ];
  const rows: Record<string, unknown> = {};
  for (const table of [...tables, ...more])
    rows[table] = (await sql`select * from ${sql.table(table)} order by 1, 2`.execute(db)).rows;
  return rows;
}

async function otherLeak(api: TestApi, estate: ApiEstate): Promise<number> {
  const now = api.clock.now();
  const { db } = api.database;
  const after = await db.transaction().execute((trx) =>
    api.tickets.respond(trx, [
      {
        rule: 'water_leak',
        kind: 'water_leak',
        severity: 'critical',
        consequence: 'ticket',
        faultClass: 'water_leak',
        state: 'firing',
        at: now,
        receivedAt: now,
        deviceId: estate.otherDeviceId,
        assetId: estate.otherPipe,
        protocol: 'native',
        nativeId: 'leak-2',
        source: '',
        late: false,
        evidence: { signal: 'water_leak', value: true, receivedAt: now },
      },
    ]),
  );
  after();
  await api.notifier.settled();
  return (await db.selectFrom('tickets').select('id').executeTakeFirstOrThrow()).id;
}
