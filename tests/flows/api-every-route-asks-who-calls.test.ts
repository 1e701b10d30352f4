import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { routeAccess } from '../../src/api/route-access.ts';
import { codeOf } from '../harness/api-client.ts';
import { startTestApi, type TestApi } from '../harness/api-village.ts';

type Role = 'family' | 'responder' | 'property' | 'dispatcher' | 'admin';
const accountOf: Record<Role, string> = {
  family: 'family',
  responder: 'worker',
  property: 'property',
  dispatcher: 'desk',
  admin: 'admin',
};
const roles = Object.keys(accountOf) as Role[];

/** Written by hand, so that a change of the table of access has to be meant: f, r, p, d, a. */
const matrix: Record<string, string> = {
  'GET /api/me': 'frpda',
  'PATCH /api/me': 'frpda',
  'GET /api/live': 'frpda',
  'GET /api/incidents': 'frpda',
  'GET /api/incidents/:id': 'frpda',
  'GET /api/incidents/:id/alerts': 'frpda',
  'GET /api/incidents/:id/outage': 'frpda',
  'POST /api/incidents/:id/acknowledge': 'frda',
  'POST /api/incidents/:id/release': 'frda',
  'POST /api/incidents/:id/en-route': 'frda',
  'POST /api/incidents/:id/on-scene': 'frda',
  'POST /api/incidents/:id/hand-over': 'frda',
  'POST /api/incidents/:id/accept-hand-over': 'frda',
  'POST /api/incidents/:id/need-help': 'frda',
  'POST /api/incidents/:id/take-over': 'da',
  'POST /api/incidents/:id/comment': 'frda',
  'POST /api/incidents/:id/resolve': 'frda',
  'POST /api/incidents/:id/close': 'da',
  'GET /api/tickets': 'rpda',
  'GET /api/tickets/:id': 'rpda',
  'GET /api/tickets/:id/alerts': 'rpda',
  'GET /api/tickets/:id/readings': 'rpda',
  'POST /api/tickets/:id/accept': 'pda',
  'POST /api/tickets/:id/assign': 'pda',
  'POST /api/tickets/:id/start': 'pda',
  'POST /api/tickets/:id/pause': 'pda',
  'POST /api/tickets/:id/approve': 'pda',
  'POST /api/tickets/:id/refuse': 'pda',
  'POST /api/tickets/:id/resume': 'pda',
  'POST /api/tickets/:id/extend': 'pda',
  'POST /api/tickets/:id/finish': 'pda',
  'POST /api/tickets/:id/verify': 'pda',
  'POST /api/tickets/:id/return': 'pda',
  'POST /api/tickets/:id/dispatch': 'pda',
  'POST /api/tickets/:id/escalate': 'pda',
  'POST /api/tickets/:id/take-over': 'pda',
  'POST /api/tickets/:id/comment': 'pda',
  'POST /api/tickets/:id/close': 'pda',
  'POST /api/tickets/:id/rate': 'pda',
  'POST /api/tickets/:id/photos': 'pda',
  'GET /api/photos/:id': 'rpda',
  'GET /api/catalogue': 'frpda',
  'POST /api/catalogue/read-code': 'frpda',
  'GET /api/devices': 'frpda',
  'GET /api/devices/unknown': 'da',
  'GET /api/devices/:id': 'frpda',
  'GET /api/devices/:id/latest': 'rpda',
  'GET /api/devices/:id/series': 'rpda',
  'POST /api/devices/adopt': 'da',
  'POST /api/devices': 'da',
  'PATCH /api/devices/:id': 'da',
  'GET /api/devices/:id/downlinks': 'frpda',
  'POST /api/devices/:id/downlinks': 'frpda',
  'GET /api/subjects': 'frda',
  'GET /api/subjects/:id': 'frda',
  'POST /api/subjects': 'da',
  'PATCH /api/subjects/:id': 'fda',
  'POST /api/subjects/:id/members': 'fda',
  'DELETE /api/subjects/:id/members/:accountId': 'fda',
  'GET /api/subjects/:id/latest': 'frda',
  'GET /api/subjects/:id/series': 'frda',
  'POST /api/claims': 'f',
  'GET /api/claims/:id': 'f',
  'POST /api/claims/:id/code': 'f',
  'GET /api/assets': 'rpda',
  'GET /api/assets/:id': 'rpda',
  'POST /api/assets': 'da',
  'PATCH /api/assets/:id': 'da',
  'DELETE /api/assets/:id': 'da',
  'POST /api/assets/import': 'da',
  'GET /api/assets/import-template': 'da',
  'POST /api/devices/import': 'da',
  'POST /api/subjects/import': 'da',
  'GET /api/subjects/import-template': 'da',
  'GET /api/devices/import-template': 'da',
  'POST /api/grids/import': 'a',
  'GET /api/companies': 'pda',
  'GET /api/companies/:id': 'pda',
  'POST /api/companies': 'a',
  'PATCH /api/companies/:id': 'a',
  'PUT /api/companies/:id/members/:accountId': 'pa',
  'DELETE /api/companies/:id/members/:accountId': 'pa',
  'POST /api/companies/:id/shifts': 'pa',
  'DELETE /api/companies/:id/shifts/:shiftId': 'pa',
  'GET /api/grids': 'frpda',
  'POST /api/grids': 'a',
  'PATCH /api/grids/:id': 'a',
  'DELETE /api/grids/:id': 'a',
  'GET /api/grids/:id/desk': 'da',
  'PUT /api/grids/:id/desk': 'a',
  'GET /api/rosters': 'rda',
  'POST /api/rosters': 'da',
  'DELETE /api/rosters/:id': 'da',
  'GET /api/accounts': 'a',
  'POST /api/accounts': 'a',
  'PATCH /api/accounts/:id': 'a',
  'GET /api/rules': 'frpda',
  'GET /api/rules/:name': 'da',
  'GET /api/rules/:name/versions': 'da',
  'GET /api/rules/:name/versions/:id': 'da',
  'GET /api/rules/:name/diff': 'da',
  'GET /api/rules/:name/shadow': 'da',
  'GET /api/rules/:name/explain': 'da',
  'GET /api/rule-problems': 'da',
  'POST /api/rules/:name/check': 'a',
  'PUT /api/rules/:name': 'a',
  'POST /api/rules/:name/roll-back': 'a',
  'POST /api/rules/:name/remove': 'a',
  'POST /api/rules/:name/shadow/start': 'a',
  'POST /api/rules/:name/shadow/stop': 'a',
  'POST /api/rules/:name/shadow/adopt': 'a',
  'GET /api/notifications': 'frpda',
  'POST /api/notifications/:id/receipt': 'frpda',
  'GET /api/uplinks': 'da',
  'GET /api/audit': 'fa',
  'GET /api/stats': 'da',
  'GET /api/reports/alarm-quality': 'da',
  'GET /api/reports/alarm-quality.csv': 'da',
  'GET /api/alerts/unjudged': 'da',
  'POST /api/alerts/:id/finding': 'frpda',
  'GET /api/alerts/:id/explain': 'frpda',
  'GET /api/health': 'a',
};
const open = ['POST /api/session', 'DELETE /api/session', 'GET /api/openapi.json'];
/** Not for people: a key of its own guards it. */
const push = ['/api/push/:source', '/api/push/:source/*'].flatMap((path) => [`GET ${path}`, `POST ${path}`]);

