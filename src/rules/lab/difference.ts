import type { LabAlert } from './lab-change.ts';

/** Where two rule sets say otherwise of the same readings. */
export interface Difference {
  rule: string;
  kind: string;
  holder: number;
  channel: string | undefined;
  change: 'gone' | 'new' | 'moved';
  before?: { from: number; to?: number | undefined; severity: string };
  after?: { from: number; to?: number | undefined; severity: string };
}

/**
 * Alerts of two rule sets, `before` and `after`, matched where those of one rule and point overlap in time: what is only in one of them, and
 * what is in both at other times or with another severity.
 */
export function differences(before: readonly LabAlert[], after: readonly LabAlert[]): Difference[] {
  const rest = new Map<string, LabAlert[]>();
  for (const alert of after) rest.set(pointOf(alert), [...(rest.get(pointOf(alert)) ?? []), alert]);
  const found: Difference[] = [];
  for (const was of before) {
    const candidates = rest.get(pointOf(was)) ?? [];
    const index = candidates.findIndex((is) => overlap(was, is));
    const [is] = index < 0 ? [] : candidates.splice(index, 1);
    if (!is) found.push({ ...whoseOf(was), change: 'gone', before: timesOf(was) });
    else if (was.from !== is.from || was.to !== is.to || was.severity !== is.severity)
      found.push({ ...whoseOf(was), change: 'moved', before: timesOf(was), after: timesOf(is) });
  }
  for (const left of rest.values())
    for (const is of left) found.push({ ...whoseOf(is), change: 'new', after: timesOf(is) });
  return found.sort((a, b) => beginOf(a) - beginOf(b));
}

const pointOf = ({ holder, channel, rule }: LabAlert): string => `${holder}/${channel ?? ''}/${rule}`;
const whoseOf = ({ rule, kind, holder, channel }: LabAlert) => ({ rule, kind, holder, channel });
const timesOf = ({ from, to, severity }: LabAlert) => ({
  from,
  ...(to === undefined ? {} : { to }),
  severity,
});
const beginOf = ({ before, after }: Difference): number => before?.from ?? after?.from ?? 0;

const overlap = (a: LabAlert, b: LabAlert): boolean =>
  a.from <= (b.to ?? Number.POSITIVE_INFINITY) && b.from <= (a.to ?? Number.POSITIVE_INFINITY);

/** How many of each, by rule, those with the most first. */
export function differenceLines(found: readonly Difference[], language: 'zh' | 'en'): string[] {
  const counts = new Map<string, Record<Difference['change'], number>>();
  for (const { rule, change } of found) {
    const count = counts.get(rule) ?? { gone: 0, new: 0, moved: 0 };
    count[change]++;
    counts.set(rule, count);
  }
  if (counts.size === 0) return [language === 'zh' ? '没有差别' : 'no difference'];
  return [...counts]
    .sort(([, a], [, b]) => sum(b) - sum(a))
    .map(([rule, { gone, new: added, moved }]) =>
      language === 'zh'
        ? `${rule}：减少 ${gone}，新增 ${added}，时间或级别不同 ${moved}`
        : `${rule}: ${gone} gone, ${added} new, ${moved} at another time or level`,
    );
}

const sum = ({ gone, new: added, moved }: Record<Difference['change'], number>): number =>
  gone + added + moved;
