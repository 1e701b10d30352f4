import { z } from 'zod';
import { definitionOf, isSignal, type Signal, type SignalKind, signals } from '../model/signals.ts';
import { parseDuration } from '../platform/duration.ts';
import { nearestOf } from '../platform/nearest.ts';
import type { Bilingual } from '../platform/problem.ts';
import type { LimitOp } from './rule.ts';

export const limitOps = ['above', 'at_least', 'below', 'at_most'] as const satisfies readonly LimitOp[];

export const severity = z.enum(['critical', 'warning', 'info']);
export const consequence = z.enum(['incident', 'ticket', 'notice']);

/** Reports a fault in both languages; the loader finds it in `params`. */
export function refuse(context: z.RefinementCtx, zh: string, en: string): typeof z.NEVER {
  const message: Bilingual = { zh, en };
  context.addIssue({ code: 'custom', message: en, params: { message } });
  return z.NEVER;
}

/** `30s`, `10m`, `1h30m` → milliseconds. */
export const duration = z
  .any()
  .transform((value: unknown, context): number => {
    const ms = parseDuration(String(value));
    if (ms !== undefined) return ms;
    const missing = value === undefined ? { zh: '缺少这一项，', en: 'is missing; ' } : { zh: '', en: '' };
    return refuse(
      context,
      `${missing.zh}时长要写成 30s、10m、2h 或 1d`,
      `${missing.en}a duration is written like 30s, 10m, 2h or 1d`,
    );
  })
  .meta({ type: 'string', pattern: '^(\\d+(ms|s|m|h|d))+$', examples: ['30s', '10m', '2h', '1d'] });

/** One that takes time. */
export const span = duration.transform((ms, context): number =>
  ms > 0 ? ms : refuse(context, '必须大于 0，例如 30s', 'must be more than nothing, for example 30s'),
);

const CLOCK = '([01]\\d|2[0-3]):[0-5]\\d|24:00';

/** `22:00` → minutes of the day; `24:00` is its end. */
export const timeOfDay = z
  .any()
  .transform((value: unknown, context): number =>
    new RegExp(`^(${CLOCK})$`).test(String(value))
      ? minutesOf(String(value))
      : refuse(context, '时刻要写成 "22:00"（带引号）', 'a time of day is written like "22:00", with quotes'),
  )
  .meta({ type: 'string', pattern: `^(${CLOCK})$`, examples: ['22:00'] });

/** `01:00-05:00` → minutes of the day. */
export const hoursOfDay = z
  .any()
  .transform((value: unknown, context): { from: number; to: number } => {
    const [, from, to] = new RegExp(`^(${CLOCK})-(${CLOCK})$`).exec(String(value))
      ? String(value).split(/^(.{5})-/)
      : [];
    if (from && to && from !== to) return { from: minutesOf(from), to: minutesOf(to) };
    return refuse(context, '时段要写成 "01:00-05:00"', 'hours are written like "01:00-05:00"');
  })
  .meta({ type: 'string', pattern: `^(${CLOCK})-(${CLOCK})$`, examples: ['01:00-05:00'] });

const minutesOf = (clock: string): number => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3, 5));

/** One that the platform knows: `Asia/Shanghai`. */
export const timeZone = z.string().transform((name, context): string => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone && name;
  } catch {
    return refuse(
      context,
      `没有名为 ${name} 的时区，要写成 Asia/Shanghai`,
      `no time zone is called ${name}; it is written like Asia/Shanghai`,
    );
  }
});

const bySignalKinds = new Map<string, ReturnType<typeof makeSignal>>();

/** A canonical signal of one of these kinds. */
export function signalOf(...kinds: SignalKind[]): ReturnType<typeof makeSignal> {
  const id = kinds.join('_or_');
  const made = bySignalKinds.get(id) ?? makeSignal(kinds);
  bySignalKinds.set(id, made);
  return made;
}

function makeSignal(kinds: readonly SignalKind[]) {
  const fitting = Object.keys(signals).filter(
    (name) => isSignal(name) && kinds.includes(definitionOf(name).kind),
  );
  return z
    .string()
    .transform((name, context): Signal => {
      if (!isSignal(name)) return refuseSignal(context, name, fitting);
      const { kind } = definitionOf(name);
      if (kinds.includes(kind)) return name;
      return refuse(
        context,
        `信号 ${name} 的类型是 ${kind}，这里需要 ${kinds.join(' 或 ')}`,
        `signal ${name} is of kind ${kind}, here it must be ${kinds.join(' or ')}`,
      );
    })
    .meta({ id: `signal_${kinds.join('_or_')}`, enum: fitting });
}

function refuseSignal(context: z.RefinementCtx, name: string, known: readonly string[]): typeof z.NEVER {
  const near = nearestOf(name, known);
  return refuse(
    context,
    `没有名为 ${name} 的信号${near ? `（是不是 ${near}？）` : '，名称见 src/model/signals.ts'}`,
    `no signal is called ${name}${near ? ` (did you mean ${near}?)` : '; the names are in src/model/signals.ts'}`,
  );
}

/** A name in the manner of files and columns: `heart_rate_high`. */
export const snakeName = z
  .string()
  .transform((name, context): string =>
    /^[a-z][a-z0-9_]{0,62}$/.test(name)
      ? name
      : refuse(
          context,
          '只能用小写字母、数字和下划线，以字母开头，最多 63 个字符',
          'small letters, digits and underscores only, a letter first, at most 63 of them',
        ),
  )
  .meta({ pattern: '^[a-z][a-z0-9_]{0,62}$' });
