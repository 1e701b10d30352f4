import type { Role } from '../model/incidents.ts';

export interface DemoAccount {
  login: string;
  name: string;
  roles: Role[];
  phone: string;
  /** Grid whose desk this person sits at. */
  desk?: string;
  /** Elders whose family this is, with the relation as the family would say it. */
  familyOf?: { elder: string; relation: string }[];
}

export interface DemoShift {
  grid: string;
  login: string;
  duty: 'worker' | 'deputy';
  weekday: number;
  fromMinute: number;
  toMinute: number;
}

/** Of every demo account; told at the start of the service and in the README. */
export const DEMO_PASSWORD = 'gridguard-demo';

/** Numbers begin with 140, which no telephone subscriber has. */
const phone = (last: number): string => `140000001${String(last).padStart(2, '0')}`;

const family = (n: number, name: string, familyOf: DemoAccount['familyOf'] & object): DemoAccount => ({
  login: `family${n}`,
  name,
  roles: ['family'],
  phone: phone(20 + n),
  familyOf,
});

export const demoAccounts: readonly DemoAccount[] = [
  { login: 'worker1', name: '李卫东', roles: ['responder'], phone: phone(1) },
  { login: 'worker2', name: '王海霞', roles: ['responder'], phone: phone(2) },
  { login: 'worker3', name: '周建平', roles: ['responder'], phone: phone(3) },
  { login: 'worker4', name: '徐丽', roles: ['responder'], phone: phone(4) },
  { login: 'deputy', name: '胡志刚', roles: ['responder'], phone: phone(5) },
  { login: 'street', name: '邓敏', roles: ['dispatcher'], phone: phone(6), desk: 'EZ-LH' },
  { login: 'city', name: '熊伟', roles: ['dispatcher'], phone: phone(7), desk: 'EZ' },
  { login: 'property', name: '严俊', roles: ['property'], phone: phone(8) },
  { login: 'admin', name: '管理员', roles: ['admin'], phone: phone(9) },
  family(1, '陈晓燕', [{ elder: '陈桂兰', relation: '女儿' }]),
  family(2, '余涛', [
    { elder: '余家旺', relation: '儿子' },
    { elder: '李秀英', relation: '外甥' },
  ]),
  family(3, '夏红', [{ elder: '陈金莲', relation: '儿媳' }]),
  family(4, '周斌', [{ elder: '周细妹', relation: '儿子' }]),
  family(5, '严蓉', [{ elder: '严早生', relation: '女儿' }]),
  family(6, '熊莉', [{ elder: '熊凤英', relation: '女儿' }]),
];

const WEEK = [1, 2, 3, 4, 5, 6, 7];
const MORNING = 7 * 60;
const EVENING = 21 * 60;
const MIDNIGHT = 24 * 60;

const grids = [1, 2, 3, 4].map((n) => ({ grid: `EZ-LH-MQ-${n}`, worker: `worker${n}`, n }));

/**
 * By day each grid has its own worker. At night the workers of the second, third and fourth grid take turns by the weekday;
 * that of the first lives in it and has it always, so that the demo's SOS is on his page at any hour.
 */
function shiftsOfWorker({ grid, worker, n }: (typeof grids)[number]): DemoShift[] {
  const duty = 'worker' as const;
  return WEEK.flatMap((weekday) => {
    const atNight = n === 1 ? worker : `worker${2 + ((weekday + n) % 3)}`;
    return [
      { grid, login: atNight, duty, weekday, fromMinute: 0, toMinute: MORNING },
      { grid, login: worker, duty, weekday, fromMinute: MORNING, toMinute: EVENING },
      { grid, login: atNight, duty, weekday, fromMinute: EVENING, toMinute: MIDNIGHT },
    ];
  });
}

const deputyShifts: readonly DemoShift[] = grids.flatMap(({ grid }) =>
  WEEK.map((weekday) => ({
    grid,
    login: 'deputy',
    duty: 'deputy' as const,
    weekday,
    fromMinute: 0,
    toMinute: MIDNIGHT,
  })),
);

export const demoShifts: readonly DemoShift[] = [...grids.flatMap(shiftsOfWorker), ...deputyShifts];
