import { breathe } from '../../platform/breathe.ts';
import { dateOf, type LocalTime } from '../../platform/local-time.ts';
import { type Flood, mostWithin, type Period, windowBuckets } from './alarm-rate.ts';
import { chatterOf } from './chatter.ts';
import {
  type Acknowledgement,
  type AlarmFact,
  type HeldFact,
  isActionable,
  type Matter,
  type Receipt,
  type TrialFact,
} from './facts.ts';
import { percentile, shareOf } from './figures.ts';
import { FATIGUE_WITHIN_MS } from './limits.ts';
import { inPieces } from './pieces.ts';
import { addAlarm, addReceipt, emptyTally, type Figures, figuresOf, isStale, type Tally } from './tally.ts';
import { compareTrials, type TrialResult } from './trial.ts';

/** Everything of the period, in ascending order of time, already only of what the reader may see and asked for. */
export interface Material {
  period: Period;
  now: number;
  time: LocalTime;
  alarms: readonly AlarmFact[];
  receipts: readonly Receipt[];
  acknowledgements: readonly Acknowledgement[];
  trials: readonly TrialFact[];
  /** Raised before the period and firing still, for more than a day. */
  standing: readonly AlarmFact[];
  held: readonly HeldFact[];
}

export interface Group<K> extends Figures {
  key: K;
}

export interface WorkerGroup extends Group<number> {
  /** In the last 120 min: found to need nobody, and not looked into yet. */
  notActionableNow: number;
  unjudgedNow: number;
  /** Found to need nobody, in the worst 120 min of the period. */
  notActionableMost: number;
}

export interface PointFigures {
  rule: string;
  kind: string;
  protocol: string;
  nativeId: string;
  channel: string;
  deviceId: number | null;
  alarms: number;
  share: number;
  chatterEpisodes: number;
  chatterAlarms: number;
}

export interface Report {
  figures: Figures;
  /** Over all receivers: alarms to a person in ten minutes. */
  received: {
    people: number;
    alarms: number;
    average10Min: number;
    most10Min: number;
    floodShare: number;
    busyHours: number;
    windows: { atLeast: number; count: number }[];
    floods: (Flood & { accountId: number })[];
  };
  topTenShare: number | null;
  topTen: PointFigures[];
  chattering: PointFigures[];
  stale: { alarms: AlarmFact[]; mostOnADay: number };
  acknowledge: Record<'incidents' | 'tickets', { count: number; p50: number | null; p95: number | null }>;
  days: { day: string; byDay: number; byNight: number; people: number }[];
  workers: WorkerGroup[];
  grids: Group<number | null>[];
  models: Group<string | null>[];
  rules: Group<string>[];
  trials: TrialResult[];
}

const MOST_FLOODS = 20;
const TOP = 10;

/** The report on the quality of alarms after ISA-18.2 and EEMUA 191. */
export async function reportOf(material: Material): Promise<Report> {
  const { alarms, period } = material;
  const all = emptyTally();
  const groups = { grids: new Map(), models: new Map(), rules: new Map() } as {
    grids: Map<number | null, Tally>;
    models: Map<string | null, Tally>;
    rules: Map<string, Tally>;
  };
  await inPieces(alarms, (alarm) => {
    const context = { isNight: isNight(material.time, alarm.firedAt), now: material.now };
    addAlarm(all, alarm, context);
    addAlarm(of(groups.grids, alarm.gridId), alarm, context);
    addAlarm(of(groups.models, alarm.model), alarm, context);
    addAlarm(of(groups.rules, alarm.rule), alarm, context);
  });
  for (const { rule, gridId, model } of material.held)
    for (const tally of [all, of(groups.grids, gridId), of(groups.models, model), of(groups.rules, rule)])
      tally.held++;
  const points = await pointsOf(all);
  const topTen = points.slice(0, TOP);
  const { rate: _, ...figures } = figuresOf(all, period);
  return {
    figures,
    ...(await receiversOf(material)),
    topTen,
    topTenShare: shareOf(
      topTen.reduce((sum, point) => sum + point.alarms, 0),
      alarms.length,
    ),
    chattering: points
      .filter((point) => point.chatterEpisodes > 0)
      .sort((a, b) => b.chatterAlarms - a.chatterAlarms)
      .slice(0, 2 * TOP),
    stale: await staleOf(material),
    acknowledge: { incidents: answered(alarms, 'i'), tickets: answered(alarms, 't') },
    grids: await groupsOf(groups.grids, period),
    models: await groupsOf(groups.models, period),
    rules: await groupsOf(groups.rules, period),
    trials: compareTrials(alarms, material.trials),
  };
}

