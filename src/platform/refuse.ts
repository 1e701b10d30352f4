import { z } from 'zod';
import type { Bilingual } from './problem.ts';

/** Adds a fault in both languages while a configuration file is checked; `path` is relative to what is being checked. */
export function refuse(
  context: z.RefinementCtx,
  message: Bilingual,
  path?: (string | number)[],
): typeof z.NEVER {
  const issue = { code: 'custom' as const, message: message.en, params: { message } };
  context.addIssue(path ? { ...issue, path } : issue);
  return z.NEVER;
}
