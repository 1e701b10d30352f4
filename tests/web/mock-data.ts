import type {
  AccountView,
  DeviceView,
  GridView,
  IncidentDetail,
  Me,
  Person,
  ShiftView,
  SubjectView,
  UplinkView,
} from '../../src/api/schemas.ts';
import type { Role } from '../../src/model/incidents.ts';

/** A small village for the pages' tests: people, grids, wearers, and what happened lately. */

export const PASSWORD = 'gridguard-demo';
const MINUTE = 60_000;

const person = (id: number, name: string, phone: string | null): Person => ({ id, name, phone });
export const people = {
  worker: person(1, '周海生', '13907110001'),
  deputy: person(2, '吴秀英', '13907110002'),
  family: person(3, '王芳', '13907110003'),
  dispatcher: person(4, '刘建国', '13907110004'),
  property: person(5, '陈物业', null),
  admin: person(6, '管理员', null),
  newcomer: person(7, '张伟', '13907110007'),
  repairer: person(8, '李师傅', '13907110008'),
};

const rolesOf: Readonly<Record<keyof typeof people, Role>> = {
  worker: 'responder',
  deputy: 'responder',
  family: 'family',
  dispatcher: 'dispatcher',
  property: 'property',
  admin: 'admin',
  newcomer: 'family',
  repairer: 'property',
};

export function createMes(): Me[] {
  return Object.entries(people).map(([login, who]) => {
    const role = rolesOf[login as keyof typeof people];
    const grids: Me['grids'] =
      role === 'responder'
        ? [{ id: 11, name: '茅圻一组', duty: login === 'worker' ? 'worker' : 'deputy', onDuty: true }]
        : role === 'dispatcher'
          ? [{ id: 2, name: '泽林街道', duty: 'desk', onDuty: true }]
          : [];
    const companies: Me['companies'] =
      role === 'property'
        ? [{ id: 51, name: '滨湖物业', duty: login === 'property' ? 'manager' : 'repairer', onDuty: true }]
        : [];
    return { ...who, login, roles: [role], locale: 'zh-CN', largePrint: false, grids, companies };
  });
}

export function createAccounts(): AccountView[] {
  return createMes().map(({ id, login, name, phone, roles }) => ({
    id,
    login,
    name,
    phone,
    email: null,
    roles,
    active: true,
  }));
}

type Ring = [number, number][];
const polygon = (ring: Ring): GridView['polygon'] => ({ type: 'Polygon', coordinates: [[...ring, ring[0]]] });
const west = 114.868;
const south = 30.382;
/** Corners in hundreds of metres from the south-west of the village, roughly. */
const ring = (...corners: [number, number][]): Ring =>
  corners.map(([x, y]) => [west + x * 0.00104, south + y * 0.0009]);

export const grids: GridView[] = [
  grid(1, null, 'city', '鄂州市', ring([-8, -6], [36, -6], [36, 30], [-8, 30])),
  grid(2, 1, 'street', '泽林街道', ring([-3, -2], [28, -3], [29, 23], [-2, 24])),
  grid(
    3,
    2,
    'community',
    '茅圻村',
    ring([0, 0], [12, -1], [25, 1], [26, 12], [24, 20], [10, 21], [-1, 18], [-1, 9]),
  ),
  {
    ...grid(11, 3, 'grid', '茅圻一组', ring([0, 0], [12, -1], [13, 6], [11, 10], [-1, 9])),
    worker: people.worker,
    deputy: people.deputy,
  },
  grid(12, 3, 'grid', '茅圻二组', ring([12, -1], [25, 1], [26, 12], [19, 11], [11, 10], [13, 6])),
  grid(13, 3, 'grid', '茅圻三组', ring([-1, 9], [11, 10], [12, 15], [10, 21], [-1, 18])),
  grid(14, 3, 'grid', '茅圻四组', ring([11, 10], [19, 11], [26, 12], [24, 20], [10, 21], [12, 15])),
];

function grid(
  id: number,
  parentId: number | null,
  level: GridView['level'],
  name: string,
  corners: Ring,
): GridView {
  return {
    id,
    parentId,
    level,
    code: `4207${String(id).padStart(4, '0')}`,
    name,
    polygon: polygon(corners),
    worker: null,
    deputy: null,
  };
}

interface Elder {
  name: string;
  sex: 'female' | 'male';
  born: number;
  gridId: number;
  at: [number, number];
  state: SubjectView['wellBeing'];
  seenMinAgo: number | null;
  battery: number | null;
  alerts?: [string, number][];
}
const elders: readonly Elder[] = [
  {
    name: '王桂英',
    sex: 'female',
    born: 1946,
    gridId: 11,
    at: [4, 3],
    state: 'ok',
    seenMinAgo: 3,
    battery: 64,
  },
  {
    name: '李德福',
    sex: 'male',
    born: 1941,
    gridId: 11,
    at: [8, 6],
    state: 'attention',
    seenMinAgo: 6,
    battery: 12,
    alerts: [['battery_low', 40]],
  },
  {
    name: '张玉兰',
    sex: 'female',
    born: 1938,
    gridId: 12,
    at: [19, 5],
    state: 'ok',
    seenMinAgo: 1,
    battery: 88,
  },
  {
    name: '陈国强',
    sex: 'male',
    born: 1950,
    gridId: 13,
    at: [4, 14],
    state: 'unknown',
    seenMinAgo: 310,
    battery: 35,
    alerts: [['device_silent', 280]],
  },
  {
    name: '黄秀珍',
    sex: 'female',
    born: 1944,
    gridId: 14,
    at: [17, 16],
    state: 'ok',
    seenMinAgo: 4,
    battery: 51,
  },
  {
    name: '周大山',
    sex: 'male',
    born: 1939,
    gridId: 14,
    at: [21, 14],
    state: 'unknown',
    seenMinAgo: null,
    battery: null,
  },
  {
    name: '吴春梅',
    sex: 'female',
    born: 1948,
    gridId: 12,
    at: [16, 3],
    state: 'ok',
    seenMinAgo: 2,
    battery: 73,
  },
];

