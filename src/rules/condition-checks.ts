import { definitionOf, isLifeSignal, isSignal } from '../model/signals.ts';
import type { Finding, YamlPath } from '../platform/yaml-source.ts';
import { readExpression } from './expressions.ts';
import {
  checkMatch,
  checkValue,
  exactlyOne,
  finding,
  isMap,
  kindOf,
  limitOf,
  type Raw,
  takesLifeLane,
} from './findings.ts';
import { checkThreshold } from './threshold-checks.ts';

type Path = YamlPath;
type Check = (raw: Raw, path: Path, rule: Raw) => Finding[];

/** What each kind asks of itself beyond its schema. An event may be written as a word: that is `checkEvent`. */
const checks: Readonly<Record<string, Check>> = {
  threshold: checkThreshold,
  state: checkState,
  count: checkMatch,
  shift: checkShift,
  geofence: checkGeofence,
  absence: checkAbsence,
  expression: checkExpression,
  drop: (raw, path) => exactlyOne(raw, ['by', 'by_percent'], path),
  no_data: checkNoData,
};

/** Relations inside one condition; what has the wrong type is the schema's to tell. */
export function checkOne(raw: Raw, path: Path, rule: Raw): Finding[] {
  return [
    ...Object.entries(checks).flatMap(([kind, check]) => {
      const part = raw[kind];
      return isMap(part) ? check(part, [...path, kind], rule) : [];
    }),
    ...checkEvent(raw.event, [...path, 'event']),
  ];
}

function checkShift(raw: Raw, path: Path): Finding[] {
  const least = [raw.least_spread, raw.least_share].map(Number);
  if (least.some((value) => value > 0)) return [];
  return [
    finding(
      path,
      '须写 least_spread 或 least_share（大于 0），否则平稳的读数稍有变化就会报警',
      'needs least_spread or least_share above 0, or the least change of a steady value raises it',
    ),
  ];
}

function checkGeofence(raw: Raw, path: Path, rule: Raw): Finding[] {
  const findings: Finding[] = [];
  const { clear } = raw;
  if (rule.per === 'asset')
    findings.push(
      finding(path, '只看佩戴者，不能与 per: asset 一起用', 'is about a wearer: not with per: asset'),
    );
  if (isMap(clear) && Number(clear.radius_m) > Number(raw.radius_m))
    findings.push(
      finding(
        [...path, 'clear', 'radius_m'],
        `不能大于 ${raw.radius_m}，否则会反复报警`,
        `must not be more than ${raw.radius_m}, or the alert flutters`,
      ),
    );
  return findings;
}

function checkAbsence(raw: Raw, path: Path): Finding[] {
  const signs = Array.isArray(raw.signs) ? raw.signs : [];
  const findings = signs.flatMap((sign: unknown, index) =>
    isMap(sign) ? checkSign(sign, [...path, 'signs', index]) : [],
  );
  if (raw.from !== undefined && raw.from === raw.by)
    findings.push(finding([...path, 'by'], '必须与 from 不同', 'must differ from `from`'));
  return findings;
}

function checkSign(raw: Raw, path: Path): Finding[] {
  if (raw.rises === undefined) return checkMatch(raw, path);
  const kind = kindOf(raw.signal);
  if (kind !== undefined && kind !== 'number')
    return [finding([...path, 'rises'], '只适用于数值，请改写 is', 'only numbers rise: write is')];
  if (raw.is === undefined && !limitOf(raw)) return [];
  return [finding([...path, 'rises'], '不能与 is 或限值一起写', 'stands alone, without is or a limit')];
}

/** CEL is checked as the engine will read it: every name, every type. */
function checkExpression(raw: Raw, path: Path): Finding[] {
  const findings = ['when', 'clear'].flatMap((key): Finding[] => {
    const text = raw[key];
    if (typeof text !== 'string' || text === '') return [];
    const read = readExpression(text);
    if ('expression' in read) return [];
    const { message, offset } = read.fault;
    return [{ path: [...path, key], message, offset }];
  });
  if (raw.clear !== undefined && raw.clear === raw.when)
    findings.push(
      finding(
        [...path, 'clear'],
        '不能与 when 相同，请写解除的条件',
        'must not be the same as when: say what ends it',
      ),
    );
  return findings;
}

function checkState(raw: Raw, path: Path): Finding[] {
  const { signal, is, clear_when: end } = raw;
  const findings = checkValue(signal, is, [...path, 'is']);
  if (typeof signal === 'string' && isLifeSignal(signal))
    findings.push(finding([...path, 'signal'], ...takesLifeLane(signal)));
  if (isMap(end)) findings.push(...checkMatch(end, [...path, 'clear_when']));
  return findings;
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
      findings.push(
        finding([...path, key], '只适用于 breaker_fault，请删去', 'only breaker_fault has one: leave it out'),
      );
  for (const key of ['until', 'lapses_after'])
    if (event[key] !== undefined && isLife)
      findings.push(
        finding(
          [...path, key],
          `${signal} 每次都要报警，请删去`,
          `${signal} raises each time, nothing may hold it: leave it out`,
        ),
      );
  if (isMap(until)) findings.push(...checkMatch(until, [...path, 'until']));
  return findings;
}

function checkNoData(raw: Raw, path: Path): Finding[] {
  if (raw.after !== 'device_default' || raw.signals === undefined) return [];
  return [
    finding(
      [...path, 'after'],
      '指定了 signals 时必须写明时长，例如 2h',
      'must be a duration where signals are given, for example 2h',
    ),
  ];
}
