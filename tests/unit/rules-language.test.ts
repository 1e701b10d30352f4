import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { formatProblem } from '../../src/platform/problem.ts';
import { explainRule } from '../../src/rules/explain.ts';
import { loadRules, readRule } from '../../src/rules/load-rules.ts';
import type { Rule } from '../../src/rules/rule.ts';
import { ruleJsonSchema } from '../../src/rules/rule-json-schema.ts';
import { testRule } from '../../src/rules/rule-tests.ts';

const base = `name: example
title: { zh: 例子, en: Example }
severity: warning
consequence: notice
condition:
  threshold: { signal: heart_rate, above: 120, for: 60s, clear: { below: 110 } }
`;

/** A passage of a file takes the place of what the base says under the same keys. */
function wholeFile(passage: string): string {
  const written = Object.keys(parse(passage) as object);
  const rest = base.split(/^(?=\w)/m).filter((entry) => !written.some((key) => entry.startsWith(`${key}:`)));
  return passage + rest.join('');
}

const text = readFileSync('alert-rules/README.md', 'utf8');
const examples = [...text.matchAll(/```yaml\n([\s\S]*?)```/g)]
  .map(([, body = '']) => body)
  .filter((body) => !body.startsWith('rule:'))
  .map((body) => ({ name: /^name: (\w+)/.exec(body)?.[1] ?? 'example', body: wholeFile(body) }));

interface Shape {
  $ref?: string;
  properties?: Record<string, Shape>;
  items?: Shape;
  anyOf?: Shape[];
}

describe('the language of rules', () => {
  const schema: Shape & { $defs?: Record<string, Shape> } = ruleJsonSchema();

  it('is given to editors as it is read here', () => {
    const committed: unknown = JSON.parse(readFileSync('alert-rules/rule.schema.json', 'utf8'));
    expect(committed, 'npm run rules -- schema > alert-rules/rule.schema.json').toEqual(schema);
  });

  it.each(examples)('is read and explained as its manual says: $name\n$body', ({ name, body }) => {
    const read = readRule(`${name}.yaml`, body);
    expect('problems' in read ? read.problems.map((problem) => formatProblem(problem, 'en')) : []).toEqual(
      [],
    );
    if ('problems' in read) return;
    for (const language of ['zh', 'en'] as const) {
      const lines = explainRule(read.rule, language);
      expect(lines.length).toBeGreaterThan(1);
      expect(lines.join('\n')).not.toMatch(/undefined|NaN|\[object/);
    }
  });

  it('is told in plain words, with all that stands in its way', () => {
    const passage = `schedule: { windows: [{ days: [workday], from: "22:00", to: "06:00" }] }
ignore_while: [{ signal: worn, is: false }]
inhibited_by: [breaker_tripped]
flap: { times: 4, within: 1h, quiet: 30m }
raise_again_after: 4h
overrides:
  - only: { traits: [athlete] }
    condition: { threshold: { signal: heart_rate, above: 140, for: 2m, clear: { below: 130 } } }
`;
    const read = readRule('example.yaml', wholeFile(passage));
    if ('problems' in read) throw new Error(read.problems[0]?.message.en);
    expect(explainRule(read.rule, 'zh')).toEqual([
      '例子 (example)',
      '心率高于 120 /min，并持续 1 分钟：警告，通知家属和值班网格员一次。',
      '心率低于 110 /min（缺失的读数不改变状态）后解除。',
      '只在以下时段报警：工作日 22:00–06:00。',
      '“佩戴”为否（12 小时内上报的）期间的读数不计。',
      '同一设备、佩戴者或设施有以下报警时不再报警：breaker_tripped。',
      '每持续 4 小时再次报警。',
      '1 小时内报警达 4 次后，平静满 30 分钟才解除。',
      '对健康情况有“运动员”的佩戴者改用：',
      '心率高于 140 /min，并持续 2 分钟：警告，通知家属和值班网格员一次。',
      '心率低于 130 /min（缺失的读数不改变状态）后解除。',
    ]);
    expect(explainRule(read.rule, 'en')).toContain('Only at these times: working days 22:00–06:00.');
  });

  it('is tested as its manual says', async () => {
    const { rules: shipped } = await loadRules('alert-rules');
    const ruleOf = (name: string) => {
      const example = examples.find((one) => one.name === name);
      const read = example && readRule(`${name}.yaml`, example.body);
      return read && 'rule' in read ? read.rule : shipped.find((rule) => rule.name === name);
    };
    for (const [, body = '', name = ''] of text.matchAll(/```yaml\n(rule: (\w+)[\s\S]*?)```/g)) {
      const tested = testRule(ruleOf(name) as Rule, { file: name, text: body });
      expect(tested.problems).toEqual([]);
      expect(tested.results.filter(({ passed }) => !passed)).toEqual([]);
    }
  });

  it('has an example of every key', () => {
    const known = keysOf(schema, schema.$defs ?? {});
    const shown = new Set(examples.flatMap(({ body }) => keysIn(parse(body))));
    expect(known.size).toBeGreaterThan(80);
    expect([...known].filter((key) => !shown.has(key))).toEqual([]);
  });
});

/** Mean the same wherever they stand. */
const everywhere = new Set(['is', 'above', 'at_least', 'below', 'at_most']);

/** A key with the one that it stands under; whom a rule is not for is written as whom it is for. */
const placeOf = (key: string, under: string): string =>
  everywhere.has(key) ? key : `${under === 'except' ? 'only' : under}.${key}`;

/** The keys of a shape; `any` and `all` are looked through. */
function keysOf(
  shape: Shape,
  named: Record<string, Shape>,
  under = '',
  seen = new Set<string>(),
): Set<string> {
  if (shape.$ref) return keysOf(named[shape.$ref.replace('#/$defs/', '')] ?? {}, named, under, seen);
  if (shape.items) keysOf(shape.items, named, under, seen);
  for (const one of shape.anyOf ?? []) keysOf(one, named, under, seen);
  for (const [key, inner] of Object.entries(shape.properties ?? {})) {
    const isList = key === 'any' || key === 'all';
    const place = placeOf(key, under);
    if (seen.has(place)) continue;
    seen.add(place);
    keysOf(inner, named, isList ? under : key, seen);
  }
  return seen;
}

function keysIn(value: unknown, under = ''): string[] {
  if (Array.isArray(value)) return value.flatMap((item: unknown) => keysIn(item, under));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const isList = key === 'any' || key === 'all';
    return [placeOf(key, under), ...keysIn(inner, isList ? under : key)];
  });
}
