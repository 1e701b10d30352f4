import { enWords } from './explain-en.ts';
import type { Words } from './explain-words.ts';
import { zhWords } from './explain-zh.ts';
import type { Part, Rule } from './rule.ts';

/** A rule in plain words: when it is true, what happens then, when it is over. One sentence per line. */
export function explainRule(rule: Rule, language: 'zh' | 'en'): string[] {
  const say = language === 'zh' ? zhWords : enWords;
  const sets = rule.sets ?? rule.parts.map((_, index) => [index]);
  return [
    `${rule.title[language]} (${rule.name})`,
    ...sets.flatMap((set) => explainSet(rule, set, say)),
    ...(rule.per ? [say.perAsset] : []),
    ...(rule.switchOff ? [say.switchOff] : []),
    ...(rule.inhibitedByGateway ? [say.inhibited] : []),
    ...(rule.only ? [say.only(say.selected(rule.only))] : []),
    ...(rule.except ? [say.except(say.selected(rule.except))] : []),
  ];
}

function explainSet(rule: Rule, set: readonly number[], say: Words): string[] {
  const parts = set.map((number) => rule.parts[number] as Part);
  const then = say.outcome(rule);
  const whens = parts.map(say.when);
  const overs = parts.flatMap((part) => say.over(part) ?? []);
  const [when = '', ...others] = whens;
  return [
    others.length === 0 ? say.alone(when, then) : say.together(whens, then),
    ...parts.flatMap((part) =>
      part.type === 'threshold' && part.hard
        ? [say.hard(say.limit(part.signal, part.hard.limit), say.outcome(part.hard))]
        : [],
    ),
    ...(others.length === 0 ? overs.map(say.ends) : [say.endsTogether(overs)]),
  ];
}
