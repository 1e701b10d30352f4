import type { Severity } from '../model/alerts.ts';
import type { Finding } from '../model/findings.ts';
import type { Outcome } from '../model/incidents.ts';

/** When, by the wall clock of the village: so many days ago at `14:05` or `14:05:20`. */
interface Moment {
  daysAgo: number;
  at: string;
}

/** A call for help of the last week that is closed. `elder` counts those who wear a band. */
export interface PastIncident extends Moment {
  elder: number;
  answeredAfterS: number;
  lastedMin: number;
  outcome: Outcome;
  note: string;
}

/** A notice about an elder's band. */
export interface PastNotice extends Moment {
  elder: number;
  rule: string;
  severity: Severity;
  lastedS: number;
  finding?: Finding;
  withdrawn?: true;
  /** Who had duty for several grids; else the elder's own worker hears of it. */
  heardBy?: string;
}

const incident = (line: string): PastIncident => {
  const [daysAgo, at = '', elder, answered, lasted, outcome, note = ''] = line.split('|');
  return {
    daysAgo: Number(daysAgo),
    at,
    elder: Number(elder),
    answeredAfterS: Number(answered),
    lastedMin: Number(lasted),
    outcome: outcome as Outcome,
    note,
  };
};

/** Days ago, time, elder, answered after seconds, lasted minutes, outcome, what the worker wrote. */
const incidents = [
  '6|07:42|0|24|31|helped|起夜时滑倒，扶起，无外伤',
  '6|19:15|4|41|12|false_press|洗碗时碰到按键，本人平安',
  '5|03:26|2|96|58|hospital|胸闷，已送市中心医院，家属陪同',
  '5|10:08|7|18|9|false_press|试按新手环',
  '4|15:37|1|33|22|helped|门反锁，帮忙开门',
  '4|21:50|9|72|16|device_fault|手环进水，自动报警，已更换',
  '3|09:12|3|20|10|drill|每月演练',
  '3|16:44|5|27|26|helped|头晕，量血压后休息，已通知女儿',
  '2|05:58|6|118|35|refused|情绪低落，陪聊后谢绝送医',
  '2|11:20|4|36|8|false_press|睡觉压到按键',
  '1|08:33|8|22|24|helped|煤气灶打不着火，已关阀通风',
  '1|18:05|10|45|11|false_press|孙子玩手环',
].map(incident);

const findingsInTurn: readonly (Finding | undefined)[] = [
  'real',
  undefined,
  'harmless',
  'real',
  'device_fault',
];

/** What an ordinary day brings: bands that are laid aside or run low, a pulse that was fast. */
const daily: readonly PastNotice[] = Array.from({ length: 6 }, (_, day) => day + 1).flatMap((daysAgo) =>
  ['07:20', '09:45', '12:30', '15:10', '17:55', '20:40', '22:35'].map((at, i) => {
    const finding = findingsInTurn[(daysAgo + i) % findingsInTurn.length];
    const rule = ['not_worn', 'battery_low', 'heart_rate_high', 'not_worn', 'spo2_low'][
      (daysAgo + 2 * i) % 5
    ];
    return {
      daysAgo,
      at,
      elder: (3 * daysAgo + 5 * i) % 16,
      rule: rule ?? 'not_worn',
      severity: i % 7 === 3 ? 'warning' : 'info',
      lastedS: 240 + 131 * i,
      ...(finding ? { finding } : {}),
    };
  }),
);

/** The band of one elder sits loosely: its readings come and go. */
const loose: readonly PastNotice[] = Array.from({ length: 4 }, (_, day) => day + 1).flatMap((daysAgo) =>
  ['13:10:00', '13:10:21', '13:10:43', '13:11:02', '13:11:19'].map((at) => ({
    daysAgo,
    at,
    elder: 5,
    rule: 'spo2_low',
    severity: 'warning',
    lastedS: 4,
    finding: 'device_fault',
  })),
);

/** A mast failed in the night: a dozen bands fell silent at once, most of them for nothing. */
const mast: readonly PastNotice[] = Array.from({ length: 14 }, (_, i) => ({
  daysAgo: 3,
  at: `02:${String(11 + Math.floor(i / 4)).padStart(2, '0')}:${String((17 * i) % 60).padStart(2, '0')}`,
  elder: i,
  rule: 'device_silent',
  severity: 'warning',
  lastedS: 2400 + 60 * i,
  heardBy: 'worker2',
  ...(i < 4 ? { withdrawn: true as const } : { finding: 'harmless' as const }),
}));

/** Nobody changed this battery for days. */
const forgotten: readonly PastNotice[] = [
  {
    daysAgo: 6,
    at: '11:05',
    elder: 12,
    rule: 'battery_low',
    severity: 'info',
    lastedS: 76 * 3600,
    finding: 'real',
  },
  {
    daysAgo: 4,
    at: '08:15',
    elder: 14,
    rule: 'not_worn',
    severity: 'warning',
    lastedS: 31 * 3600,
    finding: 'real',
  },
];

/** The week before the demo begins, so that the report on the quality of alarms has something to tell. */
export const alarmHistory: { incidents: readonly PastIncident[]; notices: readonly PastNotice[] } = {
  incidents,
  notices: [...daily, ...loose, ...mast, ...forgotten],
};

const DAY_MS = 24 * 3_600_000;

/** The moment that it means, seen from `now` in China (UTC+8, no summer time). */
export function momentOf({ daysAgo, at }: Moment, now: number): number {
  const offset = 8 * 3_600_000;
  const midnight = Math.floor((now + offset) / DAY_MS) * DAY_MS - offset;
  const [hours = 0, minutes = 0, seconds = 0] = at.split(':').map(Number);
  return midnight - daysAgo * DAY_MS + ((hours * 60 + minutes) * 60 + seconds) * 1000;
}
