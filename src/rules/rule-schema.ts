import { z } from 'zod';
import { definitionOf, isSignal, type Signal, type SignalKind, signals } from '../model/signals.ts';
import { parseDuration } from '../platform/duration.ts';
import type { Bilingual } from '../platform/problem.ts';
import type { Limit, LimitOp, NoDataPart, Part, Rule, StatePart, ThresholdPart } from './rule.ts';

export const limitOps = ['above', 'at_least', 'below', 'at_most'] as const satisfies readonly LimitOp[];

const MAX_GAP_MS = 20 * 60_000;
const MIN_SAMPLES = 1;

const severity = z.enum(['critical', 'warning', 'info']);
const consequence = z.enum(['incident', 'notice']);

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
type Limits = { [op in LimitOp]?: number | undefined };

const threshold = z.strictObject({
  signal: signalOf('number'),
  ...limits,
  for: duration,
  min_samples: z.int().min(1).max(1000).optional(),
  max_gap: duration.optional(),
  clear: z.strictObject({ ...limits, for: duration.optional() }),
  hard: z
    .strictObject({ ...limits, severity: severity.optional(), consequence: consequence.optional() })
    .optional(),
});

const state = z.strictObject({
  signal: signalOf('boolean', 'enum'),
  is: z.union([z.boolean(), z.string()]),
  for: duration.optional(),
  clear_when: z.strictObject({ signal: signalOf('number'), ...limits }).optional(),
});

const noData = z.strictObject({
  after: z.union([z.literal('device_default'), duration]),
  signals: z
    .array(signalOf('number', 'boolean', 'enum', 'event', 'location', 'network_scan'))
    .min(1)
    .optional(),
});

const level = { threshold: threshold.optional(), state: state.optional() };
const condition = z.strictObject({
  event: signalOf('event', 'boolean').optional(),
  ...level,
  no_data: noData.optional(),
  any: z.array(z.strictObject(level)).min(2).max(8).optional(),
});

const selection = z.strictObject({
  protocols: z.array(z.string()).min(1).optional(),
  devices: z.array(z.string()).min(1).optional(),
  subjects: z.array(z.int()).min(1).optional(),
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
  only: selection.optional(),
  except: selection.optional(),
  condition,
});
export type RuleFile = z.output<typeof ruleFile>;
type SelectionFile = z.output<typeof selection>;

/** Fills in the defaults. The file must have passed the schema and the checks. */
export function toRule(file: RuleFile): Rule {
  const { condition: when } = file;
  const parts: Part[] = (when.any ?? [when]).flatMap((part) => toLevelParts(part, file));
  if (when.event) parts.push({ type: 'event', signal: when.event });
  if (when.no_data) parts.push(toNoData(when.no_data));
  return {
    name: file.name,
    title: file.title,
    kind: file.kind ?? file.name,
    severity: file.severity,
    consequence: file.consequence,
    ...(file.only ? { only: toSelection(file.only) } : {}),
    ...(file.except ? { except: toSelection(file.except) } : {}),
    parts,
  };
}

type LevelFile = Pick<RuleFile['condition'], 'threshold' | 'state'>;

function toLevelParts(part: LevelFile, rule: RuleFile): Part[] {
  const parts: Part[] = [];
  if (part.threshold) parts.push(toThreshold(part.threshold, rule));
  if (part.state) parts.push(toState(part.state));
  return parts;
}

function toThreshold(file: z.output<typeof threshold>, rule: RuleFile): ThresholdPart {
  const hard = file.hard && {
    limit: toLimit(file.hard),
    severity: file.hard.severity ?? rule.severity,
    consequence: file.hard.consequence ?? rule.consequence,
  };
  return {
    type: 'threshold',
    signal: file.signal,
    soft: toLimit(file),
    forMs: file.for,
    minSamples: file.min_samples ?? MIN_SAMPLES,
    maxGapMs: file.max_gap ?? MAX_GAP_MS,
    clear: toLimit(file.clear),
    clearForMs: file.clear.for ?? 0,
    ...(hard ? { hard } : {}),
  };
}

function toState(file: z.output<typeof state>): StatePart {
  const when = file.clear_when;
  return {
    type: 'state',
    signal: file.signal,
    is: file.is,
    forMs: file.for ?? 0,
    ...(when ? { clearWhen: { signal: when.signal, limit: toLimit(when) } } : {}),
  };
}

function toNoData(file: z.output<typeof noData>): NoDataPart {
  return { type: 'no_data', afterMs: file.after, ...(file.signals ? { signals: file.signals } : {}) };
}

function toSelection(file: SelectionFile): NonNullable<Rule['only']> {
  return {
    ...(file.protocols ? { protocols: file.protocols } : {}),
    ...(file.devices ? { devices: file.devices } : {}),
    ...(file.subjects ? { subjects: file.subjects } : {}),
  };
}

/** The one limit of a mapping that the checks found to have exactly one. */
function toLimit(file: Limits): Limit {
  for (const op of limitOps) {
    const value = file[op];
    if (value !== undefined) return { op, value };
  }
  throw new TypeError('a limit is missing');
}
