import { severityRank } from '../model/incidents.ts';
import { definitionOf, isLifeSignal, isPlausible, isSignal } from '../model/signals.ts';
import type { Bilingual } from '../platform/problem.ts';
import type { Finding, YamlPath } from '../platform/yaml-source.ts';
import type { LimitOp } from './rule.ts';
import { limitOps } from './rule-values.ts';

/** A mapping of a rule file as it was written. */
export type Raw = Readonly<Record<string, unknown>>;
type Path = YamlPath;
const isUp = (op: LimitOp): boolean => op === 'above' || op === 'at_least';

/** Relations inside one condition; what has the wrong type is the schema's to tell. */
export function checkOne(raw: Raw, path: Path, rule: Raw): Finding[] {
  const { threshold, state, event, drop, no_data: noData } = raw;
  return [
    ...(isMap(threshold) ? checkThreshold(threshold, [...path, 'threshold'], rule) : []),
    ...(isMap(state) ? checkState(state, [...path, 'state']) : []),
    ...checkEvent(event, [...path, 'event']),
    ...(isMap(drop) ? exactlyOne(drop, ['by', 'by_percent'], [...path, 'drop']) : []),
    ...(isMap(noData) ? checkNoData(noData, [...path, 'no_data']) : []),
  ];
}

function checkThreshold(raw: Raw, path: Path, rule: Raw): Finding[] {
  const { clear, hard, ignore } = raw;
  const findings = [...exactlyOne(raw, limitOps, path), ...plausible(raw, raw.signal, path)];
  const soft = limitOf(raw);
  if (isMap(clear)) {
    findings.push(...checkLimits(clear, raw.signal, [...path, 'clear']));
    const end = limitOf(clear);
    if (soft && end) findings.push(...checkDeadband(soft, end, [...path, 'clear', end.op]));
  }
  if (isMap(ignore))
    findings.push(...checkBeyond(soft, ignore, { signal: raw.signal, path: [...path, 'ignore'] }));
  if (isMap(hard)) {
    findings.push(...checkBeyond(soft, hard, { signal: raw.signal, path: [...path, 'hard'] }));
    findings.push(...checkRank(hard, [...path, 'hard'], rule));
  }
  return findings;
}

interface FoundLimit {
  op: LimitOp;
  value: number;
}

const checkLimits = (raw: Raw, signal: unknown, path: Path): Finding[] => [
  ...exactlyOne(raw, limitOps, path),
  ...plausible(raw, signal, path),
];

function checkDeadband(soft: FoundLimit, end: FoundLimit, path: Path): Finding[] {
  if (isUp(soft.op) === isUp(end.op))
    return [
      finding(path, '解除条件必须朝相反方向', 'must point the other way than the limit that it clears'),
    ];
  if (isUp(soft.op) ? end.value < soft.value : end.value > soft.value) return [];
  return [
    finding(
      path,
      `与报警限值 ${soft.value} 之间必须留有回差，否则会反复报警`,
      `must leave a deadband to the limit ${soft.value}, or the alert flutters`,
    ),
  ];
}

function checkBeyond(
  soft: FoundLimit | undefined,
  raw: Raw,
  { signal, path }: { signal: unknown; path: Path },
): Finding[] {
  const findings = checkLimits(raw, signal, path);
  const limit = limitOf(raw);
  if (!soft || !limit) return findings;
  const beyond = isUp(soft.op) ? limit.value > soft.value : limit.value < soft.value;
  if (isUp(soft.op) === isUp(limit.op) && beyond) return findings;
  const [zh, en] = [`必须比限值 ${soft.value} 更严重`, `must lie beyond the soft limit ${soft.value}`];
  return [...findings, finding([...path, limit.op], zh, en)];
}

function checkRank(hard: Raw, path: Path, rule: Raw): Finding[] {
  const findings: Finding[] = [];
  const [was, is] = [rankOf(rule.severity), rankOf(hard.severity)];
  if (was !== undefined && is !== undefined && is < was)
    findings.push(
      finding([...path, 'severity'], '不能低于规则的级别', 'must not be lower than that of the rule'),
    );
  const { consequence } = hard;
  if (consequence === undefined || consequence === rule.consequence) return findings;
  const where = [...path, 'consequence'];
  if (rule.consequence === 'ticket' || consequence === 'ticket')
    findings.push(
      finding(where, '工单规则的后果不能改变', 'a ticket stays a ticket, and nothing becomes one'),
    );
  else if (rule.consequence === 'incident')
    findings.push(finding(where, '不能轻于规则的后果', 'must not be less than that of the rule'));
  return findings;
}

