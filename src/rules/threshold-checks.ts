import { severityRank } from '../model/incidents.ts';
import type { Finding, YamlPath } from '../platform/yaml-source.ts';
import {
  checkLimits,
  exactlyOne,
  type FoundLimit,
  finding,
  isMap,
  isUp,
  limitOf,
  type Raw,
} from './findings.ts';

const smoothings = ['median', 'mean', 'min', 'max', 'range', 'ewma', 'rate'];

/** Relations inside a threshold; `rule` is the file as a whole. */
export function checkThreshold(raw: Raw, path: YamlPath, rule: Raw): Finding[] {
  const { clear, hard, ignore, smooth, personal } = raw;
  const isDifference = isMap(smooth) && (smooth.rate !== undefined || smooth.range !== undefined);
  const signal = isDifference ? undefined : raw.signal;
  const soft = limitOf(raw);
  const findings = checkLimits(raw, signal, path);
  if (isMap(clear)) {
    findings.push(...checkLimits(clear, signal, [...path, 'clear']));
    const end = limitOf(clear);
    if (soft && end) findings.push(...checkDeadband(soft, end, [...path, 'clear', end.op]));
  }
  if (isMap(ignore))
    findings.push(
      ...checkBeyond(isDifference ? undefined : soft, ignore, {
        signal: raw.signal,
        path: [...path, 'ignore'],
      }),
    );
  if (isMap(hard)) {
    findings.push(...checkBeyond(soft, hard, { signal, path: [...path, 'hard'] }));
    findings.push(...checkRank(hard, [...path, 'hard'], rule));
  }
  if (isMap(smooth)) findings.push(...checkSmooth(smooth, [...path, 'smooth']));
  if (isMap(personal))
    findings.push(...checkPersonal(personal, raw, { path: [...path, 'personal'], isDifference }));
  return findings;
}

function checkSmooth(raw: Raw, path: YamlPath): Finding[] {
  const findings = exactlyOne(raw, smoothings, path);
  if (raw.rate !== undefined && raw.per === undefined)
    findings.push(
      finding(
        [...path, 'rate'],
        '须写 per，即单位时间，例如 per: 1m',
        'needs per, the time that the change counts for: per: 1m',
      ),
    );
  if (raw.rate === undefined && raw.per !== undefined)
    findings.push(finding([...path, 'per'], '只与 rate 一起用，请删去', 'goes with rate only: leave it out'));
  return findings;
}

/** The limit that moves must stay a limit: between what the signal can be, and inside the hard one. */
function checkPersonal(
  raw: Raw,
  threshold: Raw,
  { path, isDifference }: { path: YamlPath; isDifference: boolean },
): Finding[] {
  if (isDifference)
    return [
      finding(
        path,
        '不能与 rate 或 range 一起用，请改用 median 或 mean',
        'not with rate or range: smooth with median or mean',
      ),
    ];
  const { between } = raw;
  const soft = limitOf(threshold);
  const hard = isMap(threshold.hard) ? limitOf(threshold.hard) : undefined;
  if (!soft || !Array.isArray(between)) return [];
  const [least, most] = between.map(Number);
  const where = [...path, 'between'];
  if (least === undefined || most === undefined || !(least < most))
    return [finding(where, '要写成 [低, 高]', 'is written [lower, higher]')];
  if (soft.value < least || soft.value > most)
    return [finding(where, `必须包含限值 ${soft.value}`, `must contain the limit ${soft.value}`)];
  const farthest = isUp(soft.op) ? most : least;
  if (!hard || (isUp(soft.op) ? farthest < hard.value : farthest > hard.value)) return [];
  return [
    finding(where, `不能越过 hard 的限值 ${hard.value}`, `must end before the hard limit ${hard.value}`),
  ];
}

function checkDeadband(soft: FoundLimit, end: FoundLimit, path: YamlPath): Finding[] {
  if (isUp(soft.op) === isUp(end.op))
    return [
      finding(
        path,
        `解除条件必须朝相反方向，请写 ${isUp(soft.op) ? 'below 或 at_most' : 'above 或 at_least'}`,
        `must point the other way than the limit that it clears: write ${isUp(soft.op) ? 'below or at_most' : 'above or at_least'}`,
      ),
    ];
  if (isUp(soft.op) ? end.value < soft.value : end.value > soft.value) return [];
  return [
    finding(
      path,
      `与报警限值 ${soft.value} 之间必须留有回差（写${isUp(soft.op) ? '小' : '大'}一些），否则会反复报警`,
      `must leave a deadband to the limit ${soft.value}, or the alert flutters: write ${isUp(soft.op) ? 'less' : 'more'}`,
    ),
  ];
}

function checkBeyond(
  soft: FoundLimit | undefined,
  raw: Raw,
  { signal, path }: { signal: unknown; path: YamlPath },
): Finding[] {
  const findings = checkLimits(raw, signal, path);
  const limit = limitOf(raw);
  if (!soft || !limit) return findings;
  const beyond = isUp(soft.op) ? limit.value > soft.value : limit.value < soft.value;
  if (isUp(soft.op) === isUp(limit.op) && beyond) return findings;
  const [zh, en] = [`必须比限值 ${soft.value} 更严重`, `must lie beyond the soft limit ${soft.value}`];
  return [...findings, finding([...path, limit.op], zh, en)];
}

function checkRank(hard: Raw, path: YamlPath, rule: Raw): Finding[] {
  const findings: Finding[] = [];
  const [was, is] = [rankOf(rule.severity), rankOf(hard.severity)];
  if (was !== undefined && is !== undefined && is < was)
    findings.push(
      finding(
        [...path, 'severity'],
        '不能低于规则的级别，请提高或删去',
        'must not be lower than that of the rule: raise it or leave it out',
      ),
    );
  const { consequence } = hard;
  if (consequence === undefined || consequence === rule.consequence) return findings;
  const where = [...path, 'consequence'];
  if (rule.consequence === 'ticket' || consequence === 'ticket')
    findings.push(
      finding(
        where,
        '工单规则的后果不能改变，请删去',
        'a ticket stays a ticket, and nothing becomes one: leave it out',
      ),
    );
  else if (rule.consequence === 'incident')
    findings.push(
      finding(where, '不能轻于规则的后果，请删去', 'must not be less than that of the rule: leave it out'),
    );
  return findings;
}

const rankOf = (name: unknown): number | undefined =>
  typeof name === 'string' && Object.hasOwn(severityRank, name)
    ? severityRank[name as keyof typeof severityRank]
    : undefined;
