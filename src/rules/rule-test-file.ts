import { z } from 'zod';
import type { Home, Reading } from '../model/readings.ts';
import { definitionOf, type Signal } from '../model/signals.ts';
import { parseDuration } from '../platform/duration.ts';
import type { Problem } from '../platform/problem.ts';
import { parseYaml, readWith } from '../platform/yaml-source.ts';
import type { Rule } from './rule.ts';
import { consequence, duration, refuse, signalOf } from './rule-values.ts';
import { HOME, parseSeries } from './series.ts';

/** A Sunday, eight in the morning in Shanghai. */
const START_MS = Date.UTC(2026, 10, 22);
const DEVICE = 'test';

/** `signal`, `signal/channel`, and with `name:` before it of another device on the same asset. */
const PLACE = /^(?:([a-z][a-z0-9_]*):)?([a-z_0-9]+)(?:\/(.+))?$/;
const anySignal = signalOf('number', 'boolean', 'event', 'enum', 'location');

const series = z
  .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
  .transform((raw, context) =>
    Object.entries(raw).map(([key, words]) => {
      const [, name, signalName = key, channel] = PLACE.exec(key) ?? [];
      const read = anySignal.safeParse(signalName);
      if (!read.success) return refuse(context, `${key}：没有这个信号`, `${key} is no signal`);
      const signal: Signal = read.data;
      try {
        return { name: name ?? DEVICE, signal, channel, samples: parseSeries(signal, String(words)) };
      } catch (error) {
        const word = error instanceof RangeError ? error.message : String(words);
        return refuse(context, `${key}：看不懂“${word}”`, `${key}: cannot read “${word}”`);
      }
    }),
  );

/** `10m`, or `10m~2m`: each sample comes up to two minutes before or after its time, the same in every run. */
const interval = z.union([z.string(), z.number()]).transform((value, context) => {
  const [every = '', jitter = '0s'] = String(value).split('~');
  const [everyMs, jitterMs] = [parseDuration(every), parseDuration(jitter)];
  if (everyMs !== undefined && everyMs > 0 && jitterMs !== undefined && jitterMs * 2 < everyMs)
    return { everyMs, jitterMs };
  return refuse(
    context,
    '间隔要写成 10s 或 10m~2m，波动须小于间隔的一半',
    'an interval is written like 10s or 10m~2m, and varies by less than half of itself',
  );
});

/** `90s`, or `60s..120s` where any time of these will do. */
const moment = z.union([z.string(), z.number()]).transform((value, context) => {
  const [from, to, ...more] = String(value).split('..').map(parseDuration);
  if (from !== undefined && more.length === 0 && (to === undefined || to >= from))
    return { from, to: to ?? from };
  return String(value).includes('..') && to === undefined
    ? refuse(context, '时间范围要写成 60s..120s', 'a range of times is written like 60s..120s')
    : refuse(context, '时间要写成 30s、10m 或 60s..120s', 'a time is written like 30s, 10m or 60s..120s');
});

const expectation = z.strictObject({
  at: moment,
  state: z.enum(['firing', 'risen', 'eased', 'again', 'resolved', 'withdrawn']),
  severity: z.enum(['critical', 'warning', 'info']).optional(),
  consequence: consequence.optional(),
  late: z.boolean().optional(),
  channel: z.string().optional(),
});
export type Expectation = z.output<typeof expectation>;

const start = z.string().transform((text, context): number => {
  const ms = /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isFinite(ms)) return ms;
  return refuse(
    context,
    '开始时间要写成 2026-11-22T08:00+08:00',
    'a start is written like 2026-11-22T08:00+08:00',
  );
});