function of<K>(tallies: Map<K, Tally>, key: K): Tally {
  const known = tallies.get(key);
  if (known) return known;
  const tally = emptyTally();
  tallies.set(key, tally);
  return tally;
}

async function groupsOf<K>(tallies: ReadonlyMap<K, Tally>, period: Period): Promise<Group<K>[]> {
  const groups: Group<K>[] = [];
  for (const [key, tally] of tallies) {
    const { rate: _, ...figures } = figuresOf(tally, period);
    groups.push({ key, ...figures });
    await breathe();
  }
  return groups.sort((a, b) => b.alarms - a.alarms);
}

/** The load on people, which is what an alarm costs. */
async function receiversOf(material: Material): Promise<Pick<Report, 'received' | 'workers' | 'days'>> {
  const { period, now, receipts } = material;
  const withdrawn = withdrawnMatters(material.alarms);
  const tallies = new Map<number, Tally>();
  const useless = new Map<number, number[]>();
  const unknown = new Map<number, number[]>();
  await inPieces(receipts, (receipt) => {
    const heard = {
      ...receipt,
      withdrawn: withdrawn.has(receipt.matter),
      isNight: isNight(material.time, receipt.at),
    };
    addReceipt(of(tallies, receipt.accountId), heard);
    const actionable = isActionable(heard);
    if (actionable === false) push(useless, receipt.accountId, receipt.at);
    if (actionable === undefined && receipt.finding === null) push(unknown, receipt.accountId, receipt.at);
  });
  for (const { accountId, afterMs } of material.acknowledgements)
    tallies.get(accountId)?.acknowledgedMs.push(afterMs);
  const lately = (times: readonly number[] = []) =>
    times.filter((at) => at > now - FATIGUE_WITHIN_MS && at <= now).length;
  const worked = [...tallies].map(([key, tally]) => ({ key, ...figuresOf(tally, period) }));
  const workers = worked.map(({ rate: _, ...figures }) => ({
    ...figures,
    notActionableNow: lately(useless.get(figures.key)),
    unjudgedNow: lately(unknown.get(figures.key)),
    notActionableMost: mostWithin(useless.get(figures.key) ?? [], FATIGUE_WITHIN_MS),
  }));
  return {
    received: receivedOf(worked, period),
    workers: workers.sort((a, b) => b.alarms - a.alarms),
    days: await daysOf(material),
  };
}

type Worked = { key: number } & ReturnType<typeof figuresOf>;

function receivedOf(worked: readonly Worked[], period: Period): Report['received'] {
  const people = worked.length;
  const sum = (figure: (one: Worked) => number) => worked.reduce((total, one) => total + figure(one), 0);
  return {
    people,
    alarms: sum((one) => one.alarms),
    average10Min: people === 0 ? 0 : sum((one) => one.average10Min) / people,
    most10Min: Math.max(0, ...worked.map((one) => one.most10Min)),
    floodShare:
      shareOf(
        sum((one) => one.rate.floodMs),
        people * (period.to - period.from),
      ) ?? 0,
    busyHours: sum((one) => one.rate.busyHours),
    windows: windowBuckets.map((atLeast, i) => ({ atLeast, count: sum((one) => one.rate.windows[i] ?? 0) })),
    floods: worked
      .flatMap(({ key, rate }) => rate.floods.map((flood) => ({ ...flood, accountId: key })))
      .sort((a, b) => b.alarms - a.alarms)
      .slice(0, MOST_FLOODS),
  };
}

