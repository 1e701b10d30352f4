import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadRules } from '../../src/rules/load-rules.ts';
import { readCases, type TestCase } from '../../src/rules/rule-test-file.ts';
import { holds } from '../../src/rules/rule-tests.ts';
import { mutantsOf } from '../harness/rule-mutants.ts';

/** Mutants that are the same rule in other words, or that a series of readings without a service cannot show. */
const equivalents: readonly { rule: string; mutant: RegExp; why: string }[] = [
  {
    rule: 'gateway_dead',
    mutant: /^parts\.2/,
    why: 'nothing is silent behind a gateway in a series of readings: tests/flows/rules-gateways.test.ts',
  },
  {
    rule: 'sensor_silent',
    mutant: /^inhibitedByGateway/,
    why: 'every gateway lives in a series of readings: tests/flows/rules-gateways.test.ts',
  },
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

const samplesOf = ({ series }: TestCase): number => Math.max(...series.map(({ samples }) => samples.length));
