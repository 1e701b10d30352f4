import { z } from 'zod';

/** What the shapes of the API are made of. */

export const id = z.number().int().positive();
/** Milliseconds since 1970. */
export const time = z.number();
export const latitude = z.number().min(-90).max(90);
export const longitude = z.number().min(-180).max(180);
export const text = (max: number) => z.string().trim().min(1).max(max);

export const personSchema = z.object({ id, name: z.string(), phone: z.string().nullable() });

/** Every fault of a request. */
export const errorSchema = z.object({
  error: z.object({
    code: z.string(),
    message: z.string(),
    details: z.record(z.string(), z.unknown()).optional(),
  }),
});