/** What people heard by day and by night; days on which nothing came count. */
async function daysOf({ period, receipts, time }: Material): Promise<Report['days']> {
  const days = new Map<number, { byDay: number; byNight: number; people: Set<number> }>();
  for (let at = period.from; at < period.to; at += 3_600_000) ofDay(time.dayOf(at));
  function ofDay(day: number) {
    const known = days.get(day) ?? { byDay: 0, byNight: 0, people: new Set<number>() };
    days.set(day, known);
    return known;
  }
  await inPieces(receipts, ({ at, accountId }) => {
    const counted = ofDay(time.dayOf(at));
    counted[isNight(time, at) ? 'byNight' : 'byDay']++;
    counted.people.add(accountId);
  });
  return [...days]
    .sort(([a], [b]) => a - b)
    .map(([day, { byDay, byNight, people }]) => ({
      day: dateOf(day),
      byDay,
      byNight,
      people: people.size,
    }));
}

/** Matters of which nothing is left. */
function withdrawnMatters(alarms: readonly AlarmFact[]): Set<Matter> {
  const gone = new Set(alarms.filter((alarm) => alarm.withdrawn).map(({ matter }) => matter));
  for (const { matter, withdrawn } of alarms) if (!withdrawn) gone.delete(matter);
  return gone;
}

async function pointsOf(all: Tally): Promise<PointFigures[]> {
  const points: PointFigures[] = [];
  await inPieces([...all.points.values()], ({ of, times }) => {
    const { rule, kind, protocol, nativeId, channel, deviceId } = of;
    const { episodes, alarms: chattered } = chatterOf(times);
    points.push({
      ...{ rule, kind, protocol, nativeId, channel, deviceId },
      alarms: times.length,
      share: shareOf(times.length, all.times.length) ?? 0,
      chatterEpisodes: episodes,
      chatterAlarms: chattered,
    });
  });
  return points.sort((a, b) => b.alarms - a.alarms);
}

async function staleOf({ alarms, standing, period, now, time }: Material): Promise<Report['stale']> {
  const stale = [...standing, ...alarms].filter((alarm) => isStale(alarm, now));
  const days = new Map<number, number>();
  await inPieces(stale, ({ firedAt, resolvedAt }) => {
    const from = Math.max(period.from, firedAt + 24 * 3_600_000);
    const to = Math.min(period.to, resolvedAt ?? now);
    const touched = new Set<number>();
    for (let at = from; at < to; at += 12 * 3_600_000) touched.add(time.dayOf(at));
    for (const day of touched) days.set(day, (days.get(day) ?? 0) + 1);
  });
  return {
    alarms: stale.sort((a, b) => a.firedAt - b.firedAt).slice(0, 2 * TOP),
    mostOnADay: Math.max(0, ...days.values()),
  };
}

function answered(alarms: readonly AlarmFact[], of: 'i' | 't') {
  const matters = new Map<Matter, number>();
  for (const { matter, acknowledgedMs } of alarms)
    if (matter.startsWith(of) && acknowledgedMs !== null) matters.set(matter, acknowledgedMs);
  const values = [...matters.values()];
  return { count: values.length, p50: percentile(values, 0.5), p95: percentile(values, 0.95) };
}

function push(lists: Map<number, number[]>, key: number, value: number): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}

/** The night of people who sleep, in minutes of the local day. */
const NIGHT = { from: 22 * 60, to: 6 * 60 };

function isNight(time: LocalTime, ms: number): boolean {
  const minute = time.minuteOf(ms);
  return minute >= NIGHT.from || minute < NIGHT.to;
}
