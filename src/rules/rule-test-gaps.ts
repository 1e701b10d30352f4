import type { Bilingual } from '../platform/problem.ts';
import type { ReplayedChange } from './replay.ts';
import { type Part, type Rule, readsFor } from './rule.ts';
import { readingsOf, type TestCase } from './rule-test-file.ts';

interface PlayedCase {
  testCase: TestCase;
  changes: readonly ReplayedChange[];
}

/** What the rule can do or is told to heed, and no case has tried. */
export function notTried(rule: Rule, played: readonly PlayedCase[]): Bilingual[] {
  const changes = played.flatMap((each) => each.changes);
  const isLasting = rule.parts.some((part) => part.type !== 'event' || part.stands);
  const isSteady = rule.parts.every((part) => part.type === 'event');
  return [
    ...when(isLasting && !changes.some(({ state }) => state === 'resolved'), {
      zh: '没有用例会解除',
      en: 'no case in which it ends',
    }),
    ...when(rule.parts.some(hasHard) && !changes.some((change) => isHard(rule, change)), {
      zh: '没有用例超过硬限值',
      en: 'no case beyond the hard limit',
    }),
    ...when(!isSteady && !played.some(({ testCase }) => testCase.every.jitterMs > 0), {
      zh: '没有间隔不均匀的用例（every: 10m~2m）',
      en: 'no case with an uneven interval (every: 10m~2m)',
    }),
    ...when(!isSteady && new Set(played.map(({ testCase }) => testCase.every.everyMs)).size < 2, {
      zh: '所有用例的上报间隔相同',
      en: 'all cases have the same interval',
    }),
    ...signalsNotPlayed(rule, played),
    ...variantsNotPlayed(rule, played),
    ...setsNotPlayed(rule, changes),
    ...gatesNotPlayed(rule, played),
  ];
}

const when = (is: boolean, what: Bilingual): Bilingual[] => (is ? [what] : []);

const hasHard = (part: Part): boolean => part.type === 'threshold' && part.hard !== undefined;

const isHard = (rule: Rule, { severity, consequence }: ReplayedChange): boolean =>
  severity !== rule.severity || consequence !== rule.consequence;

/** Signals that are read and in no series. */
function signalsNotPlayed(rule: Rule, played: readonly PlayedCase[]): Bilingual[] {
  const heard = new Set(played.flatMap(({ testCase }) => testCase.series.map(({ signal }) => signal)));
  const read = [
    ...rule.parts.flatMap((part) => ('signal' in part ? [part.signal] : [])),
    ...rule.parts.flatMap((part) => (part.type === 'expression' ? part.reads.map((r) => r.signal) : [])),
    ...rule.parts.flatMap((part) => (part.type === 'absence' ? part.signs.map((s) => s.signal) : [])),
    ...(rule.ignoreWhile ?? []).map(({ signal }) => signal),
  ];
  return [...new Set(read)]
    .filter((signal) => !heard.has(signal))
    .map((signal) => ({ zh: `没有用例给出 ${signal}`, en: `no case gives ${signal}` }));
}

function variantsNotPlayed(rule: Rule, played: readonly PlayedCase[]): Bilingual[] {
  const used = new Set(
    played.flatMap(({ testCase }) => {
      const [first] = readingsOf(testCase);
      return first ? [readsFor(rule, first)] : [];
    }),
  );
  return (rule.variants ?? []).flatMap((variant, index) =>
    when(!used.has(variant.rule), {
      zh: `第 ${index + 1} 个 overrides 没有用例`,
      en: `no case for override ${index + 1}`,
    }),
  );
}

/** Parts of an `any` that never raised. */
function setsNotPlayed(rule: Rule, changes: readonly ReplayedChange[]): Bilingual[] {
  if (rule.sets || rule.parts.length < 2) return [];
  const raised = new Set(changes.map(({ evidence }) => evidence.signal));
  return rule.parts.flatMap((part) =>
    when('signal' in part && raised.size > 0 && !raised.has(part.signal), {
      zh: `没有用例由 ${'signal' in part ? part.signal : ''} 触发`,
      en: `no case that ${'signal' in part ? part.signal : ''} raises`,
    }),
  );
}

function gatesNotPlayed(rule: Rule, played: readonly PlayedCase[]): Bilingual[] {
  const isShown = ({ testCase }: PlayedCase) => testCase.start !== undefined;
  return [
    ...when(rule.schedule !== undefined && played.filter(isShown).length < 2, {
      zh: '时间段内外没有分别测试（start）',
      en: 'inside and outside the schedule are not both tried (start)',
    }),
    ...when(rule.againAfterMs !== undefined && !played.some(lastsFor(rule.againAfterMs)), {
      zh: '没有用例持续到再次报警',
      en: 'no case lasts until it is raised again',
    }),
  ];
}

const lastsFor =
  (ms = 0) =>
  ({ testCase }: PlayedCase): boolean =>
    Math.max(...testCase.series.map(({ samples }) => samples.length)) * testCase.every.everyMs > ms;
