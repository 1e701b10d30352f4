import type { AssetView, CompanyView } from '../../src/api/asset-schemas.ts';
import type { DownlinkView } from '../../src/api/downlink-schemas.ts';
import type { DeviceView, LatestReading } from '../../src/api/schemas.ts';
import type { TicketSummary } from '../../src/api/ticket-schemas.ts';
import type { AssetKind } from '../../src/model/assets.ts';
import { type Call, notFound, ok, type Route } from './mock-answer.ts';
import { people } from './mock-data.ts';

/** Two estates of one property company, what stands in them, and the devices that watch it. */

const MINUTE = 60_000;
export const company = { id: 51, name: '滨湖物业' };

/** Id, parent, kind, name; the code is made of the id. */
const places: readonly (readonly [id: number, parent: number | null, kind: AssetKind, name: string])[] = [
  [501, null, 'estate', '湖滨花园'],
  [510, 501, 'building', '1 号楼'],
  [511, 510, 'floor', '地下室'],
  [512, 511, 'pipe', '生活给水主管'],
  [513, 511, 'room', '水泵房'],
  [514, 510, 'panel', '一层配电箱'],
  [515, 514, 'breaker', '总断路器'],
  [520, 501, 'building', '2 号楼'],
  [521, 520, 'unit', '1 单元'],
  [522, 521, 'panel', '单元配电箱'],
  [523, 522, 'breaker', '电梯断路器'],
  [530, 501, 'building', '10 号楼'],
  [531, 530, 'floor', '地下室'],
  [540, 501, 'manhole', '大门污水井'],
  [541, 501, 'bin', '东门垃圾桶'],
  [601, null, 'estate', '码头新村'],
  [610, 601, 'building', '3 号楼'],
  [611, 610, 'pipe', '消防立管'],
  [612, 610, 'valve', '消防总阀'],
];

export function placeOf(id: number): { id: number; kind: AssetKind; name: string; path: string[] } {
  const place = places.find((one) => one[0] === id);
  if (!place) throw new Error(`no asset ${id}`);
  const path: string[] = [];
  for (let parent = place[1]; parent !== null; ) {
    const above = places.find((one) => one[0] === parent);
    if (above) path.unshift(above[3]);
    parent = above?.[1] ?? null;
  }
  return { id, kind: place[2], name: place[3], path };
}

function isBelow(id: number, top: number): boolean {
  for (let at: number | null | undefined = id; at; at = places.find((one) => one[0] === at)?.[1]) {
    if (at === top) return true;
  }
  return false;
}

interface Watched {
  devices: readonly DeviceView[];
  tickets: readonly TicketSummary[];
}

/** The assets with what stands open and silent in and below them. */
export function assetViews({ devices, tickets }: Watched): AssetView[] {
  return places.map(([id, parentId, kind, name]) => {
    const here = devices.filter((one) => one.asset && isBelow(one.asset.id, id));
    const open = tickets.filter((one) => one.status !== 'closed' && one.asset && isBelow(one.asset.id, id));
    const worst = (['critical', 'warning', 'info'] as const).find((severity) =>
      open.some((one) => one.severity === severity),
    );
    return {
      id,
      parentId,
      kind,
      code: `BH-${id}`,
      name,
      grid: { id: 11, name: '茅圻一组' },
      company,
      ownGridId: null,
      ownCompanyId: parentId === null ? company.id : null,
      address: parentId === null ? `滨湖路 ${id - 480} 号` : null,
      location: { latitude: 30.386 + (id % 10) / 2000, longitude: 114.872 + (id % 7) / 2000 },
      remoteSwitch: kind === 'breaker' ? 'manual' : 'never',
      devices: here.length,
      silentDevices: here.filter((one) => one.silent).length,
      openTickets: open.length,
      worstSeverity: worst ?? null,
    };
  });
}

export function inTree(assetId: number | undefined, top: number): boolean {
  return assetId !== undefined && isBelow(assetId, top);
}

interface Sensor {
  id: number;
  name: string;
  assetId: number;
  model?: string;
  seenMinAgo?: number | null;
  silent?: boolean;
  battery?: number | null;
  isGateway?: boolean;
  online?: boolean | null;
  switches?: boolean;
  ticketId?: number;
}
const sensors: readonly Sensor[] = [
  { id: 301, name: '湖滨花园网关', assetId: 501, isGateway: true, online: true, seenMinAgo: 0 },
  {
    id: 302,
    name: '码头新村网关',
    assetId: 601,
    isGateway: true,
    online: false,
    seenMinAgo: 95,
    silent: true,
  },
  { id: 303, name: '主管压力流量', assetId: 512, model: 'PF-100', battery: 88, seenMinAgo: 1, ticketId: 1 },
  { id: 304, name: '水泵房漏水', assetId: 513, model: 'SJCGQ11LM', battery: 9, seenMinAgo: 22 },
  { id: 305, name: '总断路器', assetId: 515, model: 'TOWSMR1', seenMinAgo: 0, online: true, switches: true },
  {
    id: 306,
    name: '电梯断路器',
    assetId: 523,
    model: 'TS0601_din_4',
    seenMinAgo: 2,
    online: true,
    switches: true,
    ticketId: 2,
  },
  { id: 307, name: '大门井盖', assetId: 540, model: 'MH-20', battery: 71, seenMinAgo: 14 },
  { id: 308, name: '东门垃圾桶', assetId: 541, model: 'BIN-7', battery: 54, seenMinAgo: 41, ticketId: 5 },
  {
    id: 309,
    name: '10 号楼地下室漏水',
    assetId: 531,
    model: 'SJCGQ11LM',
    battery: 62,
    seenMinAgo: 400,
    silent: true,
  },
  {
    id: 310,
    name: '消防立管压力',
    assetId: 611,
    model: 'PF-100',
    battery: null,
    seenMinAgo: null,
    silent: true,
  },
];

