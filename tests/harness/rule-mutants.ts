import { definitionOf, type Signal } from '../../src/model/signals.ts';
import type { Rule } from '../../src/rules/rule.ts';

/** A rule that differs from the one it was made of in one place. */
export interface Mutant {
  /** Where and how: `parts.0.soft.value 120 -> 132`. */
  name: string;
  rule: Rule;
}

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type Place = readonly (string | number)[];

const HOUR = 60;
const turned: Readonly<Record<string, string>> = {
  above: 'below',
  at_least: 'at_most',
  below: 'above',
  at_most: 'at_least',
};
const strictness: Readonly<Record<string, string>> = {
  above: 'at_least',
  at_least: 'above',
  below: 'at_most',
  at_most: 'below',
};

/** Optional keys that say something by being there. */
const removable = new Set([
  ...['only', 'except', 'per', 'sets', 'variants', 'schedule', 'ignoreWhile', 'againAfterMs', 'keepFiringMs'],
  ...[
    'flap',
    'hard',
    'ignore',
    'causes',
    'stages',
    'stands',
    'until',
    'clearWhen',
    'lapsesAfterMs',
    'smooth',
  ],
  ...['personal', 'rises', 'byRhythm', 'signals', 'clear', 'amount', 'percent', 'switchOff'],
  ...['inhibitedBy', 'inhibitedByGateway'],
]);
/** Of a place that is no limit: what a mutant there would say is the same, or no rule at all. */
const needed = new Set(['threshold.clear', 'geofence.clear']);

/** Measures of a kind: a tenth more and less is another rule. */
const tenths = new Set(['value', 'amount', 'percent', 'margin', 'radiusM', 'accuracyM', 'maxSpeedKmh']);
const doubled = new Set([
  ...['drift', 'driftUp', 'threshold', 'leastSpread', 'leastShare', 'clip', 'steadyShare', 'clearWithin'],
]);
const counted = new Set(['minSamples', 'atLeast', 'nights', 'times']);
const minutes = new Set(['from', 'to', 'by']);

/**
 * Every rule that differs from this one in a single limit (a tenth more and less), direction, strictness, delay (half and double), number
 * of samples (one more and less), value, hour of the day, severity, consequence or alternative, and every one from which an optional
 * condition was taken away.
 */
export function mutantsOf(rule: Rule): Mutant[] {
  const found: Mutant[] = [];
  visit(rule as unknown as Json, [], (place, was, values) => {
    for (const value of values)
      found.push({
        name: `${place.join('.')} ${words(was)} -> ${words(value)}`,
        rule: changed(rule as unknown as Json, place, value) as unknown as Rule,
      });
  });
  return [...found, ...withoutAlternatives(rule)];
}

/** A variant repeats its rule but for its condition, and somebody must be selected by it. */
const isCopied = ([top, , of, key]: Place): boolean =>
  top === 'variants' && (of === 'only' || (key !== undefined && key !== 'parts' && key !== 'sets'));

const words = (value: Json | undefined): string => (value === undefined ? 'gone' : JSON.stringify(value));

function visit(
  node: Json,
  place: Place,
  tell: (place: Place, was: Json, values: (Json | undefined)[]) => void,
): void {
  if (typeof node !== 'object' || node === null) return;
  for (const [key, value] of Object.entries(node)) {
    const here = [...place, Array.isArray(node) ? Number(key) : key];
    if (isCopied(here)) continue;
    tell(here, value, alternatives(node, key, value));
    visit(value, here, tell);
  }
}

function alternatives(node: Json, key: string, value: Json): (Json | undefined)[] {
  const owner = node as { [key: string]: Json };
  if (key === 'title' || key === 'name' || key === 'kind' || key === 'version') return [];
  const gone = removable.has(key) && !needed.has(`${String(owner.type)}.${key}`) ? [undefined] : [];
  if (isWithoutEffect(owner, key)) return [];
  if (key === 'minSamples' && value === leastSamples(owner)) return [Number(value) + 1];
  if (typeof value === 'number') return [...numbers(key, value), ...gone];
  if (typeof value === 'string') return [...strings(owner, key, value), ...gone];
  if (typeof value === 'boolean') return key === 'is' || key.startsWith('with') ? [!value, ...gone] : gone;
  if (Array.isArray(value) && key === 'between') return between(value as number[]);
  return gone;
}

/** How long it must be over says nothing where nothing says that it is; nor how far apart samples may lie where one is enough. */
function isWithoutEffect(owner: { [key: string]: Json }, key: string): boolean {
  const oneIsEnough = owner.forMs === 0 && owner.minSamples === 1 && owner.clearForMs === 0;
  if (key === 'clearForMs') return 'lapsesAfterMs' in owner && !('until' in owner);
  if (key === 'minSamples' && Number(owner.minSamples) < leastSamples(owner)) return true;
  return key === 'maxGapMs' && oneIsEnough;
}

