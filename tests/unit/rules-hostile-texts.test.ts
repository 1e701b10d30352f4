import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createVirtualClock } from '../../src/platform/clock.ts';
import type { AppError } from '../../src/platform/errors.ts';
import { readRuleFolder } from '../../src/rules/rule-folder.ts';
import { RuleReader, readText } from '../../src/rules/rule-set.ts';
import { createTestRunner } from '../../src/rules/rule-test-run.ts';
import { leak, shipped } from '../harness/leak-rule.ts';

const head = `name: x
title: { zh: 规则, en: Rule }
severity: warning
consequence: notice
`;
const times = (text: string, count: number): string => Array(count).fill(text).join(',');
const branches = `{ any: [${times(`{ all: [${times('{ zz: 1 }', 8)}] }`, 8)}] }`;

const hostile: [what: string, body: string][] = [
  ['brackets in brackets', `condition: ${'['.repeat(6_000)}${']'.repeat(6_000)}`],
  ['brackets that stay open', '{a: '.repeat(4_000)],
  ['lists in lists', `condition:\n  ${'- '.repeat(7_000)}a`],
  ['a signal without end', `condition: { event: ${'s'.repeat(16_000)} }`],
  ['thousands of signals', `condition: { no_data: { after: 1h, signals: [${times('aheart', 2_300)}] } }`],
  [
    'wrong keys at every place',
    `condition: ${branches}\noverrides:\n${`  - { only: { traits: [a] }, condition: ${branches} }\n`.repeat(16)}`,
  ],
  ['a text of a megabyte', `# ${'x'.repeat(1_000_000)}`],
];

describe('a text that was written to hold us up', () => {
  it.each(hostile)('costs little and is told in few words: %s', (_what, body) => {
    const from = process.cpuUsage();
    const read = readText({ rule: 'x', shadow: false, body: head + body });
    const { user } = process.cpuUsage(from);
    expect(user / 1_000).toBeLessThan(1_500);
    const problems = 'problems' in read ? read.problems : [];
    expect(problems.length).toBeGreaterThan(0);
    expect(JSON.stringify(problems).length).toBeLessThan(100_000);
    expect(JSON.stringify(problems)).not.toContain('call stack');
  });

  it('is read once, and forgotten when a thousand others came', () => {
    const reader = new RuleReader();
    const leakText = { rule: 'water_leak', shadow: false, body: leak.body };
    const first = reader.read(leakText);
    expect(reader.read(leakText)).toBe(first);
    for (let n = 0; n < 1_000; n++) reader.read({ rule: 'x', shadow: false, body: `[${n}` });
    expect(reader.read(leakText)).not.toBe(first);
  });
});

describe('a folder', () => {
  it('tells of what is no text file, and waits for none', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'gridguard-rules-'));
    writeFileSync(join(folder, 'sos.yaml'), shipped('sos').body);
    mkdirSync(join(folder, 'directory.yaml'));
    execFileSync('mkfifo', [join(folder, 'pipe.yaml')]);
    writeFileSync(join(folder, 'long.yaml'), 'x'.repeat(1_000_001));
    const { files, faulty, problems } = await readRuleFolder(folder);
    rmSync(folder, { recursive: true });
    expect(files.map(({ rule }) => rule)).toEqual(['sos']);
    expect(faulty).toEqual(['directory', 'long', 'pipe']);
    expect(problems.map(({ code }) => code)).toEqual(Array(3).fill('RULES_UNREADABLE'));
  });
});

describe('tests of rules', () => {
  it('run one after the other, and too many are refused', async () => {
    const test = createTestRunner(createVirtualClock(0), { mostWaiting: 2 });
    const order = { rule: 'water_leak', ...leak, others: [] };
    const asked = [1, 2, 3].map(() => test(order).catch((error: AppError) => error.code));
    expect(await Promise.all(asked)).toMatchObject([{ problems: [] }, { problems: [] }, 'RULES_TESTS_BUSY']);
    expect(await test(order)).toMatchObject({ problems: [] });
  });
});
