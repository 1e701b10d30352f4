import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { errorSchema } from '../schema-parts.ts';

/** Routes take the types of their handlers from their schemas. */
export const typed = (app: FastifyInstance) => app.withTypeProvider<ZodTypeProvider>();
export type TypedApi = ReturnType<typeof typed>;

export const idParams = z.object({ id: z.coerce.number().int().positive() });
const faults = { '4xx': errorSchema, '5xx': errorSchema };

/** A route that answers 200 with this shape. */
export const answers = <S extends z.ZodType>(schema: S) => ({ 200: schema, ...faults });
export const creates = <S extends z.ZodType>(schema: S) => ({ 201: schema, ...faults });
export const answersNothing = { 204: z.null(), ...faults };
