import { z } from 'zod';
import { breakerFaultCauses } from '../model/signals.ts';
import type { LimitOp } from './rule.ts';
import {
  consequence,
  duration,
  hoursOfDay,
  severity,
  signalOf,
  span,
  timeOfDay,
  timeZone,
} from './rule-values.ts';

const limits = {
  above: z.number().optional().describe('高于 · beyond it upwards'),
  at_least: z.number().optional().describe('达到或高于 · it, or beyond it upwards'),
  below: z.number().optional().describe('低于 · beyond it downwards'),
  at_most: z.number().optional().describe('达到或低于 · it, or beyond it downwards'),
};
export type LimitsFile = { [op in LimitOp]?: number | undefined };

const value = z.union([z.boolean(), z.string()]);
const forTime = duration.describe('持续多久 · for how long');
const minSamples = z.int().min(1).max(1000).describe('至少几个读数 · at least so many samples');
const maxGap = span.describe('读数间隔超过此值则重新计时 · a longer gap between samples is unknown time');

const smooth = z
  .strictObject({
    median: span.optional().describe('中位数 · median of the samples of this time'),
    mean: span.optional().describe('平均值 · mean'),
    min: span.optional().describe('最低值 · lowest'),
    max: span.optional().describe('最高值 · highest'),
    range: span.optional().describe('最高最低之差 · highest less lowest'),
    ewma: span.optional().describe('指数加权平均 · exponentially weighted mean with this time constant'),
    rate: span.optional().describe('变化率 · slope of the samples of this time, per `per`'),
    per: span.optional().describe('变化率的单位时间 · the change per this time'),
    at_least: z
      .int()
      .min(1)
      .max(1000)
      .optional()
      .describe('至少几个读数才有结果 · no result of fewer samples'),
  })
  .describe('先平滑再与限值比较 · the limit is held against this instead of the sample');

const personal = z
  .strictObject({
    quiet: hoursOfDay.optional().describe('每日安静时段 · quiet hours of the local day'),
    nights: z.int().min(2).max(60).optional().describe('积累几夜后启用 · once there are so many nights'),
    margin: z.number().positive().describe('比平时水平多留的余量 · so far from what is usual'),
    between: z
      .tuple([z.number(), z.number()])
      .describe('限值不超出此范围 · the limit never leaves this range'),
    time_zone: timeZone.optional(),
  })
  .describe('限值随佩戴者平时水平而定 · moves the limit to what is usual for the wearer');

const threshold = z
  .strictObject({
    signal: signalOf('number'),
    ...limits,
    for: forTime,
    min_samples: minSamples.optional(),
    max_gap: maxGap.optional(),
    clear: z
      .strictObject({ ...limits, for: forTime.optional() })
      .describe('解除条件，须与限值留有回差 · over when it is beyond this; leaves a deadband'),
    ignore: z.strictObject(limits).optional().describe('这样的读数不计 · samples there say nothing'),
    hard: z
      .strictObject({
        ...limits,
        severity: severity.optional(),
        consequence: consequence.optional(),
        for: forTime.optional(),
        min_samples: minSamples.optional(),
      })
      .optional()
      .describe('更严重的限值，默认立即报警 · the hard limit: at once unless it has `for`'),
    smooth: smooth.optional(),
    personal: personal.optional(),
  })
  .meta({ id: 'threshold' });

const count = z
  .strictObject({
    signal: signalOf('number', 'boolean', 'enum', 'event'),
    is: value.optional(),
    ...limits,
    at_least_times: z.int().min(1).max(240).describe('至少几次 · so many times'),
    within: span.describe('多长时间内 · within this time'),
  })
  .meta({ id: 'count' });