const parts = (route: string): [method: string, path: string] => {
  const [method = '', url = ''] = route.split(' ');
  return [method, url.replace(/:\w+/g, '999999')];
};

describe('every route of the API', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await startTestApi();
  });
  afterAll(() => api.close());

  it('stands in the table of access and in the matrix of this test, and nothing else does', () => {
    const registered = [...routesOf(api)].sort();
    expect(registered).toEqual(Object.keys(routeAccess).sort());
    expect(registered).toEqual([...Object.keys(matrix), ...open, ...push].sort());
  });

  it.each(Object.keys(matrix))('%s answers 401 to nobody', async (route) => {
    const answer = await api.anonymous().call(...parts(route));
    expect([answer.status, codeOf(answer)]).toEqual([401, 'SESSION_REQUIRED']);
  });

  it.each(roles)('a %s passes where the matrix says so, and nowhere else', async (role) => {
    const client = await api.as(accountOf[role]);
    const refused: string[] = [];
    for (const route of Object.keys(matrix)) {
      if (route === 'GET /api/live') continue;
      const answer = await client.call(...parts(route));
      if (answer.status === 403 && codeOf(answer) === 'ROLE_REQUIRED') refused.push(route);
      expect(answer.status, route).toBeLessThan(500);
    }
    const letter = role.charAt(0);
    expect(refused).toEqual(Object.keys(matrix).filter((route) => !matrix[route]?.includes(letter)));
  });

  it.each(Object.keys(routeAccess).filter((route) => !route.startsWith('GET') && !push.includes(route)))(
    '%s refuses the pages of other sites',
    async (route) => {
      const client = await api.as('admin');
      const [method, path] = parts(route);
      for (const headers of [
        { 'sec-fetch-site': 'cross-site' },
        { 'sec-fetch-site': 'same-site' },
        { origin: 'https://elsewhere.example' },
        { origin: 'null' },
      ] as Record<string, string>[]) {
        const answer = await client.call(method, path, { headers });
        expect([answer.status, codeOf(answer)]).toEqual([403, 'REQUEST_CROSS_SITE']);
      }
    },
  );

  it('answers to no method that it was not given, HEAD among them', async () => {
    for (const method of ['HEAD', 'PUT', 'OPTIONS'])
      expect((await (await api.as('admin')).call(method, '/api/accounts')).status).toBe(404);
  });

  it('takes what our own pages send', async () => {
    const client = await api.as('admin');
    const headers = { 'sec-fetch-site': 'same-origin', origin: api.url };
    expect((await client.call('PATCH', '/api/me', { body: {}, headers })).status).toBe(200);
    expect((await client.call('PATCH', '/api/me', { body: {}, headers: { origin: api.url } })).status).toBe(
      200,
    );
  });

  it('is described, with its answers and faults, as OpenAPI 3.1', async () => {
    const { body } = await api.anonymous().get<OpenApi>('/api/openapi.json');
    expect(body.openapi).toBe('3.1.0');
    for (const route of Object.keys(routeAccess)) {
      const [method = '', url = ''] = route.split(' ');
      const operation =
        body.paths[url.replace(/:(\w+)/g, '{$1}').replace('*', '{*}')]?.[method.toLowerCase()];
      expect(operation?.summary, route).toBeTruthy();
      expect(operation?.tags, route).toHaveLength(1);
      expect(
        Object.keys(operation?.responses ?? {}).some((status) => status.startsWith('2')),
        route,
      ).toBe(true);
    }
    expect(Object.keys(body.components.schemas)).toEqual(
      expect.arrayContaining(['Incident', 'Subject', 'Problem']),
    );
  });
});

interface OpenApi {
  openapi: string;
  paths: Record<string, Record<string, { summary?: string; tags?: string[]; responses?: object }>>;
  components: { schemas: object };
}

/** What Fastify serves below `/api`, from its own tree. */
function routesOf({ app }: TestApi): Set<string> {
  const found = new Set<string>();
  const stack: string[] = [];
  for (const line of app.printRoutes({ commonPrefix: false }).split('\n')) {
    const match = /^([│ ]*)[├└]── (\S+)(?: \(([A-Z, ]+)\))?/.exec(line);
    if (!match) continue;
    const [, indent = '', path = '', methods = ''] = match;
    stack.length = indent.length / 4;
    stack.push(path);
    const url = stack.join('').replace(/([^/])\*$/, '$1/*');
    if (methods === '' || !url.startsWith('/api/')) continue;
    for (const method of methods.split(', ')) found.add(`${method} ${url}`);
  }
  return found;
}
