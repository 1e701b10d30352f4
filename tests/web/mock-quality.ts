import type {
  AlarmFigures,
  AlarmPoint,
  AlarmQuality,
  UnjudgedAlert,
} from '../../src/api/alarm-quality-schemas.ts';
import { ok, type Route } from './mock-answer.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const figures: AlarmFigures = {
  alarms: 212,
  atNight: 31,
  average10Min: 0.21,
  most10Min: 14,
  floods: 1,
  floodShare: 0.0012,
  severities: { critical: 24, warning: 88, info: 100 },
  chatteringPoints: 1,
  fleeting: 20,
  stale: 2,
  held: 9,
  withdrawn: 4,
  findings: { real: 61, false_press: 12, device_fault: 29, harmless: 19, test: 2 },
  unjudged: 85,
  actionableShare: 0.49,
  acknowledgeMsP50: 34_000,
  acknowledgeMsP95: 105_000,
};

const point = (name: string | null, kind: string, alarms: number): AlarmPoint => ({
  rule: kind,
  kind,
  protocol: 'watch',
  nativeId: '861200000001077',
  channel: '',
  deviceId: 201,
  name,
  alarms,
  share: alarms / figures.alarms,
  chatterEpisodes: alarms > 20 ? 4 : 0,
  chatterAlarms: alarms > 20 ? 20 : 0,
});

function report(now: number): AlarmQuality {
  const worst = point('W-1077', 'spo2_low', 21);
  return {
    from: now - 7 * DAY,
    to: now,
    now,
    timeZone: 'Asia/Shanghai',
    figures,
    received: {
      people: 2,
      alarms: 300,
      average10Min: 0.15,
      most10Min: 14,
      floodShare: 0.0006,
      busyHours: 1,
      windows: [0, 1, 2, 3, 6, 11].map((atLeast, i) => ({
        atLeast,
        count: [1880, 90, 30, 12, 3, 1][i] ?? 0,
      })),
      floods: [
        {
          accountId: 1,
          name: '周海生',
          from: now - 2 * DAY,
          to: now - 2 * DAY + 12 * MINUTE,
          alarms: 14,
          most: 14,
        },
      ],
    },
    topTenShare: 0.39,
    topTen: [worst, point(null, 'not_worn', 7), point('L-3', 'water_leak', 5)],
    chattering: [worst],
    stale: stale(now),
    acknowledge: {
      incidents: { count: 24, p50: 34_000, p95: 105_000 },
      tickets: { count: 3, p50: HOUR, p95: 2 * HOUR },
    },
    days: Array.from({ length: 8 }, (_, i) => ({
      day: new Date(now - (7 - i) * DAY).toISOString().slice(0, 10),
      byDay: 20 + 3 * i,
      byNight: i === 4 ? 16 : 2,
      people: 2,
    })),
    ...groups,
  };
}

const stale = (now: number): AlarmQuality['stale'] => ({
  alarms: [
    {
      id: 1,
      rule: 'battery_low',
      kind: 'battery_low',
      severity: 'info',
      name: 'W-1085',
      nativeId: '861200000001085',
      firedAt: now - 3 * DAY,
      resolvedAt: null,
    },
  ],
  mostOnADay: 2,
});

const groups: Pick<AlarmQuality, 'workers' | 'grids' | 'models' | 'rules' | 'trials'> = {
  workers: [
    {
      ...figures,
      key: 1,
      name: '周海生',
      roles: ['responder'],
      notActionableNow: 2,
      unjudgedNow: 1,
      notActionableMost: 33,
    },
    {
      ...figures,
      key: 2,
      name: '王芳',
      roles: ['family'],
      acknowledgeMsP50: null,
      acknowledgeMsP95: null,
      notActionableNow: 0,
      unjudgedNow: 0,
      notActionableMost: 1,
    },
  ],
  grids: [{ ...figures, key: 11, name: 'EZ-ZL-1' }],
  models: [
    { ...figures, key: 'W-2000 Pro' },
    { ...figures, key: null },
  ],
  rules: [{ ...figures, key: 'spo2_low', title: { zh: '血氧过低', en: 'Low blood oxygen' } }],
  trials: [
    {
      rule: 'spo2_low',
      real: 16,
      other: 20,
      trial: { truePositives: 16, falseNegatives: 0, falsePositives: 3, trueNegatives: 17 },
      trialScore: 91.7,
      liveScore: 44.4,
      onlyTrial: 1,
    },
  ],
};

const unjudged = (now: number): UnjudgedAlert => ({
  id: 77,
  rule: 'not_worn',
  kind: 'not_worn',
  severity: 'info',
  deviceName: 'W-1093',
  nativeId: '861200000001093',
  firedAt: now - 5 * HOUR,
  resolvedAt: now - 4 * HOUR,
  ticketId: null,
});

/** Of one person and one rule there is less. */
const narrowed = (all: AlarmQuality, asked: URLSearchParams): AlarmQuality =>
  asked.has('worker') && asked.has('rule') ? { ...all, received: { ...all.received, most10Min: 7 } } : all;

export const qualityRoutes: Readonly<Record<string, Route>> = {
  'GET reports/alarm-quality': ({ query }) => ok(narrowed(report(Date.now()), query)),
  'GET alerts/unjudged': ({ state }) => ok(state.findings.length > 0 ? [] : [unjudged(Date.now())]),
  'POST alerts/:id/finding': ({ state, parts, body }) => {
    state.findings.push({ id: Number(parts[1]), finding: String(body.finding) });
    return { status: 204 };
  },
};
