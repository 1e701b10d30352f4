import { z } from 'zod';
import { faultClasses } from '../model/tickets.ts';
import { condition } from './condition-schema.ts';
import {
  consequence,
  duration,
  severity,
  signalOf,
  snakeName,
  span,
  timeOfDay,
  timeZone,
} from './rule-values.ts';

const names = z.array(z.string().min(1)).min(1).optional();

const selection = z
  .strictObject({
    protocols: names,
    devices: names.describe('设备号 · ids of devices'),
    subjects: z.array(z.int()).min(1).optional(),
    traits: names.describe('佩戴者的标签 · what is known of the wearer: copd, athlete'),
    models: names.describe('型号 · models as they were registered'),
    with_subject: z.boolean().optional(),
    behind_gateway: z.boolean().optional(),
    gateway: z.boolean().optional(),
  })
  .meta({ id: 'selection' });

const scheduleDays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun', 'workday', 'holiday'] as const;

const schedule = z.strictObject({
  time_zone: timeZone.optional(),
  windows: z
    .array(
      z.strictObject({
        days: z.array(z.enum(scheduleDays)).min(1).optional(),
        from: timeOfDay,
        to: timeOfDay.describe('早于 from 则跨零点 · before `from`: it passes midnight'),
      }),
    )
    .min(1)
    .max(16),
});

const said = z.strictObject({
  signal: signalOf('boolean', 'enum'),
  is: z.union([z.boolean(), z.string()]),
  max_age: span.optional(),
});

const override = z.strictObject({ only: selection, condition });

/** A rule file. Relations between its values (deadband, hard beyond soft) are `rule-checks.ts`. */
export const ruleFile = z.strictObject({
  name: snakeName.describe('与文件名相同 · equals the name of the file'),
  title: z.strictObject({ zh: z.string().min(1).max(60), en: z.string().min(1).max(60) }),
  kind: snakeName.optional().describe('同类报警并入一个警情 · what joins alerts into one incident'),
  severity,
  consequence: consequence.describe('notice 通知一次；incident 逐级呼叫；ticket 工单 · what follows'),
  fault_class: z.enum(faultClasses).optional().describe('工单的故障类别 · of a ticket: what is broken'),
  action: z.literal('switch_breaker_off').optional(),
  per: z
    .literal('asset')
    .optional()
    .describe('同一设施的设备一起判断 · one state for all devices of an asset'),
  inhibited_by_gateway: z.literal(true).optional(),
  only: selection.optional(),
  except: selection.optional(),
  shadow: z.literal(true).optional().describe('试运行：只记录 · it only records'),
  schedule: schedule.optional().describe('只在这些时段报警 · nothing fires outside these times'),
  ignore_while: z
    .array(said)
    .min(1)
    .max(8)
    .optional()
    .describe('此时的读数不计 · samples do not count meanwhile'),
  inhibited_by: z
    .array(z.string())
    .min(1)
    .max(16)
    .optional()
    .describe('这些规则报警时不报警 · not while one of these fires'),
  raise_again_after: span.optional().describe('仍未解除时每隔多久再报 · raised again while it lasts'),
  keep_firing: span.optional().describe('解除后再保持多久 · it goes on for so long after its end'),
  flap: z
    .strictObject({ times: z.int().min(2).max(100), within: span, quiet: duration })
    .optional()
    .describe('反复报警时合并 · raised so often, it ends only after it has been quiet'),
  overrides: z
    .array(override)
    .min(1)
    .max(16)
    .optional()
    .describe('对部分佩戴者或设备另定条件 · another condition for some'),
  condition,
});
export type RuleFile = z.output<typeof ruleFile>;
export type SelectionFile = z.output<typeof selection>;
export type ScheduleFile = z.output<typeof schedule>;
