import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { evaluate } from '../../src/rules/evaluate.ts';
import { loadRules } from '../../src/rules/load-rules.ts';
import type { Rule } from '../../src/rules/rule.ts';
import { readCases, type TestCase } from '../../src/rules/rule-test-file.ts';
import { holds } from '../../src/rules/rule-tests.ts';
import { mutantsOf } from '../harness/rule-mutants.ts';

/** Mutants that are the same rule in other words, or that a series of readings without a service cannot show. */
const equivalents: readonly { rule: string; mutant: RegExp; why: string }[] = [
  {
    rule: 'gateway_dead',
    mutant: /^parts\.2/,
    why: 'nothing is silent behind a gateway in a series of readings: told apart below',
  },
  {
    rule: 'sensor_silent',
    mutant: /^inhibitedByGateway/,
    why: 'every gateway lives in a series of readings: tests/flows/rules-gateways.test.ts',
  },
];

/** Devices behind a gateway, and whether so many silent ones mean that it is dead. */
const behindGateway: readonly { silent: number; of: number; isDead: boolean }[] = [
  { silent: 5, of: 10, isDead: true },
  { silent: 5, of: 11, isDead: false },
  { silent: 4, of: 8, isDead: false },
];

describe('the tests of a shipped rule fail when it is altered', async () => {
  const { rules } = await loadRules('alert-rules');

  it.each(rules)('$name', (rule) => {
    const file = `alert-rules/tests/${rule.name}.yaml`;
    const { cases } = readCases({ file, text: readFileSync(file, 'utf8') }, rule);
    const shortFirst = cases.toSorted((a, b) => samplesOf(a) - samplesOf(b));
    const known = equivalents.filter((equivalent) => equivalent.rule === rule.name);
    const survivors = mutantsOf(rule)
      .filter((mutant) => shortFirst.every((testCase) => holds(mutant.rule, testCase, rules)))
      .map(({ name }) => name);
    expect(survivors.filter((name) => !known.some(({ mutant }) => mutant.test(name)))).toEqual([]);
    for (const { mutant } of known) expect(survivors).toContainEqual(expect.stringMatching(mutant));
  });
});

it('a gateway is dead with half and at least five of its devices, by no other number', async () => {
  const { rules } = await loadRules('alert-rules');
  const rule = rules.find(({ name }) => name === 'gateway_dead') as Rule;
  const isToldApart = (mutant: Rule): boolean =>
    behindGateway.some((gateway) => isDead(mutant, gateway) !== gateway.isDead);
  expect(isToldApart(rule)).toBe(false);
  const mutants = mutantsOf(rule).filter(({ name }) => name.startsWith('parts.2'));
  expect(mutants.length).toBeGreaterThan(4);
  expect(mutants.filter((mutant) => !isToldApart(mutant.rule)).map(({ name }) => name)).toEqual([]);
});

function isDead(rule: Rule, { silent, of }: { silent: number; of: number }): boolean {
  const names = Array.from({ length: silent }, (_, index) => `sensor-${index}`);
  return (
    evaluate(rule, undefined, { type: 'children', children: { silent: names, of } }, 0).changes.length > 0
  );
}

const samplesOf = ({ series }: TestCase): number => Math.max(...series.map(({ samples }) => samples.length));
