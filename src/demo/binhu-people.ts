import type { CompanyDuty } from '../model/assets.ts';
import type { DemoAccount, DemoShift } from './maoqi-people.ts';

export interface DemoCompany {
  code: string;
  name: string;
  phone: string;
  members: readonly { login: string; duty: CompanyDuty }[];
  shifts: readonly DemoCompanyShift[];
}

export interface DemoCompanyShift {
  login: string;
  weekday: number;
  fromMinute: number;
  toMinute: number;
}

/** Numbers begin with 140, which no telephone subscriber has. */
const phone = (last: number): string => `140000001${last}`;

export const binhuAccounts: readonly DemoAccount[] = [
  { login: 'property2', name: '程芳', roles: ['property'], phone: phone(10) },
  { login: 'property3', name: '罗勇', roles: ['property'], phone: phone(11) },
  { login: 'repairer1', name: '汪建', roles: ['property'], phone: phone(12) },
  { login: 'repairer2', name: '鲁军', roles: ['property'], phone: phone(13) },
  { login: 'community', name: '田静', roles: ['dispatcher'], phone: phone(14), desk: 'EZ-BH-HB' },
  { login: 'worker5', name: '石磊', roles: ['responder'], phone: phone(15) },
  { login: 'worker6', name: '童欣', roles: ['responder'], phone: phone(16) },
];

/** The desk of the street is that of Maoqi's street too. */
export const binhuDesks: readonly { grid: string; login: string }[] = [{ grid: 'EZ-BH', login: 'street' }];

const WEEK = [1, 2, 3, 4, 5, 6, 7];
const MIDNIGHT = 24 * 60;

const always = (login: string): DemoCompanyShift[] =>
  WEEK.map((weekday) => ({ login, weekday, fromMinute: 0, toMinute: MIDNIGHT }));

const byDay = (login: string): DemoCompanyShift[] =>
  WEEK.slice(0, 6).map((weekday) => ({ login, weekday, fromMinute: 8 * 60, toMinute: 18 * 60 }));

/** The managers are always on duty, so that the demo's tickets are on their pages at any hour; the last company has nobody. */
export const binhuCompanies: readonly DemoCompany[] = [
  {
    code: 'BHWY',
    name: '滨湖物业服务公司（演示）',
    phone: phone(31),
    members: [
      { login: 'property', duty: 'manager' },
      { login: 'repairer1', duty: 'repairer' },
    ],
    shifts: [...always('property'), ...byDay('repairer1')],
  },
  {
    code: 'HXWY',
    name: '荷香物业服务公司（演示）',
    phone: phone(32),
    members: [
      { login: 'property2', duty: 'manager' },
      { login: 'repairer2', duty: 'repairer' },
    ],
    shifts: [...always('property2'), ...byDay('repairer2')],
  },
  {
    code: 'YLWY',
    name: '银柳物业服务公司（演示）',
    phone: phone(33),
    members: [{ login: 'property3', duty: 'manager' }],
    shifts: always('property3'),
  },
  { code: 'LXGL', name: '老小区自管会（演示）', phone: phone(34), members: [], shifts: [] },
];

/** Two grid workers share the thirteen grids: the communities at the lake, and the southern one. */
export const binhuShifts: readonly DemoShift[] = [
  ...[1, 2, 3, 4, 5].map((n) => ({ grid: `EZ-BH-HB-${n}`, login: 'worker5' })),
  ...[1, 2, 3, 4].map((n) => ({ grid: `EZ-BH-HT-${n}`, login: 'worker5' })),
  ...[1, 2, 3, 4].map((n) => ({ grid: `EZ-BH-YL-${n}`, login: 'worker6' })),
].flatMap(({ grid, login }) =>
  WEEK.map((weekday) => ({
    grid,
    login,
    duty: 'worker' as const,
    weekday,
    fromMinute: 0,
    toMinute: MIDNIGHT,
  })),
);
