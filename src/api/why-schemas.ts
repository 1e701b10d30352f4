import { z } from 'zod';
import { id, time } from './schema-parts.ts';

/** Shapes of what is told of an alert: which rule raised it, and why. */

export const alertViewSchema = z.object({
  id,
  rule: z.string(),
  title: z.string(),
  severity: z.enum(['critical', 'warning', 'info']),
  firedAt: time,
  resolvedAt: time.nullable(),
  /** It was taken back: readings that came late showed that it was none. */
  withdrawnAt: time.nullable(),
});
export type AlertView = z.infer<typeof alertViewSchema>;

export const whySchema = z.object({
  /** The rule and the moment. */
  head: z.string(),
  /** `then`: by the version that raised it; `now`: by the one in force, because that of then is not kept or none is asked for. */
  by: z.enum(['then', 'now']),
  notes: z.array(z.string()),
  points: z.array(
    z.object({
      verdict: z.enum(['fires', 'held_back', 'pending', 'idle']),
      line: z.string(),
      conditions: z.array(z.string()),
      gates: z.array(z.string()),
    }),
  ),
  told: z.array(z.string()),
  /** The samples that decided, as the alert keeps them. */
  inputs: z.array(z.object({ at: time, signal: z.string(), value: z.unknown() })),
});
export type WhyView = z.infer<typeof whySchema>;

export const whyQuerySchema = z.object({
  device: z.coerce.number().int().positive(),
  /** Milliseconds since 1970. */
  at: z.coerce.number().int().positive(),
});