const shift = z
  .strictObject({
    signal: signalOf('number'),
    direction: z.enum(['up', 'down', 'both']),
    learn: span.describe('用多长时间学习平时的水平 · the baseline is learned in this time'),
    min_samples: z
      .int()
      .min(5)
      .max(10_000)
      .optional()
      .describe('学习至少几个读数 · learned from at least so many samples'),
    drift: z
      .number()
      .min(0)
      .max(20)
      .describe('每个偏差先扣除几倍离散度 · taken off each deviation, in spreads'),
    drift_up: z
      .number()
      .min(0)
      .max(20)
      .optional()
      .describe('向上的偏差改为扣除几倍 · taken off deviations upwards instead'),
    threshold: z
      .number()
      .positive()
      .max(10_000)
      .describe('累计到几倍离散度报警 · raised when the sum passes so many spreads'),
    least_spread: z
      .number()
      .min(0)
      .optional()
      .describe('离散度至少取此值（信号单位）· the spread counts as at least so much'),
    least_share: z
      .number()
      .min(0)
      .max(1)
      .optional()
      .describe('离散度至少取平时水平的此比例 · and at least this share of the baseline'),
    steady_share: z
      .number()
      .positive()
      .max(1)
      .optional()
      .describe('只从平稳的时段学习 · it learns only where the spread is at most this share of the mean'),
    clip: z
      .number()
      .min(1)
      .max(1000)
      .optional()
      .describe('单个偏差最多计几倍离散度 · one deviation counts as at most so many spreads'),
    follow: span.optional().describe('平时水平随时间更新的快慢 · how fast the baseline follows'),
    clear_within: z
      .number()
      .positive()
      .max(100)
      .optional()
      .describe('偏差均值回到几倍离散度以内 · over when the mean deviation is within so many spreads'),
    clear_smooth: span
      .optional()
      .describe('偏差均值的时间常数 · of the mean that `clear_within` is held against'),
    clear_for: duration.optional(),
    accept_after: span
      .optional()
      .describe('停在新水平多久后视为平时 · what has stayed for so long is usual then'),
    max_gap: maxGap.optional(),
  })
  .meta({ id: 'shift' });

const radius = z.number().min(20).max(100_000);

const geofence = z
  .strictObject({
    radius_m: radius.describe('离家多远，佩戴者未另设半径时 · where no radius is set for the wearer'),
    for: forTime,
    min_samples: minSamples.optional(),
    accuracy_m: z
      .number()
      .min(5)
      .max(10_000)
      .optional()
      .describe('精度更差的定位不计 · less accurate fixes say nothing'),
    max_speed_kmh: z
      .number()
      .min(10)
      .max(1000)
      .optional()
      .describe('更快才能到达的定位不计 · a fix that needs more speed says nothing'),
    max_gap: maxGap.optional(),
    clear: z.strictObject({
      radius_m: radius,
      for: forTime.optional(),
      min_samples: minSamples.optional(),
    }),
  })
  .meta({ id: 'geofence' });

const sign = z.strictObject({
  signal: signalOf('number', 'boolean', 'enum', 'event'),
  is: value.optional(),
  ...limits,
  rises: z.literal(true).optional().describe('数值增加 · the number grows'),
});

const absence = z
  .strictObject({
    signs: z.array(sign).min(1).max(8),
    from: timeOfDay,
    by: timeOfDay,
    time_zone: timeZone.optional(),
  })
  .meta({ id: 'absence' });

const expression = z
  .strictObject({
    when: z
      .string()
      .min(1)
      .max(1000)
      .describe('CEL：成立即报警 · CEL over the latest values, by the names of the signals'),
    clear: z
      .string()
      .min(1)
      .max(1000)
      .optional()
      .describe('CEL：成立即解除 · over when this is true; default: when it is not'),
    for: forTime.optional(),
    clear_for: duration.optional(),
    max_age: span.optional().describe('更早的值不用 · older values are none'),
  })
  .meta({ id: 'expression' });

/** What another signal must say for something to be over. */
const ending = {
  signal: signalOf('number', 'boolean', 'enum'),
  is: value.optional(),
  ...limits,
};

const state = z
  .strictObject({
    signal: signalOf('boolean', 'enum'),
    is: value,
    for: forTime.optional(),
    clear_for: duration.optional(),
    clear_when: z.strictObject(ending).optional(),
  })
  .meta({ id: 'state' });

