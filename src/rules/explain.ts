import { enWords } from './explain-en.ts';
import type { Words } from './explain-words.ts';
import { zhWords } from './explain-zh.ts';
import type { Part, Rule } from './rule.ts';

/** A rule in plain words: when it is true, what happens then, when it is over, and what stands in its way. One sentence per line. */
export function explainRule(rule: Rule, language: 'zh' | 'en'): string[] {
  const say = language === 'zh' ? zhWords : enWords;
  return [
    `${rule.title[language]} (${rule.name})`,
    ...explainSets(rule, say),
    ...explainGates(rule, say),
    ...(rule.variants ?? []).flatMap(({ only, rule: other }) => [
      say.variant(say.selected(only)),
      ...explainSets(other, say),
    ]),
  ];
}

function explainSets(rule: Rule, say: Words): string[] {
  const sets = rule.sets ?? rule.parts.map((_, index) => [index]);
  return sets.flatMap((set) => explainSet(rule, set, say));
}

function explainGates(rule: Rule, say: Words): string[] {
  return [
    ...(rule.per ? [say.perAsset] : []),
    ...(rule.switchOff ? [say.switchOff] : []),
    ...(rule.schedule ? [say.schedule(rule.schedule)] : []),
    ...(rule.ignoreWhile ? [say.ignoreWhile(rule.ignoreWhile)] : []),
    ...(rule.inhibitedByGateway ? [say.inhibited] : []),
    ...(rule.inhibitedBy ? [say.inhibitedBy(rule.inhibitedBy)] : []),
    ...(rule.keepFiringMs === undefined ? [] : [say.keeps(rule.keepFiringMs)]),
    ...(rule.againAfterMs === undefined ? [] : [say.again(rule.againAfterMs)]),
    ...(rule.flap ? [say.flap(rule.flap)] : []),
    ...(rule.only ? [say.only(say.selected(rule.only))] : []),
    ...(rule.except ? [say.except(say.selected(rule.except))] : []),
    ...(rule.shadow ? [say.shadow] : []),
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
      part.type === 'threshold' && part.hard ? [say.hard(part, say.outcome(part.hard))] : [],
    ),
    ...(others.length === 0 ? overs.map(say.ends) : [say.endsTogether(overs)]),
  ];
}