const rankOf = (name: unknown): number | undefined =>
  typeof name === 'string' && Object.hasOwn(severityRank, name)
    ? severityRank[name as keyof typeof severityRank]
    : undefined;

function checkState(raw: Raw, path: Path): Finding[] {
  const { signal, is, clear_when: end } = raw;
  const findings = checkValue(signal, is, [...path, 'is']);
  if (typeof signal === 'string' && isLifeSignal(signal))
    findings.push(finding([...path, 'signal'], ...takesLifeLane(signal)));
  if (isMap(end)) findings.push(...checkEnding(end, [...path, 'clear_when']));
  return findings;
}

/** A level in the log would raise the same cause a second time. */
const takesLifeLane = (signal: string): [string, string] => [
  `${signal} 走生命通道，请用 event`,
  `${signal} takes the lane of life: use event`,
];

function checkValue(signal: unknown, is: unknown, path: Path): Finding[] {
  if (typeof signal !== 'string' || !isSignal(signal)) return [];
  const { kind, values } = definitionOf(signal);
  if (kind === 'boolean' && typeof is === 'string')
    return [finding(path, '只能是 true 或 false', 'must be true or false')];
  if (kind !== 'enum' || is === undefined || values?.includes(String(is))) return [];
  return [finding(path, `只能是 ${values?.join('、')}`, `must be one of ${values?.join(', ')}`)];
}

function checkEnding(raw: Raw, path: Path): Finding[] {
  const findings = [
    ...exactlyOne(raw, ['is', ...limitOps], path),
    ...plausible(raw, raw.signal, path),
    ...checkValue(raw.signal, raw.is, [...path, 'is']),
  ];
  const { signal } = raw;
  if (findings.length > 0 || typeof signal !== 'string' || !isSignal(signal)) return findings;
  if ((definitionOf(signal).kind === 'number') === (raw.is === undefined)) return findings;
  return [finding(path, `与信号 ${signal} 的类型不符`, `does not fit the kind of ${signal}`)];
}

function checkEvent(raw: unknown, path: Path): Finding[] {
  const event = typeof raw === 'string' ? { signal: raw } : raw;
  if (!isMap(event) || typeof event.signal !== 'string' || !isSignal(event.signal)) return [];
  const { signal, until } = event;
  const isLife = isLifeSignal(signal);
  const where = typeof raw === 'string' ? path : [...path, 'signal'];
  if (!isLife && definitionOf(signal).kind !== 'event')
    return [finding(where, `${signal} 是状态，请用 state`, `${signal} is a state: use state`)];
  const findings: Finding[] = [];
  for (const key of ['cause', 'stage'])
    if (event[key] !== undefined && signal !== 'breaker_fault')
      findings.push(finding([...path, key], '只适用于 breaker_fault', 'only breaker_fault has one'));
  for (const key of ['until', 'lapses_after'])
    if (event[key] !== undefined && isLife)
      findings.push(
        finding([...path, key], `${signal} 每次都要报警`, `${signal} raises each time: nothing may hold it`),
      );
  if (isMap(until)) findings.push(...checkEnding(until, [...path, 'until']));
  return findings;
}

function checkNoData(raw: Raw, path: Path): Finding[] {
  if (raw.after !== 'device_default' || raw.signals === undefined) return [];
  return [
    finding(
      [...path, 'after'],
      '指定了 signals 时必须写明时长',
      'must be a duration where signals are given',
    ),
  ];
}

function plausible(raw: Raw, signal: unknown, path: Path): Finding[] {
  if (typeof signal !== 'string' || !isSignal(signal)) return [];
  return limitOps.flatMap((op) => {
    const value = raw[op];
    if (typeof value !== 'number' || isPlausible(signal, value)) return [];
    const range = (definitionOf(signal).range ?? []).map((end) => end ?? '∞').join('…');
    return [
      finding(
        [...path, op],
        `超出 ${signal} 的合理范围 ${range}`,
        `outside the plausible range of ${signal}, ${range}`,
      ),
    ];
  });
}

export function exactlyOne(raw: Raw, keys: readonly string[], path: Path): Finding[] {
  const found = keys.filter((key) => raw[key] !== undefined);
  if (found.length === 1) return [];
  const where = found.length > 1 ? [...path, found[1] as string] : path;
  return [finding(where, `必须且只能写 ${keys.join('、')} 之一`, `needs exactly one of ${keys.join(', ')}`)];
}

function limitOf(raw: Raw): FoundLimit | undefined {
  for (const op of limitOps) {
    const value = raw[op];
    if (typeof value === 'number') return { op, value };
  }
  return undefined;
}

export const isMap = (value: unknown): value is Raw =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const finding = (path: Path, zh: string, en: string): Finding => {
  const message: Bilingual = { zh, en };
  return { path, message };
};