export function createBuildingDevices(now: number): DeviceView[] {
  return sensors.map((sensor) => ({
    id: sensor.id,
    protocol: sensor.model?.startsWith('PF') ? 'native' : 'zigbee2mqtt',
    nativeId: sensor.isGateway ? `binhu-gw-${sensor.id}` : `0x00158d0001a2b${sensor.id}`,
    name: sensor.name,
    model: sensor.model ?? null,
    active: true,
    subject: null,
    grid: { id: 11, name: '茅圻一组' },
    lastSeenAt: sensor.seenMinAgo == null ? null : now - sensor.seenMinAgo * MINUTE,
    silent: sensor.silent ?? false,
    battery: sensor.battery ?? null,
    vendor: null,
    asset: placeOf(sensor.assetId),
    gateway: sensor.isGateway || sensor.model?.startsWith('PF') ? null : { id: 301, name: '湖滨花园网关' },
    topicPrefix: sensor.isGateway ? `zigbee2mqtt/binhu-gw-${sensor.id}` : null,
    children: sensor.isGateway ? 24 : 0,
    online: sensor.online ?? null,
    location: null,
    commands: sensor.switches ? ['switch'] : [],
    measurements: [],
    openTicketId: sensor.ticketId ?? null,
  }));
}

/** What a device said last: its own mix of signals. */
export function latestOfDevice(id: number, now: number): LatestReading[] {
  const reading = (signal: string, value: unknown, unit: string | null, channel = ''): LatestReading => ({
    signal,
    channel,
    value,
    unit,
    observedAt: now - 40_000,
    receivedAt: now - 39_000,
    origin: 'live',
  });
  if (id === 303) return [reading('water_pressure', 82, 'kPa'), reading('water_flow', 14_800, 'L/h')];
  if (id === 305 || id === 306) {
    return [
      reading('breaker_position', id === 306 ? 'open' : 'closed', null),
      ...(id === 306 ? [reading('breaker_opened_by', 'trip', null)] : []),
      reading('voltage', 229.4, 'V', 'a'),
      reading('voltage', 231, 'V', 'b'),
      reading('current', 12.75, 'A', 'a'),
      reading('residual_current', 18, 'mA'),
      reading('power', 2910, 'W'),
      reading('energy_import', 1_284_000, 'Wh'),
    ];
  }
  if (id === 304 || id === 309) return [reading('water_leak', false, null), reading('battery', 9, '%')];
  if (id === 307) return [reading('cover_open', false, null), reading('level_distance', 1840, 'mm')];
  return id === 308 ? [reading('fill', 93, '%')] : [];
}

export function createCompanies(): CompanyView[] {
  return [
    {
      ...company,
      code: 'BHWY',
      phone: '0711-3300000',
      assets: 2,
      openTickets: 6,
      breachesLast30Days: 2,
      members: [
        { ...people.property, duty: 'manager', onDuty: true },
        { ...people.repairer, duty: 'repairer', onDuty: true },
        { id: 9, name: '赵师傅', phone: '13907110009', duty: 'repairer', onDuty: false },
      ],
      shifts: [{ id: 1, account: people.property, weekday: 1, fromMinute: 480, toMinute: 1200 }],
    },
  ];
}

/** A command that was just given; tests move it on. */
export function createDownlink(id: number, now: number): DownlinkView {
  return {
    id,
    kind: 'switch',
    on: false,
    channel: null,
    text: null,
    what: null,
    confirm: { signal: 'breaker_position', channel: '', value: 'open' },
    state: 'queued',
    reason: null,
    requestedBy: people.property,
    createdAt: now,
    expiresAt: now + 60_000,
    sentAt: null,
    doneAt: null,
  };
}

const assetsOf = ({ state }: Call) => assetViews(state);

export const assetRoutes: Readonly<Record<string, Route>> = {
  'GET assets': (call) => ok(assetsOf(call)),
  'GET assets/:id': (call) => {
    const asset = assetsOf(call).find((one) => one.id === Number(call.parts[1]));
    return asset ? ok(asset) : notFound;
  },
  'GET companies': ({ state }) => ok(state.companies),
  'GET devices/:id': ({ state, parts }) => {
    const device = state.devices.find((one) => one.id === Number(parts[1]));
    return device ? ok(device) : notFound;
  },
  'GET devices/:id/latest': ({ parts }) => ok(latestOfDevice(Number(parts[1]), Date.now())),
  'GET devices/:id/downlinks': ({ state }) => ok(state.downlinks),
  'POST devices/:id/downlinks': ({ state, body, me }) => {
    const downlink = {
      ...createDownlink(state.downlinks.length + 1, Date.now()),
      kind: String(body.kind),
      on: typeof body.on === 'boolean' ? body.on : null,
      text: typeof body.text === 'string' ? body.text : null,
      what: (body.what ?? null) as DownlinkView['what'],
      requestedBy: { id: me.id, name: me.name, phone: me.phone },
    };
    state.downlinks = [downlink, ...state.downlinks];
    return ok(downlink, 201);
  },
};
