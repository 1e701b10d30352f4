import { describe, expect, it } from 'vitest';
import { diffLines } from '../../src/rules/line-diff.ts';
import { readRule } from '../../src/rules/load-rules.ts';
import type { Rule } from '../../src/rules/rule.ts';
import type { RuleFolder } from '../../src/rules/rule-folder.ts';
import { planImport } from '../../src/rules/rule-import.ts';
import { newFaults, RuleReader, raisesSos } from '../../src/rules/rule-set.ts';
import type { RuleVersion } from '../../src/rules/rule-version-store.ts';
import { leak, shipped } from '../harness/leak-rule.ts';

const sosText = shipped('sos').body;
const read = readRule('sos.yaml', sosText);
if ('problems' in read) throw new Error('the shipped rule for sos is faulty');
const sos: Rule = read.rule;

const hours = { timeZone: 'Asia/Shanghai', windows: [{ days: ['mon' as const], from: 0, to: 60 }] };

describe('an SOS', () => {
  it('is answered by the shipped rule', () => {
    expect(raisesSos([sos])).toBe(true);
  });
  it.each<[string, Partial<Rule>]>([
    ['only records', { shadow: true }],
    ['is no emergency', { severity: 'warning' }],
    ['leads to a notice', { consequence: 'notice' }],
    ['is for some only', { only: { withSubject: true } }],
    ['leaves some out', { except: { protocols: ['watch'] } }],
    ['keeps hours', { schedule: hours }],
    ['is ignored while something was said', { ignoreWhile: [{ signal: 'worn', is: false, maxAgeMs: 1 }] }],
    ['is inhibited by another', { inhibitedBy: ['fall'] }],
    ['is inhibited by a dead gateway', { inhibitedByGateway: true }],
    ['is damped', { flap: { times: 2, withinMs: 1, quietMs: 1 } }],
    ['reads otherwise for some', { variants: [{ only: { traits: ['copd'] }, rule: sos }] }],
    ['needs something else as well', { sets: [[0, 1]] }],
  ])('is not answered by a rule that %s', (_how, more) => {
    expect(raisesSos([{ ...sos, ...more }])).toBe(false);
  });
});

describe('a change of the set', () => {
  const heads = [
    { rule: 'sos', shadow: false, body: sosText },
    { rule: 'water_leak', shadow: false, body: leak.body },
  ];
  const codes = (steps: { rule: string; shadow: boolean; body: string | null }[]) =>
    newFaults(new RuleReader(), heads, steps).map(({ code }) => code);

  it('may take away any rule but the answer to an SOS', () => {
    expect(codes([{ rule: 'water_leak', shadow: false, body: null }])).toEqual([]);
    expect(codes([{ rule: 'sos', shadow: false, body: null }])).toContain('RULES_NO_SOS');
  });

  it('tries any rule but one that somebody waits for', () => {
    expect(codes([{ rule: 'water_leak', shadow: true, body: leak.body }])).toEqual([]);
    expect(codes([{ rule: 'sos', shadow: true, body: sosText }])).toEqual(['RULES_SHADOW_LIFE']);
  });
});

const head = (more: Partial<RuleVersion>): RuleVersion => ({
  id: 1,
  rule: 'leak',
  shadow: false,
  revision: 1,
  version: 'v1',
  body: 'one',
  tests: null,
  origin: 'file',
  action: 'file',
  author: null,
  note: null,
  createdAt: 0,
  ...more,
});
const folderWith = (body: string | undefined, more: Partial<RuleFolder> = {}): RuleFolder => ({
  files: body === undefined ? [] : [{ rule: 'leak', version: `of ${body}`, body, tests: null }],
  faulty: [],
  problems: [],
  unreadable: false,
  ...more,
});
const plan = (heads: RuleVersion[], folder: RuleFolder, known: string[] = []) => {
  const { add, gone, notices } = planImport({ heads, versions: new Map([['leak', new Set(known)]]) }, folder);
  return {
    add: add.map(({ body, revision }) => [body, revision]),
    gone: gone.length,
    notices: notices.length,
  };
};

describe('a file of the folder', () => {
  const nothing = { add: [], gone: 0, notices: 0 };

  it('is taken when it is new or has changed, and left alone otherwise', () => {
    expect(plan([], folderWith('one'))).toEqual({ ...nothing, add: [['one', 1]] });
    expect(plan([head({})], folderWith('two'))).toEqual({ ...nothing, add: [['two', 2]] });
    expect(plan([head({})], folderWith('one'))).toEqual(nothing);
  });

  it('does not undo what a person has saved or removed, and is told while it says something new', () => {
    const saved = head({ origin: 'page', body: 'mine' });
    expect(plan([saved], folderWith('one'), ['of one'])).toEqual(nothing);
    expect(plan([saved], folderWith('two'), ['of one'])).toEqual({ ...nothing, notices: 1 });
    expect(plan([head({ origin: 'page', body: null })], folderWith('one'), ['of one'])).toEqual(nothing);
  });

  it('ends its rule when it is gone, but not when it is faulty or the folder cannot be read', () => {
    expect(plan([head({})], folderWith(undefined))).toEqual({ ...nothing, gone: 1 });
    expect(plan([head({})], folderWith(undefined, { faulty: ['leak'] }))).toEqual(nothing);
    expect(plan([head({})], folderWith(undefined, { unreadable: true }))).toEqual(nothing);
    expect(plan([head({ origin: 'page' })], folderWith(undefined))).toEqual(nothing);
  });
});

describe('the difference of two texts', () => {
  const told = (before: string, after: string) =>
    diffLines(before, after).map(
      ({ kind, text, from, to }) => `${kind[0]}${from ?? '-'}${to ?? '-'} ${text}`,
    );

  it('keeps what both have, with the numbers of its lines', () => {
    expect(told('a\nb\nc\n', 'a\nx\nc\nd\n')).toEqual(['s11 a', 'r2- b', 'a-2 x', 's33 c', 'a-4 d']);
    expect(told('', 'a\n')).toEqual(['a-1 a']);
    expect(told('a\n', 'a\n')).toEqual(['s11 a']);
  });

  it('gives both texts back', () => {
    const [before, after] = ['a\nb\nb\nc\ne\n', 'b\nc\nd\nb\ne\nf\n'];
    const lines = diffLines(before, after);
    const side = (without: string) =>
      lines
        .filter(({ kind }) => kind !== without)
        .map(({ text }) => `${text}\n`)
        .join('');
    expect([side('added'), side('removed')]).toEqual([before, after]);
  });

  it('ends soon, however long and different they are', () => {
    const long = (word: string) => Array.from({ length: 30_000 }, (_, at) => `${word}${at}`).join('\n');
    expect(diffLines(long('a'), long('b'))).toHaveLength(60_000);
  });
});