const testCase = z.strictObject({
  name: z.string().min(1),
  every: interval,
  /** When the first sample is measured; matters to schedules and to what is learned at night. */
  start: start.optional(),
  series,
  /** What a selection goes by; by default a device of protocol `native` that nobody wears. */
  device: z
    .strictObject({
      protocol: z.string().optional(),
      model: z.string().optional(),
      traits: z.array(z.string()).optional(),
      with_subject: z.boolean().optional(),
      behind_gateway: z.boolean().optional(),
      gateway: z.literal(true).optional(),
    })
    .optional(),
  /** `false`: nobody asked that leaving home is told. */
  home: z
    .union([z.literal(false), z.strictObject({ radius_m: z.number().positive().optional() })])
    .optional(),
  origin: z.enum(['live', 'history', 'retained', 'replay', 'simulated', 'test']).optional(),
  /** How long the device may be silent, where the rule leaves that to its protocol. */
  silent_after: duration.optional(),
  /** How long to watch after the start; by default until the last sample. */
  until: duration.optional(),
  expect: z.array(expectation),
});
export type TestCase = z.output<typeof testCase>;

const testFile = z.strictObject({ rule: z.string(), cases: z.array(testCase).min(1) });

/** The cases of a test file, which must be those of this rule. */
export function readCases(
  { file, text }: { file: string; text: string },
  rule: Rule,
): { cases: TestCase[]; problems: Problem[] } {
  const parsed = parseYaml(file, text);
  if ('problems' in parsed) return { cases: [], problems: parsed.problems };
  const read = readWith(parsed.source, testFile);
  if ('problems' in read) return { cases: [], problems: read.problems };
  if (read.value.rule === rule.name) return { cases: read.value.cases, problems: [] };
  const message = { zh: `rule：必须是 ${rule.name}`, en: `rule: must be ${rule.name}` };
  return { cases: [], problems: [parsed.source.problem('RULES_INVALID', ['rule'], message)] };
}

export const startOf = (testCase: TestCase): number => testCase.start ?? START_MS;

/** The readings of a case, in order of time. */
export function readingsOf(testCase: TestCase): Reading[] {
  const readings: Reading[] = [];
  const steps = Math.max(0, ...testCase.series.map(({ samples }) => samples.length));
  const names = [...new Set(testCase.series.map(({ name }) => name))];
  const jitter = jitterOf(testCase.every.jitterMs);
  for (let step = 0; step < steps; step++) {
    const observedAt = startOf(testCase) + step * testCase.every.everyMs + jitter();
    for (const { name, signal, channel, samples } of testCase.series) {
      const sample = samples[step];
      if (sample === undefined) continue;
      readings.push({
        ...deviceOf(testCase, name),
        ...homeOf(testCase, signal),
        deviceId: names.indexOf(name) + 1,
        signal,
        ...(channel === undefined ? {} : { channel }),
        ...sample,
        origin: testCase.origin ?? 'live',
        observedAt,
        receivedAt: observedAt,
      });
    }
  }
  return readings;
}

/** Whole seconds from `-most` to `most`, evenly, always the same (Park and Miller's minimal standard generator). */
function jitterOf(most: number): () => number {
  let seed = 20_261_122;
  return () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return Math.round(((seed / 2_147_483_647) * 2 - 1) * (most / 1000)) * 1000;
  };
}

function homeOf({ home = {} }: TestCase, signal: Signal): { home?: Home } {
  if (home === false || definitionOf(signal).kind !== 'location') return {};
  return { home: { ...HOME, ...(home.radius_m === undefined ? {} : { radiusM: home.radius_m }) } };
}

function deviceOf({ device = {} }: TestCase, nativeId: string) {
  const { protocol = 'native', model, traits, with_subject, behind_gateway, gateway } = device;
  return {
    protocol,
    nativeId,
    ...(with_subject || traits ? { subjectId: 1 } : { assetId: 1 }),
    ...(model === undefined ? {} : { model }),
    ...(traits === undefined ? {} : { traits }),
    ...(behind_gateway ? { gatewayId: 9 } : {}),
    ...(gateway ? { isGateway: true as const } : {}),
  };
}
