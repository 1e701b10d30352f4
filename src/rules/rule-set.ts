import type { LifeEvent } from '../model/alerts.ts';
import { isLifeSignal } from '../model/signals.ts';
import { formatProblem, type Problem } from '../platform/problem.ts';
import { judge } from './life-events.ts';
import { checkSet, readRule, versionOf } from './load-rules.ts';
import type { Rule } from './rule.ts';

/** The text of a rule as it is in force, or (`shadow`) on trial beside it. */
export interface RuleText {
  rule: string;
  shadow: boolean;
  body: string;
}

/** What a version on trial is called; the names of rules hold no `~`. */
export const shadowName = (rule: string): string => `${rule}~shadow`;

const setFile = (rule: string): string => `${rule}.yaml`;

/** Reads one text. A version on trial only records; what is on the lane of life cannot be tried so, because nobody may wait there. */
export function readText(text: RuleText): { rule: Rule } | { problems: Problem[] } {
  const read = readRule(setFile(text.rule), text.body);
  if ('problems' in read || !text.shadow) return read;
  if (read.rule.parts.some((part) => part.type === 'event' && isLifeSignal(part.signal)))
    return { problems: [{ ...place(text.rule), ...lifeShadow }] };
  return { rule: { ...read.rule, name: shadowName(text.rule), shadow: true } };
}

/** More texts than a set has; those that were not asked for longest are forgotten. */
const MOST_READ = 1_000;

/** Reads texts, each once. */
export class RuleReader {
  #read = new Map<string, ReturnType<typeof readText>>();

  read({ rule, shadow, body }: RuleText): ReturnType<typeof readText> {
    const key = `${rule} ${shadow} ${versionOf(body)}`;
    const known = this.#read.get(key) ?? readText({ rule, shadow, body });
    this.#read.delete(key);
    this.#read.set(key, known);
    const [oldest] = this.#read.keys();
    if (this.#read.size > MOST_READ && oldest !== undefined) this.#read.delete(oldest);
    return known;
  }
}

/** What of a rule and lane comes after what holds now; no body where it ends. */
interface Step {
  rule: string;
  shadow: boolean;
  body: string | null;
}

/** What would be wrong with the set after these steps and is not wrong now. Without an answer to an SOS nothing is right. */
export function newFaults(reader: RuleReader, heads: readonly Step[], steps: readonly Step[]): Problem[] {
  const lanes = new Map([...heads, ...steps].map((step) => [`${step.rule} ${step.shadow}`, step]));
  const before = read(reader, heads);
  const after = read(reader, [...lanes.values()]);
  const known = new Set(before.problems.map(said));
  return after.problems.filter((problem) => problem.code === 'RULES_NO_SOS' || !known.has(said(problem)));
}

function read(reader: RuleReader, steps: readonly Step[]): { problems: Problem[] } {
  const rules: Rule[] = [];
  const problems: Problem[] = [];
  for (const { rule, shadow, body } of steps) {
    if (body === null) continue;
    const one = reader.read({ rule, shadow, body });
    if ('rule' in one) rules.push(one.rule);
    else problems.push(...one.problems);
  }
  return { problems: [...problems, ...faultsOfSet(rules)] };
}

const said = (problem: Problem): string => formatProblem(problem, 'en');

/** All that speaks against running these rules together, `RULES_NO_SOS` among it. */
export function faultsOfSet(rules: readonly Rule[]): Problem[] {
  const inForce = rules.filter(({ name }) => !name.includes('~'));
  const problems = checkSet(inForce, 'rules');
  if (raisesSos(inForce) || problems.some(({ code }) => code === 'RULES_NO_SOS')) return problems;
  return [...problems, { ...place('sos'), ...noSos }];
}

const asked: Pick<LifeEvent, 'signal' | 'source' | 'observedAt' | 'receivedAt' | 'context'> = {
  signal: 'sos',
  source: '',
  observedAt: 0,
  receivedAt: 0,
  context: {},
};

/** Presses as they come: of a wristband that nobody registered, of a wearer's, through a gateway, of a button in a building, sent late. */
const presses: LifeEvent[] = [
  { ...asked, protocol: 'native', nativeId: 'unknown', origin: 'live' },
  { ...asked, protocol: 'watch', nativeId: 'worn', origin: 'live', deviceId: 1, subjectId: 1 },
  { ...asked, protocol: 'lorawan', nativeId: 'relayed', origin: 'live', deviceId: 1, gatewayId: 2 },
  {
    ...asked,
    protocol: 'zigbee2mqtt',
    nativeId: 'button',
    origin: 'live',
    deviceId: 1,
    assetId: 1,
    channel: '1',
  },
  { ...asked, protocol: 'iw', nativeId: 'late', origin: 'history', deviceId: 1, subjectId: 1 },
];

/** Whether every press leads to an incident: asked of the rules themselves, however they are written. */
export function raisesSos(rules: readonly Rule[]): boolean {
  const consequential = rules.filter(isUnconditional);
  return presses.every((press) =>
    judge(consequential, press).raise.some(
      ({ kind, severity, consequence }) =>
        kind === 'sos' && severity === 'critical' && consequence === 'incident',
    ),
  );
}

/** It holds at all times, for everybody, whatever else is true. */
const isUnconditional = (rule: Rule): boolean =>
  !rule.shadow &&
  !rule.sets &&
  !rule.variants &&
  !rule.schedule &&
  !rule.ignoreWhile &&
  !rule.inhibitedBy &&
  !rule.inhibitedByGateway &&
  !rule.flap;

const place = (rule: string): Pick<Problem, 'file' | 'line' | 'column'> => ({
  file: setFile(rule),
  line: 1,
  column: 1,
});

const noSos: Pick<Problem, 'code' | 'message'> = {
  code: 'RULES_NO_SOS',
  message: {
    zh: '这样就没有规则会因 SOS 报警；必须有一条 critical、incident、面向所有设备的 sos 规则',
    en: 'no rule would answer an SOS: there must be one for sos that is critical, an incident, and for every device',
  },
};

const lifeShadow: Pick<Problem, 'code' | 'message'> = {
  code: 'RULES_SHADOW_LIFE',
  message: {
    zh: '生命安全事件（sos、fall、烟雾、燃气等）的规则不能试运行',
    en: 'a rule for life-safety events (sos, fall, smoke, gas …) cannot run on trial',
  },
};
