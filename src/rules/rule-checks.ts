import { severityRank } from '../model/incidents.ts';
import { definitionOf, isLifeSignal, isPlausible, isSignal } from '../model/signals.ts';
import type { Bilingual } from '../platform/problem.ts';
import type { Finding, YamlPath } from '../platform/yaml-source.ts';
import type { LimitOp } from './rule.ts';
import { limitOps } from './rule-schema.ts';

type Raw = Readonly<Record<string, unknown>>;
type Path = YamlPath;
const isUp = (op: LimitOp): boolean => op === 'above' || op === 'at_least';

/**
 * What a schema cannot say: relations between values. Reads the file as it was written, so that these faults are told
 * together with those of the schema; what has the wrong type is the schema's to tell.
 */
export function checkRelations(raw: unknown): Finding[] {
  if (!isMap(raw)) return [];
  const { condition } = raw;
  if (!isMap(condition)) return [];
  const path = ['condition'];
  const findings = exactlyOne(condition, ['event', 'threshold', 'state', 'no_data', 'any'], path);
  if (Array.isArray(condition.any))
    for (const [index, part] of condition.any.entries()) {
      if (!isMap(part)) continue;
      findings.push(...exactlyOne(part, ['threshold', 'state'], [...path, 'any', index]));
      findings.push(...checkPart(part, [...path, 'any', index], raw));
    }
  findings.push(...checkPart(condition, path, raw), ...checkNoData(condition), ...checkEvent(condition));
  return findings;
}

function checkPart(part: Raw, path: Path, rule: Raw): Finding[] {
  const { threshold, state } = part;
  return [
    ...(isMap(threshold) ? checkThreshold(threshold, [...path, 'threshold'], rule) : []),
    ...(isMap(state) ? checkState(state, [...path, 'state']) : []),
  ];
}

function checkThreshold(raw: Raw, path: Path, rule: Raw): Finding[] {
  const { clear, hard } = raw;
  const findings = [...exactlyOne(raw, limitOps, path), ...plausible(raw, raw.signal, path)];
  const soft = limitOf(raw);
  if (isMap(clear)) {
    findings.push(...exactlyOne(clear, limitOps, [...path, 'clear']));
    findings.push(...plausible(clear, raw.signal, [...path, 'clear']));
    const end = limitOf(clear);
    if (soft && end) findings.push(...checkDeadband(soft, end, [...path, 'clear', end.op]));
  }
  if (isMap(hard)) {
    findings.push(...exactlyOne(hard, limitOps, [...path, 'hard']));
    findings.push(...plausible(hard, raw.signal, [...path, 'hard']));
    const limit = limitOf(hard);
    if (soft && limit) findings.push(...checkHard(soft, limit, [...path, 'hard', limit.op]));
    findings.push(...checkRank(hard, [...path, 'hard'], rule));
  }
  return findings;
}

interface FoundLimit {
  op: LimitOp;
  value: number;
}

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

function checkHard(soft: FoundLimit, hard: FoundLimit, path: Path): Finding[] {
  const beyond = isUp(soft.op) ? hard.value > soft.value : hard.value < soft.value;
  if (isUp(soft.op) === isUp(hard.op) && beyond) return [];
  return [finding(path, `必须比限值 ${soft.value} 更严重`, `must lie beyond the soft limit ${soft.value}`)];
}

function checkRank(hard: Raw, path: Path, rule: Raw): Finding[] {
  const [was, is] = [rankOf(rule.severity), rankOf(hard.severity)];
  if (was !== undefined && is !== undefined && is < was)
    return [finding([...path, 'severity'], '不能低于规则的级别', 'must not be lower than that of the rule')];
  if (rule.consequence === 'incident' && hard.consequence === 'notice')
    return [
      finding([...path, 'consequence'], '不能轻于规则的后果', 'must not be less than that of the rule'),
    ];
  return [];
}

const rankOf = (name: unknown): number | undefined =>
  typeof name === 'string' && Object.hasOwn(severityRank, name)
    ? severityRank[name as keyof typeof severityRank]
    : undefined;

function checkState(raw: Raw, path: Path): Finding[] {
  const findings: Finding[] = [];
  const { signal, is, clear_when: end } = raw;
  if (typeof signal === 'string' && isSignal(signal)) {
    const { kind, values } = definitionOf(signal);
    if (isLifeSignal(signal)) findings.push(finding([...path, 'signal'], ...takesLifeLane(signal)));
    if (kind === 'boolean' && typeof is === 'string')
      findings.push(finding([...path, 'is'], '只能是 true 或 false', 'must be true or false'));
    if (kind === 'enum' && is !== undefined && !values?.includes(String(is)))
      findings.push(
        finding([...path, 'is'], `只能是 ${values?.join('、')}`, `must be one of ${values?.join(', ')}`),
      );
  }
  if (isMap(end)) {
    findings.push(...exactlyOne(end, limitOps, [...path, 'clear_when']));
    findings.push(...plausible(end, end.signal, [...path, 'clear_when']));
  }
  return findings;
}

/** A level in the log would raise the same cause a second time. */
const takesLifeLane = (signal: string): [string, string] => [
  `${signal} 走生命通道，请用 event`,
  `${signal} takes the lane of life: use event`,
];

function checkNoData(condition: Raw): Finding[] {
  const raw = condition.no_data;
  if (!isMap(raw) || raw.after !== 'device_default' || raw.signals === undefined) return [];
  return [
    finding(
      ['condition', 'no_data', 'after'],
      '指定了 signals 时必须写明时长',
      'must be a duration where signals are given',
    ),
  ];
}

function checkEvent(condition: Raw): Finding[] {
  const { event } = condition;
  const findings: Finding[] = [];
  if (typeof event === 'string' && isSignal(event)) {
    if (!isLifeSignal(event) && definitionOf(event).kind !== 'event')
      findings.push(
        finding(['condition', 'event'], `${event} 是状态，请用 state`, `${event} is a state: use state`),
      );
  }
  return findings;
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

function exactlyOne(raw: Raw, keys: readonly string[], path: Path): Finding[] {
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

const isMap = (value: unknown): value is Raw =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const finding = (path: Path, zh: string, en: string): Finding => {
  const message: Bilingual = { zh, en };
  return { path, message };
};
