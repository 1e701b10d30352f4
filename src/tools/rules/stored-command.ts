import type { Config } from '../../config.ts';
import { dateOf } from '../../platform/local-time.ts';
import { differenceLines, differences } from '../../rules/lab/difference.ts';
import { alertsOf, type LabChange } from '../../rules/lab/lab-change.ts';
import type { LabDevice } from '../../rules/lab/lab-device.ts';
import { findDeviceIds, type LabSelection } from '../../rules/lab/lab-devices-store.ts';
import { type StoredBacktest, storedBacktest } from '../../rules/lab/stored-backtest.ts';
import { summarize, summaryLines } from '../../rules/lab/summary.ts';
import type { Rule } from '../../rules/rule.ts';
import type { Workdays } from '../../rules/schedule.ts';
import { AskedWrongly } from './asked-wrongly.ts';
import { createProgress, type Language, note, print } from './say.ts';
import { withStored } from './stored.ts';

const DAY_MS = 86_400_000;

export interface StoredOptions {
  config: Config;
  /** `2026-11-01`, UTC, both included. */
  from: string;
  to: string;
  subjects: readonly string[];
  devices: readonly string[];
  language: Language;
  calendar: Workdays | undefined;
  against: readonly Rule[] | undefined;
}

/** Plays what the service has stored, and prints what the rules would have said. */
export function storedCommand(rules: readonly Rule[], options: StoredOptions): Promise<number> {
  const { against, language } = options;
  return withStored(options, async (deps) => {
    const selection = await selectionOf(deps.database.db, options);
    const order = {
      ruleSets: against ? [against, rules] : [rules],
      fromDay: dayOf(options.from),
      toDay: dayOf(options.to),
      ...(selection ? { selection } : {}),
    };
    report(await storedBacktest(deps, order, progressIn(language)), options);
    return 0;
  });
}

/** Days since 1970. Throws AskedWrongly. */
function dayOf(date: string): number {
  const ms = /^\d{4}-\d\d-\d\d$/.test(date) ? Date.parse(date) : Number.NaN;
  if (Number.isFinite(ms)) return ms / DAY_MS;
  throw new AskedWrongly({
    zh: `看不懂日期“${date}”，要写成 2026-11-01`,
    en: `${date}: a day is written like 2026-11-01`,
  });
}

async function selectionOf(
  db: Parameters<typeof findDeviceIds>[0],
  { subjects, devices }: StoredOptions,
): Promise<LabSelection | undefined> {
  if (subjects.length === 0 && devices.length === 0) return undefined;
  const ids = await findDeviceIds(db, devices);
  const unknown = devices.filter((device) => !ids.has(device));
  if (unknown.length > 0)
    throw new AskedWrongly({
      zh: `没有设备 ${unknown.join('、')}`,
      en: `no such device: ${unknown.join(', ')}`,
    });
  return {
    ...(subjects.length > 0 ? { subjectIds: subjects.map(Number) } : {}),
    ...(devices.length > 0 ? { deviceIds: [...ids.values()] } : {}),
  };
}

function progressIn(language: Language) {
  const show = createProgress();
  const zh = language === 'zh';
  return {
    day: ({
      day,
      index,
      days,
      readings,
      ms,
    }: {
      day: number;
      index: number;
      days: number;
      readings: number;
      ms: number;
    }) =>
      note(
        zh
          ? `读取 ${dateOf(day)}（第 ${index + 1}/${days} 天）：${readings} 条，${(ms / 1000).toFixed(1)} 秒`
          : `read ${dateOf(day)} (day ${index + 1} of ${days}): ${readings} readings in ${(ms / 1000).toFixed(1)} s`,
      ),
    groups: ({ groups, of, readings }: { groups: number; of: number; readings: number }) =>
      show(
        groups / of,
        zh
          ? `回测 ${groups}/${of} 个对象，${readings} 条读数`
          : `${groups} of ${of} subjects, ${readings} readings`,
      ),
  };
}

function report({ devices, changes, shifts }: StoredBacktest, options: StoredOptions): void {
  const { language, against, config } = options;
  const byId = new Map(devices.map((device) => [device.id, device]));
  const latest = changes.at(-1) ?? [];
  const alerts = alertsOf(latest);
  if (against) {
    const found = differences(alertsOf(changes[0] ?? []), alerts);
    for (const { holder, ...difference } of found)
      print(JSON.stringify({ record: recordOf(holder, byId), ...difference }));
    for (const line of differenceLines(found, language)) note(line);
    return;
  }
  for (const change of latest) printChange(change, byId);
  const { timeZone } = config;
  const [fromMs, toMs] = [dayOf(options.from) * DAY_MS, (dayOf(options.to) + 1) * DAY_MS];
  for (const line of summaryLines(summarize({ alerts, fromMs, toMs, devices, timeZone, shifts }), language))
    note(line);
}

const recordOf = (holder: number, byId: ReadonlyMap<number, LabDevice>): string => {
  const device = byId.get(holder)?.reading;
  return device ? `${device.protocol}/${device.nativeId}` : `asset/${-holder}`;
};

function printChange(change: LabChange, byId: ReadonlyMap<number, LabDevice>): void {
  const { holder, rule, kind, state, at, evidence, severity, consequence, channel, shadow } = change;
  if (change.rise || change.eased || change.again || change.correction === 'amended') return;
  const subject = byId.get(holder)?.reading.subjectId;
  print(
    JSON.stringify({
      record: recordOf(holder, byId),
      rule,
      kind,
      state: change.correction === 'withdrawn' ? 'withdrawn' : state,
      at: new Date(at).toISOString(),
      severity,
      consequence,
      ...(subject === undefined ? {} : { subject }),
      ...(channel === undefined ? {} : { channel }),
      ...(change.history ? { history: true, firedAt: new Date(change.history.firedAt).toISOString() } : {}),
      ...(shadow ? { shadow } : {}),
      evidence,
    }),
  );
}