/** No fewer samples than these span the time without a longer gap, so that no fewer need to be asked for. */
function leastSamples({ forMs, maxGapMs = Infinity }: { [key: string]: Json | undefined }): number {
  return Number(forMs) > 0 ? Math.max(2, Math.ceil(Number(forMs) / Number(maxGapMs)) + 1) : 1;
}

function numbers(key: string, value: number): number[] {
  if (/Ms$/.test(key)) return value === 0 ? [60_000] : [value / 2, value * 2];
  if (tenths.has(key)) return value === 0 ? [-1, 1] : [rounded(value * 0.9), rounded(value * 1.1)];
  if (doubled.has(key) && value !== 0) return [value / 2, value * 2];
  if (counted.has(key)) return value > 1 ? [value - 1, value + 1] : [value + 1];
  if (minutes.has(key)) return [value - HOUR, value + HOUR];
  return [];
}

const rounded = (value: number): number => Number(value.toFixed(4));

const between = ([least = 0, most = 0]: number[]): Json[] => [
  [rounded(least * 0.9), most],
  [rounded(least * 1.1), most],
  [least, rounded(most * 0.9)],
  [least, rounded(most * 1.1)],
];

function strings(owner: { [key: string]: Json }, key: string, value: string): string[] {
  switch (key) {
    case 'op':
      return [turned[value], strictness[value]].filter((op) => op !== undefined);
    case 'severity':
      return ['critical', 'warning', 'info'].filter((other) => other !== value);
    case 'consequence':
      return ['incident', 'ticket', 'notice'].filter((other) => other !== value);
    case 'direction':
      return ['up', 'down', 'both'].filter((other) => other !== value);
    case 'is':
      return otherWords(owner.signal as Signal, value);
    case 'when':
    case 'clear':
      return expressions(value);
    default:
      return [];
  }
}

const otherWords = (signal: Signal, word: string): string[] =>
  (definitionOf(signal).values ?? []).filter((other) => other !== word).slice(0, 1);

/** One number, comparison or conjunction of the text at a time. */
function expressions(text: string): string[] {
  const found: string[] = [];
  const each = (pattern: RegExp, others: (word: string) => string[]): void => {
    for (const { 0: word, index } of text.matchAll(pattern))
      for (const other of others(word))
        found.push(text.slice(0, index) + other + text.slice(index + word.length));
  };
  each(/(?<![a-z_\d.])\d+(?:\.\d+)?/g, (word) => [1.1, 0.9].map((by) => asDouble(Number(word) * by)));
  each(/[<>]=?/g, ([direction = '', equal = '']) => [(direction === '<' ? '>' : '<') + equal]);
  each(/&&|\|\|/g, (word) => [word === '&&' ? '||' : '&&']);
  return found;
}

const asDouble = (value: number): string => {
  const text = String(rounded(value));
  return text.includes('.') ? text : `${text}.0`;
};

/** A copy in which the value at `place` is another, or is gone. */
function changed(node: Json, place: Place, value: Json | undefined): Json {
  const [key, ...rest] = place;
  if (key === undefined) return value as Json;
  if (Array.isArray(node)) {
    const copy = [...node];
    copy[Number(key)] = changed(node[Number(key)] as Json, rest, value);
    return copy;
  }
  const copy = { ...(node as { [key: string]: Json }) };
  if (rest.length === 0 && value === undefined) delete copy[key];
  else copy[key] = changed(copy[key] as Json, rest, value);
  return copy;
}

/** One of the sets is missing, or one of the conditions that a set joins; or one of several conditions of which any counts. */
function withoutAlternatives(rule: Rule): Mutant[] {
  const { sets, parts } = rule;
  if (!sets)
    return parts.length < 2
      ? []
      : parts.map((_, gone) => ({
          name: `parts.${gone} gone`,
          rule: { ...rule, sets: parts.flatMap((_part, index) => (index === gone ? [] : [[index]])) },
        }));
  return sets.flatMap((set, index) => [
    ...(sets.length > 1
      ? [{ name: `sets.${index} gone`, rule: { ...rule, sets: sets.filter((_, i) => i !== index) } }]
      : []),
    ...(set.length > 1
      ? set.map((part) => ({
          name: `sets.${index} without ${part}`,
          rule: {
            ...rule,
            sets: sets.with(
              index,
              set.filter((other) => other !== part),
            ),
          },
        }))
      : []),
  ]);
}