export function createSubjects(now: number): SubjectView[] {
  return elders.map((elder, index) => {
    const gridName = grids.find((one) => one.id === elder.gridId)?.name ?? '';
    const [longitude, latitude] = ring(elder.at)[0] ?? [west, south];
    return {
      id: 101 + index,
      kind: 'elder',
      name: elder.name,
      sex: elder.sex,
      birthYear: elder.born,
      phone: `138071100${10 + index}`,
      homeAddress: `茅圻村${gridName.slice(2)} ${17 + index} 号`,
      homeLatitude: latitude,
      homeLongitude: longitude,
      grid: { id: elder.gridId, name: gridName },
      livesAlone: index % 2 === 0,
      mobility: index % 3 === 0 ? 'impaired' : 'normal',
      careNotes: index === 0 ? '高血压，每天早晚服药。备用钥匙在隔壁 18 号。青霉素过敏。' : null,
      traits: index === 0 ? ['hypertension'] : [],
      watchHome: index === 1,
      homeRadiusM: null,
      wellBeing: elder.state,
      lastSeenAt: elder.seenMinAgo === null ? null : now - elder.seenMinAgo * MINUTE,
      device:
        elder.seenMinAgo === null
          ? null
          : {
              id: 201 + index,
              protocol: 'watch',
              nativeId: `86120000000${1000 + index}`,
              battery: elder.battery,
            },
      openIncidentId: null,
      alerts: (elder.alerts ?? []).map(([kind, minAgo], at) => ({
        id: 900 + index * 10 + at,
        kind,
        severity: 'warning',
        firedAt: now - minAgo * MINUTE,
      })),
      family: index === 0 ? [{ ...people.family, relation: '女儿' }] : [],
    };
  });
}

export function createDevices(subjects: readonly SubjectView[]): DeviceView[] {
  return subjects.flatMap((subject) =>
    subject.device
      ? [
          {
            id: subject.device.id,
            protocol: subject.device.protocol,
            nativeId: subject.device.nativeId,
            name: null,
            model: 'G616',
            active: true,
            subject: { id: subject.id, name: subject.name },
            grid: subject.grid,
            lastSeenAt: subject.lastSeenAt,
            silent: subject.wellBeing === 'unknown',
            battery: subject.device.battery,
            vendor: null,
            asset: null,
            gateway: null,
            topicPrefix: null,
            children: 0,
            online: null,
            location: null,
            commands: [
              'locate_now',
              'ring',
              'measure',
              'message',
              'set_sos_numbers',
              'set_interval',
              'fall_detection',
              'restart',
              'power_off',
            ],
            measurements: ['heart_rate', 'blood_pressure', 'spo2', 'temperature'],
            openTicketId: null,
          },
        ]
      : [],
  );
}

export function createShifts(): ShiftView[] {
  return [1, 2, 3, 4, 5, 6].flatMap((weekday) => [
    {
      id: weekday * 2,
      gridId: 11,
      account: people.worker,
      duty: 'worker' as const,
      weekday,
      fromMinute: 480,
      toMinute: 1200,
    },
    {
      id: weekday * 2 + 1,
      gridId: 11,
      account: people.deputy,
      duty: 'deputy' as const,
      weekday,
      fromMinute: 0,
      toMinute: 1440,
    },
  ]);
}

export function createUplinks(now: number): UplinkView[] {
  const uplink = (id: number, outcome: string, frame: string, reason: string | null): UplinkView => ({
    id,
    receivedAt: now - (60 - id) * 20_000,
    deviceId: outcome === 'unknown_device' ? null : 201,
    protocol: 'watch',
    transport: 'tcp',
    nativeId: '861200000001000',
    source: '10.0.3.17',
    topic: null,
    command: frame.includes('AL,') ? 'AL' : 'LK',
    outcome,
    reason,
    readingCount: outcome === 'ok' ? 4 : 0,
    frame,
    frameKind: 'text',
  });
  return [
    uplink(
      50,
      'ok',
      '[3G*8612000000*00CD*AL,221126,080512,A,30.390102,N,114.880231,E,1.2,270,35,9,90,64,12000,0,00010000,1,1,460,0,9763,4021,130]',
      null,
    ),
    uplink(49, 'empty', '[3G*8612000000*0009*LK,0,0,64]', null),
    uplink(
      48,
      'undecodable',
      '[3G*8612000000*FFFF*UD',
      'the length says 65535 bytes, the frame limit is 8192',
    ),
    uplink(47, 'unknown_device', '[3G*9912345678*0002*LK]', null),
  ];
}

export const policy: IncidentDetail['policy'] = {
  name: 'sos',
  steps: [
    { afterMs: 0, notify: ['worker', 'family'] },
    { afterMs: 45_000, notify: ['deputy'] },
    { afterMs: 90_000, notify: ['street'] },
    { afterMs: 180_000, notify: ['city'] },
  ],
  repeatEveryMs: 120_000,
};
