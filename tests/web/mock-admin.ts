import type { HealthView, ImportResult } from '../../src/api/asset-schemas.ts';
import type { DeviceView, GridView, Person } from '../../src/api/schemas.ts';
import { type Call, notFound, ok, type Route, refuse } from './mock-answer.ts';
import { catalogueRoutes } from './mock-catalogue.ts';
import { grids, people } from './mock-data.ts';
import type { MockState } from './mock-routes.ts';

/** What only the administrator's pages change. */
interface Office {
  grids: GridView[];
  desks: Map<number, Person[]>;
  /** Imports as they came: where, in which format, whether only looked at. */
  imports: { target: string; type: string; dryRun: boolean; text: string }[];
  adopted: boolean;
  calls: { route: string; body: Record<string, unknown> }[];
}

const offices = new WeakMap<MockState, Office>();

export function officeOf(state: MockState): Office {
  const known = offices.get(state);
  if (known) return known;
  const office: Office = {
    grids: [...grids],
    desks: new Map([[2, [people.dispatcher]]]),
    imports: [],
    adopted: false,
    calls: [],
  };
  offices.set(state, office);
  return office;
}

const waiting = (nativeId: string, gateway: string | null, description: string | null) => ({
  protocol: gateway ? 'zigbee2mqtt' : 'watch',
  nativeId,
  source: gateway ? '10.0.7.4' : '117.136.0.8',
  firstSeenAt: Date.now() - 7_200_000,
  lastSeenAt: Date.now() - 61_000,
  uplinks: 24,
  gatewayNativeId: gateway,
  description,
});

function unknownDevices({ state, query }: Call) {
  if (query.get('search')) return ok([waiting('search-finds-this', null, null)]);
  const behind = ['0x00158d0008f1c001', '0x00158d0008f1c002', '0x00158d0008f1c003'];
  return ok([
    waiting('990000862471854', null, null),
    ...(officeOf(state).adopted
      ? []
      : behind.map((id, index) => waiting(id, 'binhu-gw-09', `Aqara SJCGQ11LM, cellar ${index + 1}`))),
  ]);
}

function createDevice({ state, body }: Call) {
  const protocol = String(body.protocol);
  const nativeId = String(body.nativeId);
  const device: DeviceView = {
    ...bare,
    id: 300 + state.devices.length,
    protocol,
    nativeId,
    name: typeof body.name === 'string' ? body.name : null,
    topicPrefix: protocol === 'zigbee2mqtt' ? String(body.topicPrefix ?? `zigbee2mqtt/${nativeId}`) : null,
  };
  state.devices.push(device);
  officeOf(state).calls.push({ route: 'POST devices', body });
  return ok(
    { ...device, secret: protocol !== 'native' && protocol !== 'zigbee2mqtt' ? null : 'Kq3v-9sT2-x1Lw' },
    201,
  );
}

const bare = {
  model: null,
  active: true,
  subject: null,
  grid: null,
  lastSeenAt: null,
  silent: false,
  battery: null,
  vendor: null,
  asset: null,
  gateway: null,
  children: 0,
  online: null,
  location: null,
  commands: [],
  measurements: [],
  openTicketId: null,
} satisfies Partial<DeviceView>;

/** Two lines are good, the third has two faults; a GeoJSON has one faulty feature. */
function importFile({ state, me, parts, query, bytes }: Call) {
  const say = (zh: string, en: string) => (me.locale === 'en' ? en : zh);
  const text = bytes?.toString('utf8') ?? '';
  const dryRun = query.get('dryRun') === 'true';
  const isGeo = text.trimStart().startsWith('{');
  officeOf(state).imports.push({ target: parts[0] ?? '', type: isGeo ? 'geojson' : 'csv', dryRun, text });
  const result: ImportResult = {
    created: 2,
    updated: 0,
    unchanged: 0,
    faults: isGeo
      ? [{ line: 3, field: 'geometry', message: say('边界自相交', 'the outline crosses itself') }]
      : [
          { line: 4, field: 'kind', message: say('没有“水管子”这种设施', 'there is no such kind') },
          {
            line: 4,
            field: 'latitude',
            message: say('纬度要在 -90 到 90 之间', 'a latitude is from -90 to 90'),
          },
        ],
    ...(parts[0] === 'devices' && !dryRun
      ? { secrets: [{ protocol: 'native', nativeId: 'meter-1', secret: 'a1b2' }] }
      : {}),
  };
  return ok(result);
}

const health = (now: number): HealthView => ({
  startedAt: now - 86_400_000,
  version: '0.3.0',
  parts: [
    { name: 'database', state: 'ok', detail: 'PostgreSQL 18.4' },
    { name: 'queue', state: 'ok', detail: 'PostgreSQL' },
    { name: 'telemetry', state: 'ok', detail: 'PostgreSQL' },
    { name: 'broker', state: 'ok', detail: '38 sessions' },
    { name: 'mqtt_client', state: 'failing', detail: 'ECONNREFUSED 10.0.0.7:1883' },
    {
      name: 'codecs',
      state: 'failing',
      detail: '/var/lib/gridguard/codecs',
      problems: [
        { file: 'milesight/em500-swl.yaml', line: 4, message: 'signals.dist: mm2 is no unit of water_level' },
      ],
    },
    { name: 'email', state: 'off', detail: null },
  ],
  processes: [{ id: 'box-1:4711', roles: ['ingest', 'rules', 'respond', 'api'], seenAt: now - 2_000 }],
  backlog: [
    { consumer: 'rules', rows: 0 },
    { consumer: 'telemetry', rows: 1240 },
  ],
  uplinksLastHour: [
    { outcome: 'ok', count: 12_804 },
    { outcome: 'duplicate', count: 31 },
    { outcome: 'undecodable', count: 2 },
  ],
  gateways: [
    { id: 301, name: '湖滨花园网关', online: true, since: now - 9_000_000, children: 24 },
    { id: 302, name: '码头新村网关', online: false, since: now - 5_700_000, children: 24 },
  ],
});

