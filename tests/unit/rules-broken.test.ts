import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { formatProblem } from '../../src/platform/problem.ts';
import { loadRules, readRule } from '../../src/rules/load-rules.ts';

const folder = 'tests/fixtures/broken-rules';
const textOf = (name: string): string => readFileSync(join(folder, name), 'utf8');

interface Told {
  at: string;
  en: string;
  zh: string;
}

/** One fault in each file: where it is told, and in which words. */
const expected = parse(textOf('expected.yaml')) as Record<string, Told>;
const files = readdirSync(folder).filter((name) => name.endsWith('.yaml') && name !== 'expected.yaml');

/** Rules that are sound one by one, but not together. */
const sets: [name: string, told: (string | RegExp)[]][] = [
  ['sos_missing', [/sos_missing:1:1 there is no rule for sos: write one with event: sos/]],
  ['inhibitor_unknown', [/inhibited\.yaml:11:16 .* did you mean pulse_high\?/]],
  ['inhibitor_on_trial', [/inhibited\.yaml:11:16 .* trial only records .*: leave it out/]],
  ['inhibitor_single_event', [/inhibited\.yaml:11:16 .* sos is a single event .*: leave it out/]],
  ['inhibitors_in_a_circle', [/one\.yaml:11:16 .*two/, /three\.yaml:11:16 .*one/, /two\.yaml:11:16 .*three/]],
];

describe('a broken rule file', () => {
  it('has its place in the table, and the other way round', () => {
    expect(Object.keys(expected).map((name) => `${name}.yaml`)).toEqual(files.sort());
    expect(files.length).toBeGreaterThanOrEqual(40);
  });

  it.each(Object.entries(expected))('is told once, at its place, with the mend: %s', (name, told) => {
    const read = readRule(`${name}.yaml`, textOf(`${name}.yaml`));
    const problems = 'problems' in read ? read.problems : [];
    expect(problems.map(({ line, column, message }) => ({ at: `${line}:${column}`, ...message }))).toEqual([
      told,
    ]);
    expect(told.zh).toMatch(/[一-鿿]/);
  });

  it.each(sets)('is told of a set that cannot run together: %s', async (name, told) => {
    const { problems } = await loadRules(join(folder, 'sets', name));
    const lines = problems.map((problem) => formatProblem(problem, 'en'));
    expect(lines).toEqual(told.map((words) => expect.stringMatching(words)));
    for (const { message } of problems) expect(message.zh).toMatch(/[一-鿿]/);
  });
});
