import { z } from 'zod';
import { id, time } from './schema-parts.ts';
import { ruleViewSchema } from './schemas.ts';

/** Shapes of rules, their versions and their trials. */

export const ruleNameSchema = z.object({ name: z.string().regex(/^[a-z][a-z0-9_]{0,62}$/) });
export const ruleVersionParams = ruleNameSchema.extend({ id: z.coerce.number().int().positive() });
export const diffQuerySchema = z.object({
  from: z.coerce.number().int().positive(),
  to: z.coerce.number().int().positive(),
});

/**
 * `running`, `shadow` (its text says that it only records), `trial` (nothing of it is in force, a version is on trial), `removed` (shown
 * as it last was).
 */
export const ruleStates = ['running', 'shadow', 'trial', 'removed'] as const;

export const ruleRowSchema = ruleViewSchema.extend({
  state: z.enum(ruleStates),
  version: z.string(),
  /** Of the version in force; null where there never was one. */
  revision: z.number().nullable(),
  /** `file`: it follows its file in the folder of rules. */
  origin: z.enum(['file', 'page']),
  changedAt: time.nullable(),
  onTrial: z.boolean(),
});
export type RuleRow = z.infer<typeof ruleRowSchema>;

const draft = { body: z.string().max(65_536), tests: z.string().max(65_536) };
const author = z.string().nullable();

export const ruleVersionSchema = z.object({
  id,
  /** Of the lane of versions on trial. */
  shadow: z.boolean(),
  revision: z.number(),
  /** Null: from here on it was not there. */
  version: z.string().nullable(),
  origin: z.enum(['file', 'page']),
  action: z.string(),
  /** Null where the folder changed. */
  author,
  note: z.string().nullable(),
  at: time,
  inForce: z.boolean(),
});
export type RuleVersionView = z.infer<typeof ruleVersionSchema>;

export const ruleTextSchema = ruleVersionSchema.extend({
  body: z.string().nullable(),
  tests: z.string().nullable(),
});

export const ruleDetailSchema = ruleRowSchema.extend({
  ...draft,
  /** What a change must say that it is based on. */
  basedOn: z.number().nullable(),
  author,
  note: z.string().nullable(),
  /** The file in the folder, where it says something else. */
  file: z.object({ version: z.string(), ...draft }).nullable(),
  trial: ruleTextSchema.nullable(),
  /** What a start or an end of a trial must say that it is based on. */
  trialBasedOn: z.number().nullable(),
});
export type RuleDetail = z.infer<typeof ruleDetailSchema>;

const problem = z.object({
  /** `sos.yaml` or `tests/sos.yaml`. */
  file: z.string(),
  line: z.number(),
  column: z.number(),
  code: z.string(),
  message: z.string(),
});
export type RuleProblem = z.infer<typeof problem>;

export const ruleProblemsSchema = z.object({
  generation: z.number(),
  problems: z.array(problem),
  /** Processes that run another set than this one. */
  behind: z.array(z.object({ id: z.string(), roles: z.array(z.string()), generation: z.number() })),
});
export type RuleProblems = z.infer<typeof ruleProblemsSchema>;

const caseResult = z.object({
  name: z.string(),
  passed: z.boolean(),
  expected: z.array(z.string()),
  happened: z.array(z.string()),
});

export const ruleCheckSchema = z.object({
  problems: z.array(problem),
  /** What the rule says, in words; empty while it cannot be read. */
  words: z.array(z.string()),
  results: z.array(caseResult),
  /** What no case tries. */
  gaps: z.array(z.string()),
});
export type RuleCheck = z.infer<typeof ruleCheckSchema>;

const line = z.object({
  kind: z.enum(['same', 'added', 'removed']),
  text: z.string(),
  /** Counted from 1; null on the side where it is not. */
  from: z.number().nullable(),
  to: z.number().nullable(),
});
export const ruleDiffSchema = z.object({ body: z.array(line), tests: z.array(line) });
export type RuleDiff = z.infer<typeof ruleDiffSchema>;

const note = z.string().trim().max(500).optional();
const basedOn = z.number().int().positive().nullable();

export const checkInputSchema = z.object(draft);
export const saveInputSchema = z.object({ ...draft, basedOn, note });
export const rollBackInputSchema = z.object({ versionId: id, basedOn, note });
export const removeInputSchema = z.object({ basedOn, note });
export type RuleDraftInput = z.infer<typeof saveInputSchema>;

const sighting = z.object({
  in: z.enum(['both', 'live', 'shadow']),
  at: time,
  /** When each of the two was raised; null where it was not. */
  liveAt: time.nullable(),
  shadowAt: time.nullable(),
  severity: z.enum(['critical', 'warning', 'info']),
  deviceId: id.nullable(),
  device: z.string(),
  asset: z.string().nullable(),
});

export const shadowReportSchema = z.object({
  since: time,
  counts: z.object({ both: z.number(), live: z.number(), shadow: z.number() }),
  /** The newest; those of whom the caller may know. */
  alerts: z.array(sighting),
});
export type ShadowReport = z.infer<typeof shadowReportSchema>;
