import { isOnDuty, localMoment, type Shift } from '../../people/roster.ts';
import { formatDuration } from '../../platform/duration.ts';
import { dateOf, localTime } from '../../platform/local-time.ts';
import type { LabAlert } from './lab-change.ts';
import type { LabDevice } from './lab-device.ts';

const DAY_MS = 86_400_000;
/** Of the local day: alerts from then on wake people. */
const NIGHT = { fromMinute: 22 * 60, toMinute: 6 * 60 };
const MOST_LISTED = 10;

export interface WorkerShift extends Shift {
  gridId: number;
  accountName: string;
}

export interface SummaryOf {
  alerts: readonly LabAlert[];
  fromMs: number;
  toMs: number;
  devices: readonly LabDevice[];
  timeZone: string;
  /** Empty where nobody is known to be on duty. */
  shifts?: readonly WorkerShift[];
}

/** How much of a rule set people would have to bear. */
export interface Summary {
  days: number;
  /** Wearers, and devices that nobody wears. */
  subjects: number;
  alerts: number;
  /** Of backlogs: recorded, nobody was told. */
  history: number;
  perSubjectDay: number;
  bySeverity: Record<string, number>;
  nights: { mean: number; most: number; worst: string | undefined };
  /** Who was on duty in the grid when it began. */
  workers: Tally[];
  /** When nobody was on duty there. */
  unattended: number;
  rules: Tally[];
  /** The wearers or devices with the most. */
  worst: Tally[];
  /** How long they lasted, in milliseconds, in the middle. */
  medianMs: number | undefined;
}

export interface Tally {
  name: string;
  alerts: number;
}

export function summarize({ alerts: all, fromMs, toMs, devices, timeZone, shifts = [] }: SummaryOf): Summary {
  const alerts = all.filter(({ history }) => !history);
  const byId = new Map(devices.map((device) => [device.id, device]));
  const days = Math.max((toMs - fromMs) / DAY_MS, 0);
  const subjects = new Set(devices.map(whose)).size;
  const duty = dutyOf(alerts, { byId, shifts, timeZone });
  const lasted = alerts
    .flatMap(({ from, to }) => (to === undefined ? [] : [to - from]))
    .sort((a, b) => a - b);
  return {
    days,
    subjects,
    alerts: alerts.length,
    history: all.length - alerts.length,
    perSubjectDay: days * subjects > 0 ? alerts.length / (days * subjects) : 0,
    bySeverity: Object.fromEntries(
      tally(alerts.map(({ severity }) => severity)).map((t) => [t.name, t.alerts]),
    ),
    nights: nightsOf(alerts, days, timeZone),
    ...duty,
    rules: tally(alerts.map(({ rule }) => rule)),
    worst: tally(alerts.map(({ holder }) => nameOf(holder, byId))).slice(0, MOST_LISTED),
    medianMs: lasted[lasted.length >> 1],
  };
}

const whose = ({ id, reading }: LabDevice): string =>
  reading.subjectId === undefined ? `d${id}` : `s${reading.subjectId}`;

function nameOf(holder: number, byId: ReadonlyMap<number, LabDevice>): string {
  if (holder < 0) return `asset ${-holder}`;
  const device = byId.get(holder);
  return device ? `${device.reading.protocol}/${device.reading.nativeId}` : String(holder);
}

/** The most first. */
function tally(names: readonly string[]): Tally[] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts]
    .map(([name, alerts]) => ({ name, alerts }))
    .sort((a, b) => b.alerts - a.alerts || (a.name < b.name ? -1 : 1));
}

/** Nights by the day on which they began. */
function nightsOf(alerts: readonly LabAlert[], days: number, timeZone: string): Summary['nights'] {
  const local = localTime(timeZone);
  const nights = tally(
    alerts.flatMap(({ from }) => {
      const minute = local.minuteOf(from);
      if (minute >= NIGHT.fromMinute) return [dateOf(local.dayOf(from))];
      return minute < NIGHT.toMinute ? [dateOf(local.dayOf(from) - 1)] : [];
    }),
  );
  const total = nights.reduce((sum, night) => sum + night.alerts, 0);
  return { mean: total / Math.max(days, 1), most: nights[0]?.alerts ?? 0, worst: nights[0]?.name };
}

function dutyOf(
  alerts: readonly LabAlert[],
  facts: { byId: ReadonlyMap<number, LabDevice>; shifts: readonly WorkerShift[]; timeZone: string },
): Pick<Summary, 'workers' | 'unattended'> {
  const { byId, shifts, timeZone } = facts;
  if (shifts.length === 0) return { workers: [], unattended: 0 };
  let unattended = 0;
  const names = alerts.flatMap(({ holder, from }) => {
    const gridId = byId.get(holder)?.gridId;
    const moment = localMoment(from, timeZone);
    const onDuty = shifts.filter((shift) => shift.gridId === gridId && isOnDuty(shift, moment));
    if (onDuty.length === 0) unattended++;
    return [...new Set(onDuty.map(({ accountName }) => accountName))];
  });
  return { workers: tally(names), unattended };
}

/** In plain words, one fact per line. */
export function summaryLines(summary: Summary, language: 'zh' | 'en'): string[] {
  const { days, subjects, alerts, history, perSubjectDay, nights, workers, unattended } = summary;
  const zh = language === 'zh';
  const few = (tallies: readonly Tally[]) =>
    tallies
      .slice(0, MOST_LISTED)
      .map((t) => `${t.name} ${t.alerts}`)
      .join(zh ? '，' : ', ');
  const severities = few(
    Object.entries(summary.bySeverity).map(([name, count]) => ({ name, alerts: count })),
  );
  const lasted =
    summary.medianMs === undefined
      ? ''
      : formatDuration(Math.round(summary.medianMs / 1000) * 1000, language);
  const number = (n: number, digits = 2) => n.toFixed(digits);
  return [
    zh
      ? `${number(days, 1)} 天，${subjects} 个对象：${alerts} 次报警${severities ? `（${severities}）` : ''}`
      : `${number(days, 1)} days, ${subjects} subjects: ${alerts} alerts${severities ? ` (${severities})` : ''}`,
    zh ? `每对象每天 ${number(perSubjectDay)} 次` : `${number(perSubjectDay)} per subject and day`,
    zh
      ? `每夜（22:00–06:00）平均 ${number(nights.mean, 1)} 次，最多 ${nights.most} 次${nights.worst ? `（${nights.worst}）` : ''}`
      : `${number(nights.mean, 1)} per night (22:00–06:00), ${nights.most} at most${nights.worst ? ` (${nights.worst})` : ''}`,
    ...(lasted ? [zh ? `持续时间中位数 ${lasted}` : `half of them last longer than ${lasted}`] : []),
    ...(history > 0
      ? [zh ? `另有 ${history} 次来自补传，只作记录` : `and ${history} in backlogs, only recorded`]
      : []),
    ...(summary.rules.length > 0 ? [`${zh ? '规则' : 'rules'}: ${few(summary.rules)}`] : []),
    ...(workers.length > 0 ? [`${zh ? '网格员' : 'workers'}: ${few(workers)}`] : []),
    ...(unattended > 0 ? [zh ? `${unattended} 次无人值班` : `${unattended} with nobody on duty`] : []),
    ...(summary.worst.length > 0 && subjects > 1 ? [`${zh ? '最多' : 'most'}: ${few(summary.worst)}`] : []),
  ];
}
