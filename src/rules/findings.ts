import { definitionOf, isPlausible, isSignal, type SignalKind } from '../model/signals.ts';
import type { Bilingual } from '../platform/problem.ts';
import type { Finding, YamlPath } from '../platform/yaml-source.ts';
import type { LimitOp } from './rule.ts';
import { limitOps } from './rule-values.ts';

/** A mapping of a rule file as it was written. */
export type Raw = Readonly<Record<string, unknown>>;

export const isMap = (value: unknown): value is Raw =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const finding = (path: YamlPath, zh: string, en: string): Finding => {
  const message: Bilingual = { zh, en };
  return { path, message };
};

export interface FoundLimit {
  op: LimitOp;
  value: number;
}

export function limitOf(raw: Raw): FoundLimit | undefined {
  for (const op of limitOps) {
    const value = raw[op];
    if (typeof value === 'number') return { op, value };
  }
  return undefined;
}

export const isUp = (op: LimitOp): boolean => op === 'above' || op === 'at_least';

export function exactlyOne(raw: Raw, keys: readonly string[], path: YamlPath): Finding[] {
  const found = keys.filter((key) => raw[key] !== undefined);
  if (found.length === 1) return [];
  const where = found.length > 1 ? [...path, found[1] as string] : path;
  return [finding(where, `必须且只能写 ${keys.join('、')} 之一`, `needs exactly one of ${keys.join(', ')}`)];
}

/** Exactly one limit, which a value of the signal can reach. */
export const checkLimits = (raw: Raw, signal: unknown, path: YamlPath): Finding[] => [
  ...exactlyOne(raw, limitOps, path),
  ...plausible(raw, signal, path),
];

function plausible(raw: Raw, signal: unknown, path: YamlPath): Finding[] {
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

/** A value that the signal can have. */
export function checkValue(signal: unknown, is: unknown, path: YamlPath): Finding[] {
  if (typeof signal !== 'string' || !isSignal(signal)) return [];
  const { kind, values } = definitionOf(signal);
  if (kind === 'boolean' && typeof is === 'string')
    return [finding(path, '只能是 true 或 false（不带引号）', 'must be true or false, without quotes')];
  if (kind !== 'enum' || is === undefined || values?.includes(String(is))) return [];
  return [finding(path, `只能是 ${values?.join('、')}`, `must be one of ${values?.join(', ')}`)];
}

/** The kind of a signal where there is one of this name; what has the wrong type is the schema's to tell. */
export const kindOf = (name: unknown): SignalKind | undefined =>
  typeof name === 'string' && isSignal(name) ? definitionOf(name).kind : undefined;

/** What a reading must say: for an event nothing, for a number a limit, else a value. */
export function checkMatch(raw: Raw, path: YamlPath): Finding[] {
  const kind = kindOf(raw.signal);
  const written = ['is', ...limitOps].filter((key) => raw[key] !== undefined);
  const [first] = written;
  if (kind === undefined) return [];
  if (kind === 'event')
    return first === undefined
      ? []
      : [finding([...path, first], '事件没有值，请删去', 'an event has no value: leave it out')];
  if (kind === 'number') {
    if (raw.is === undefined) return checkLimits(raw, raw.signal, path);
    const [zh, en] = [
      `${String(raw.signal)} 是数值，请写 above 等限值`,
      `${String(raw.signal)} is a number: write a limit such as above`,
    ];
    return [finding([...path, 'is'], zh, en)];
  }
  if (raw.is !== undefined && written.length === 1) return checkValue(raw.signal, raw.is, [...path, 'is']);
  return [
    finding(
      [...path, ...written.slice(-1)],
      `${String(raw.signal)} 是状态，请写 is`,
      `${String(raw.signal)} is a state: write is`,
    ),
  ];
}

/** The signal that takes the lane of life may not be held. */
export const takesLifeLane = (signal: string): [zh: string, en: string] => [
  `${signal} 走生命通道，请用 event`,
  `${signal} takes the lane of life: use event`,
];