const occurrence = z
  .strictObject({
    signal: signalOf('event', 'boolean'),
    cause: z.array(z.enum(breakerFaultCauses)).min(1).optional(),
    stage: z
      .array(z.enum(['warning', 'trip']))
      .min(1)
      .optional(),
    until: z.strictObject({ ...ending, for: duration.optional() }).optional(),
    lapses_after: span.optional(),
  })
  .meta({ id: 'event' });

/** `event: fall` is short for `event: { signal: fall }`. */
export const event = z.preprocess((raw) => (typeof raw === 'string' ? { signal: raw } : raw), occurrence);

const drop = z
  .strictObject({
    signal: signalOf('number'),
    by: z.number().positive().optional(),
    by_percent: z.number().min(1).max(100).optional(),
    within: span,
    holds: span.optional(),
  })
  .meta({ id: 'drop' });

/** Percent alone would make a rise of every drop that follows nothing. */
const rise = drop
  .extend({ by: z.number().positive(), by_percent: z.number().min(1).max(10_000).optional() })
  .meta({ id: 'rise' });

const noData = z
  .strictObject({
    after: span.or(z.literal('device_default')),
    by_rhythm: z.literal(true).optional(),
    signals: z
      .array(signalOf('number', 'boolean', 'enum', 'event', 'location', 'network_scan'))
      .min(1)
      .optional(),
  })
  .meta({ id: 'no_data' });

const childrenSilent = z
  .strictObject({
    at_least: z.int().min(1).max(500),
    percent: z.number().min(1).max(100),
  })
  .meta({ id: 'children_silent' });

/** The kinds of condition. */
export const one = {
  event: event.optional().describe('设备每次上报即报警 · each time that the device reports it'),
  threshold: threshold.optional().describe('数值越限 · a number beyond a limit for a time'),
  state: state.optional().describe('状态 · what the device said holds until it says otherwise'),
  count: count.optional().describe('一段时间内的次数 · so many times within a time'),
  shift: shift.optional().describe('持续偏离平时（CUSUM）· a lasting change against what was usual'),
  geofence: geofence.optional().describe('离家 · farther from home than the radius'),
  absence: absence.optional().describe('到点仍无活动迹象 · no sign of life by a time of the day'),
  expression: expression.optional().describe('CEL 表达式 · a CEL expression'),
  drop: drop.optional().describe('短时间内下降 · it fell within a time'),
  rise: rise.optional().describe('短时间内上升 · it rose within a time'),
  no_data: noData.optional().describe('没有消息 · nothing came for a time'),
  children_silent: childrenSilent
    .optional()
    .describe('网关下的设备同时失联 · devices behind a gateway fell silent'),
};
export const oneConditions = Object.keys(one);
const joined = z.strictObject(one).meta({ id: 'joined' });
const several = z.array(joined).min(2).max(8).optional();

export const condition = z.strictObject({
  ...one,
  any: z
    .array(z.strictObject({ ...one, all: several }))
    .min(2)
    .max(8)
    .optional()
    .describe('任一条件 · any of several'),
  all: z
    .array(z.strictObject({ ...one, any: several }))
    .min(2)
    .max(8)
    .optional()
    .describe('同时满足 · all of several at the same time'),
});

export type ConditionFile = z.output<typeof condition>;
/** What stands alone, and inside `any` and `all`. */
export type OneFile = Omit<ConditionFile, 'any' | 'all'>;
type Kind<K extends keyof OneFile> = NonNullable<OneFile[K]>;
export type ThresholdFile = Kind<'threshold'>;
export type StateFile = Kind<'state'>;
export type EventFile = Kind<'event'>;
export type CountFile = Kind<'count'>;
export type ShiftFile = Kind<'shift'>;
export type GeofenceFile = Kind<'geofence'>;
export type AbsenceFile = Kind<'absence'>;
export type ExpressionFile = Kind<'expression'>;
export type DropFile = Kind<'drop'>;
export type NoDataFile = Kind<'no_data'>;
export type EndingFile = NonNullable<StateFile['clear_when']>;