const companyOf = ({ state, parts }: Call) => state.companies.find((one) => one.id === Number(parts[1]));

function changeStaff(call: Call, change: (company: NonNullable<ReturnType<typeof companyOf>>) => void) {
  const company = companyOf(call);
  if (!company) return notFound;
  change(company);
  return ok(company);
}

const gridRoutes: Readonly<Record<string, Route>> = {
  'GET grids': ({ state }) => ok(officeOf(state).grids),
  'POST grids': ({ state, body }) => {
    const office = officeOf(state);
    const grid = { ...body, id: 70 + office.grids.length, worker: null, deputy: null } as unknown as GridView;
    office.grids = [...office.grids, grid];
    return ok(grid, 201);
  },
  'PATCH grids/:id': ({ state, parts, body }) => {
    const office = officeOf(state);
    office.grids = office.grids.map((one) => (one.id === Number(parts[1]) ? { ...one, ...body } : one));
    return ok(office.grids.find((one) => one.id === Number(parts[1])));
  },
  'DELETE grids/:id': ({ state, parts }) => {
    const office = officeOf(state);
    const id = Number(parts[1]);
    if (office.grids.some((one) => one.parentId === id) || id === 11) {
      return refuse(409, 'GRID_NOT_EMPTY', '这个网格下面还有内容，不能删除');
    }
    office.grids = office.grids.filter((one) => one.id !== id);
    return { status: 204 };
  },
  'GET grids/:id/desk': ({ state, parts }) => ok(officeOf(state).desks.get(Number(parts[1])) ?? []),
  'PUT grids/:id/desk': ({ state, parts, body }) => {
    const ids = body.accountIds as number[];
    const chosen = Object.values(people).filter((one) => ids.includes(one.id));
    officeOf(state).desks.set(Number(parts[1]), chosen);
    return ok(chosen);
  },
};

const companyRoutes: Readonly<Record<string, Route>> = {
  'POST companies': ({ state, body }) => {
    const made = { openTickets: 0, breachesLast30Days: 0, assets: 0, members: [], shifts: [], phone: null };
    state.companies.push({ ...made, ...body, id: 60 + state.companies.length } as never);
    return ok(state.companies.at(-1), 201);
  },
  'PATCH companies/:id': (call) => changeStaff(call, (company) => Object.assign(company, call.body)),
  'PUT companies/:id/members/:id': (call) =>
    changeStaff(call, (company) => {
      const account = call.state.accounts.find((one) => one.id === Number(call.parts[3]));
      if (!account) return;
      const { id, name, phone } = account;
      company.members.push({ id, name, phone, duty: call.body.duty as 'manager', onDuty: false });
    }),
  'DELETE companies/:id/members/:id': (call) => {
    changeStaff(call, (company) => {
      company.members = company.members.filter((one) => one.id !== Number(call.parts[3]));
    });
    return { status: 204 };
  },
  'POST companies/:id/shifts': (call) =>
    changeStaff(call, (company) => {
      const account = company.members.find((one) => one.id === call.body.accountId) ?? people.property;
      company.shifts.push({ ...call.body, id: 500 + company.shifts.length, account } as never);
    }),
  'DELETE companies/:id/shifts/:id': (call) => {
    changeStaff(call, (company) => {
      company.shifts = company.shifts.filter((one) => one.id !== Number(call.parts[3]));
    });
    return { status: 204 };
  },
};

export const adminRoutes: Readonly<Record<string, Route>> = {
  ...gridRoutes,
  ...companyRoutes,
  ...catalogueRoutes,
  'GET devices/unknown': unknownDevices,
  'POST devices': createDevice,
  'PATCH devices/:id': ({ state, parts, body }) => {
    officeOf(state).calls.push({ route: 'PATCH devices', body });
    const device = state.devices.find((one) => one.id === Number(parts[1]));
    return device ? ok(device) : notFound;
  },
  'POST devices/adopt': ({ state, body }) => {
    officeOf(state).adopted = true;
    const nativeId = String(body.gatewayNativeId);
    const topicPrefix = `zigbee2mqtt/${nativeId}`;
    const gateway = { ...bare, id: 399, protocol: 'zigbee2mqtt', nativeId, name: null, topicPrefix };
    return ok({ gateway, secret: 'Zz7-gateway', adopted: 3 });
  },
  'POST assets': ({ state, body }) => {
    officeOf(state).calls.push({ route: 'POST assets', body });
    return ok({}, 201);
  },
  'PATCH assets/:id': ({ state, body }) => {
    officeOf(state).calls.push({ route: 'PATCH assets', body });
    return ok({});
  },
  'POST assets/import': importFile,
  'POST devices/import': importFile,
  'POST grids/import': importFile,
  'POST subjects/:id/members': ({ state, parts, body }) => {
    const subject = state.subjects.find((one) => one.id === Number(parts[1]));
    const account = state.accounts.find((one) => one.login === body.login);
    if (!subject || !account) return refuse(404, 'SUBJECT_NO_ACCOUNT', '没有这个账号');
    const { id, name, phone } = account;
    subject.family.push({ id, name, phone, relation: String(body.relation) });
    return ok(subject);
  },
  'DELETE subjects/:id/members/:id': ({ state, parts }) => {
    const subject = state.subjects.find((one) => one.id === Number(parts[1]));
    if (subject) subject.family = subject.family.filter((one) => one.id !== Number(parts[3]));
    return { status: 204 };
  },
  'GET health': () => ok(health(Date.now())),
};
