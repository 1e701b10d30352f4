import { z } from 'zod';
import { outageScopes } from '../model/outages.ts';
import { id, time } from './schema-parts.ts';

/** Who fell silent together, as it stands now. */
export const outageSchema = z.object({
  scope: z.enum(outageScopes),
  beganAt: time,
  /** When nearly all were back; those that were not have a ticket or notice of their own since. */
  endedAt: time.nullable(),
  /** The incident of the wider outage that it became part of. */
  into: id.nullable(),
  silent: z.number(),
  back: z.number(),
  /** How many of them the reader may not know of; counted above. */
  hidden: z.number(),
  /** Those that are silent first, the longest silent first. */
  devices: z.array(
    z.object({
      id,
      protocol: z.string(),
      nativeId: z.string(),
      name: z.string().nullable(),
      model: z.string().nullable(),
      subject: z.object({ id, name: z.string() }).nullable(),
      /** Names from the estate down. */
      path: z.array(z.string()),
      gateway: z.string().nullable(),
      silentSince: time,
      backAt: time.nullable(),
    }),
  ),
});
export type OutageView = z.infer<typeof outageSchema>;
