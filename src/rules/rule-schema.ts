import { z } from 'zod';
import {
  breakerFaultCauses,
  definitionOf,
  isSignal,
  type Signal,
  type SignalKind,
  signals,
} from '../model/signals.ts';
import { faultClasses } from '../model/tickets.ts';
import { parseDuration } from '../platform/duration.ts';
import type { Bilingual } from '../platform/problem.ts';
import type { LimitOp } from './rule.ts';

export const limitOps = ['above', 'at_least', 'below', 'at_most'] as const satisfies readonly LimitOp[];

const severity = z.enum(['critical', 'warning', 'info']);
export const consequence = z.enum(['incident', 'ticket', 'notice']);

/** Reports a fault in both languages; the loader finds it in `params`. */
export function refuse(context: z.RefinementCtx, zh: string, en: string): typeof z.NEVER {
  const message: Bilingual = { zh, en };
  context.addIssue({ code: 'custom', message: en, params: { message } });
  return z.NEVER;
}

export const duration = z.union([z.string(), z.number()]).transform((value, context): number => {
  const ms = parseDuration(String(value));
  return (
    ms ?? refuse(context, '时长要写成 30s、10m、2h 或 1d', 'a duration is written like 30s, 10m, 2h or 1d')
  );
});

/** A canonical signal of one of these kinds. */
export const signalOf = (...kinds: SignalKind[]) =>
  z.string().transform((name, context): Signal => {
    if (!isSignal(name))
      return refuse(
        context,
        `没有名为 ${name} 的信号${didYouMean(name, 'zh')}`,
        `no signal is called ${name}${didYouMean(name, 'en')}`,
      );
    const { kind } = definitionOf(name);
    if (kinds.includes(kind)) return name;
    return refuse(
      context,
      `信号 ${name} 的类型是 ${kind}，这里需要 ${kinds.join(' 或 ')}`,
      `signal ${name} is of kind ${kind}, here it must be ${kinds.join(' or ')}`,
    );
  });

function didYouMean(name: string, language: 'zh' | 'en'): string {
  const near = Object.keys(signals).find((known) => known.includes(name) || name.includes(known));
  if (!near || name === '') return '';
  return language === 'zh' ? `（是不是 ${near}？）` : ` (did you mean ${near}?)`;
}

const limits = {
  above: z.number().optional(),
  at_least: z.number().optional(),
  below: z.number().optional(),
  at_most: z.number().optional(),
};
export type LimitsFile = { [op in LimitOp]?: number | undefined };

const threshold = z.strictObject({
  signal: signalOf('number'),
  ...limits,
  for: duration,
  min_samples: z.int().min(1).max(1000).optional(),
  max_gap: duration.optional(),
  clear: z.strictObject({ ...limits, for: duration.optional() }),
  ignore: z.strictObject(limits).optional(),
  hard: z
    .strictObject({ ...limits, severity: severity.optional(), consequence: consequence.optional() })
    .optional(),
});

/** What another signal must say for something to be over. */
const ending = {
  signal: signalOf('number', 'boolean', 'enum'),
  is: z.union([z.boolean(), z.string()]).optional(),
  ...limits,
};

const state = z.strictObject({
  signal: signalOf('boolean', 'enum'),
  is: z.union([z.boolean(), z.string()]),
  for: duration.optional(),
  clear_for: duration.optional(),
  clear_when: z.strictObject(ending).optional(),
});

/** `event: fall` is short for `event: { signal: fall }`. */
const event = z.preprocess(
  (raw) => (typeof raw === 'string' ? { signal: raw } : raw),
  z.strictObject({
    signal: signalOf('event', 'boolean'),
    cause: z.array(z.enum(breakerFaultCauses)).min(1).optional(),
    stage: z
      .array(z.enum(['warning', 'trip']))
      .min(1)
      .optional(),
    until: z.strictObject({ ...ending, for: duration.optional() }).optional(),
    lapses_after: duration.optional(),
  }),
);

const drop = z.strictObject({
  signal: signalOf('number'),
  by: z.number().positive().optional(),
  by_percent: z.number().min(1).max(100).optional(),
  within: duration,
  holds: duration.optional(),
});

/** Percent alone would make a rise of every drop that follows nothing. */
const rise = drop.extend({ by: z.number().positive(), by_percent: z.number().min(1).max(10_000).optional() });

const noData = z.strictObject({
  after: z.union([z.literal('device_default'), duration]),
  by_rhythm: z.literal(true).optional(),
  signals: z
    .array(signalOf('number', 'boolean', 'enum', 'event', 'location', 'network_scan'))
    .min(1)
    .optional(),
});

const childrenSilent = z.strictObject({
  at_least: z.int().min(1).max(500),
  percent: z.number().min(1).max(100),
});

const one = {
  event: event.optional(),
  threshold: threshold.optional(),
  state: state.optional(),
  drop: drop.optional(),
  rise: rise.optional(),
  no_data: noData.optional(),
  children_silent: childrenSilent.optional(),
};
export const oneConditions = Object.keys(one);
const several = z.array(z.strictObject(one)).min(2).max(8).optional();

const condition = z.strictObject({
  ...one,
  any: z
    .array(z.strictObject({ ...one, all: several }))
    .min(2)
    .max(8)
    .optional(),
  all: z
    .array(z.strictObject({ ...one, any: several }))
    .min(2)
    .max(8)
    .optional(),
});

const selection = z.strictObject({
  protocols: z.array(z.string()).min(1).optional(),
  devices: z.array(z.string()).min(1).optional(),
  subjects: z.array(z.int()).min(1).optional(),
  with_subject: z.boolean().optional(),
  behind_gateway: z.boolean().optional(),
  gateway: z.boolean().optional(),
});

/** A rule file. Relations between its values (deadband, hard beyond soft) are `rule-checks.ts`. */
export const ruleFile = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9_]{0,62}$/),
  title: z.strictObject({ zh: z.string().min(1).max(60), en: z.string().min(1).max(60) }),
  kind: z
    .string()
    .regex(/^[a-z][a-z0-9_]{0,62}$/)
    .optional(),
  severity,
  consequence,
  fault_class: z.enum(faultClasses).optional(),
  action: z.literal('switch_breaker_off').optional(),
  per: z.literal('asset').optional(),
  inhibited_by_gateway: z.literal(true).optional(),
  only: selection.optional(),
  except: selection.optional(),
  condition,
});
export type RuleFile = z.output<typeof ruleFile>;
export type ConditionFile = RuleFile['condition'];
/** What stands alone, and inside `any` and `all`. */
export type OneFile = Pick<
  ConditionFile,
  'event' | 'threshold' | 'state' | 'drop' | 'rise' | 'no_data' | 'children_silent'
>;
export type SelectionFile = z.output<typeof selection>;
export type EndingFile = NonNullable<z.output<typeof state>['clear_when']>;
