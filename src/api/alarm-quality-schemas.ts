import { z } from 'zod';
import { findings } from '../model/findings.ts';
import { roles } from '../model/incidents.ts';
import { id, text, time } from './schema-parts.ts';

/** Shapes of the report on the quality of alarms. Times are milliseconds since 1970, shares 0 to 1, null where nothing is known. */

const count = z.number();
const share = z.number();
const severity = z.enum(['critical', 'warning', 'info']);

const figures = {
  alarms: count,
  /** From 22:00 to 06:00. */
  atNight: count,
  average10Min: z.number(),
  most10Min: count,
  floods: count,
  floodShare: share,
  severities: z.object({ critical: count, warning: count, info: count }),
  chatteringPoints: count,
  fleeting: count,
  stale: count,
  /** Told to nobody: another alert stood that the rule gives way to, or it was part of an outage. */
  held: count,
  withdrawn: count,
  /** What people found, and of how many nobody has said anything. */
  findings: z.record(z.enum(findings), count),
  unjudged: count,
  /** Real ones of those that people looked into. */
  actionableShare: share.nullable(),
  acknowledgeMsP50: z.number().nullable(),
  acknowledgeMsP95: z.number().nullable(),
};
export const alarmFiguresSchema = z.object(figures);
export type AlarmFigures = z.infer<typeof alarmFiguresSchema>;

const pointSchema = z.object({
  rule: z.string(),
  kind: z.string(),
  protocol: z.string(),
  nativeId: z.string(),
  channel: z.string(),
  deviceId: id.nullable(),
  /** Of the device, where it is known. */
  name: z.string().nullable(),
  alarms: count,
  share,
  chatterEpisodes: count,
  chatterAlarms: count,
});
export type AlarmPoint = z.infer<typeof pointSchema>;

const floodSchema = z.object({
  accountId: id,
  name: z.string(),
  from: time,
  to: time,
  alarms: count,
  /** In its worst ten minutes. */
  most: count,
});

const standingSchema = z.object({
  id,
  rule: z.string(),
  kind: z.string(),
  severity,
  name: z.string().nullable(),
  nativeId: z.string(),
  firedAt: time,
  resolvedAt: time.nullable(),
});

const answered = z.object({ count, p50: z.number().nullable(), p95: z.number().nullable() });

const confusion = z.object({
  truePositives: count,
  falsePositives: count,
  trueNegatives: count,
  falseNegatives: count,
});

export const alarmQualitySchema = z.object({
  from: time,
  to: time,
  now: time,
  timeZone: z.string(),
  figures: alarmFiguresSchema,
  /** Alarms to people: each is counted for each person whose phone it rang. */
  received: z.object({
    people: count,
    alarms: count,
    /** Of a person. */
    average10Min: z.number(),
    most10Min: count,
    floodShare: share,
    /** Hours in which a person had more than 30. */
    busyHours: count,
    /** Windows of ten minutes of a person, by the least number of alarms in them. */
    windows: z.array(z.object({ atLeast: count, count })),
    floods: z.array(floodSchema),
  }),
  topTenShare: share.nullable(),
  topTen: z.array(pointSchema),
  chattering: z.array(pointSchema),
  stale: z.object({ alarms: z.array(standingSchema), mostOnADay: count }),
  acknowledge: z.object({ incidents: answered, tickets: answered }),
  days: z.array(z.object({ day: z.string(), byDay: count, byNight: count, people: count })),
  workers: z.array(
    z.object({
      ...figures,
      key: id,
      name: z.string(),
      roles: z.array(z.enum(roles)),
      /** In the last 120 min: found to need nobody, and not looked into yet. */
      notActionableNow: count,
      unjudgedNow: count,
      /** Found to need nobody, in the worst 120 min. */
      notActionableMost: count,
    }),
  ),
  grids: z.array(z.object({ ...figures, key: id.nullable(), name: z.string().nullable() })),
  models: z.array(z.object({ ...figures, key: z.string().nullable() })),
  rules: z.array(
    z.object({ ...figures, key: z.string(), title: z.object({ zh: z.string(), en: z.string() }).nullable() }),
  ),
  /** Versions on trial against what people found of the alarms of the version in force; scores 0 to 100 (PhysioNet/CinC 2015). */
  trials: z.array(
    z.object({
      rule: z.string(),
      real: count,
      other: count,
      trial: confusion,
      trialScore: z.number().nullable(),
      liveScore: z.number().nullable(),
      onlyTrial: count,
    }),
  ),
});
export type AlarmQuality = z.infer<typeof alarmQualitySchema>;

const moment = z.coerce.number().int().min(0).max(4_102_444_800_000);
export const alarmQualityQuerySchema = z.object({
  /** The last seven days where nothing is said. */
  from: moment.optional(),
  to: moment.optional(),
  grid: z.coerce.number().int().positive().optional(),
  worker: z.coerce.number().int().positive().optional(),
  model: text(128).optional(),
  rule: text(128).optional(),
});
export const alarmTables = ['workers', 'grids', 'models', 'rules', 'points', 'floods'] as const;
export type AlarmTable = (typeof alarmTables)[number];
export const alarmTableQuerySchema = alarmQualityQuerySchema.extend({
  table: z.enum(alarmTables).default('workers'),
});

export const findingInputSchema = z.object({ finding: z.enum(findings) });
/** An alert that is over and of which nobody has said what it was. */
export const unjudgedAlertSchema = z.object({
  id,
  rule: z.string(),
  kind: z.string(),
  severity,
  deviceName: z.string().nullable(),
  nativeId: z.string(),
  firedAt: time,
  resolvedAt: time.nullable(),
  ticketId: id.nullable(),
});
export type UnjudgedAlert = z.infer<typeof unjudgedAlertSchema>;
