import { z } from 'zod';
import { outcomes, roles } from '../model/incidents.ts';
import { id, latitude, longitude, text } from './schema-parts.ts';
import { localeSchema, subjectInputSchema } from './schemas.ts';

/** What callers send: queries, and bodies that the pages write by hand. */

export const loginSchema = z.object({ login: text(64), password: z.string().min(1).max(256) });

export const mePatchSchema = z.object({ locale: localeSchema, largePrint: z.boolean() }).partial();

export const incidentQuerySchema = z.object({
  open: z.stringbool().optional(),
  mine: z.stringbool().optional(),
  subject: z.coerce.number().int().optional(),
  device: z.string().max(64).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  before: z.coerce.number().int().optional(),
});

export const enRouteSchema = z.object({ etaMinutes: z.number().min(1).max(45).optional() });

export const onSceneSchema = z.object({ latitude: latitude.optional(), longitude: longitude.optional() });

export const handOverSchema = z.object({ to: id });

export const needHelpSchema = z.object({
  what: z.enum(['120', '110', '119', 'people']),
  note: z.string().max(500).optional(),
});

export const commentSchema = z.object({ text: text(2000) });

export const resolveSchema = z.object({ outcome: z.enum(outcomes), note: text(2000) });

/** Only what is given changes; null empties. `homeGridId` is for staff, where the home has no coordinates to find it by. */
export const subjectPatchSchema = subjectInputSchema
  .extend({
    livesAlone: z.boolean(),
    mobility: z.enum(['normal', 'impaired']),
    traits: subjectInputSchema.shape.traits.removeDefault(),
    watchHome: z.boolean(),
    homeGridId: id.nullable(),
  })
  .partial();

export const subjectCreateSchema = subjectInputSchema.extend({ homeGridId: id.nullish() });

export const relativeInputSchema = z.object({
  login: text(64),
  relation: text(32),
  /** May correct what is said of her and see who looked. */
  guardian: z.boolean().default(false),
});

/** A moment between 1970 and 2100, in milliseconds. */
const moment = z.coerce.number().int().min(0).max(4_102_444_800_000);

export const seriesQuerySchema = z.object({ signal: z.string().max(64), from: moment, to: moment });

export const deviceSeriesQuerySchema = seriesQuerySchema.extend({ channel: z.string().max(64).optional() });

export const claimCodeSchema = z.object({ code: z.string().regex(/^\d{6}$/) });

export const shiftInputSchema = z.object({
  gridId: id,
  accountId: id,
  duty: z.enum(['worker', 'deputy']),
  weekday: z.number().int().min(1).max(7),
  fromMinute: z.number().int().min(0).max(1439),
  toMinute: z.number().int().min(1).max(1440),
});

export const accountInputSchema = z.object({
  login: z
    .string()
    .trim()
    .regex(/^[a-z0-9._-]{3,32}$/),
  name: text(64),
  password: z.string().min(10).max(256),
  phone: z.string().max(32).nullish(),
  email: z.email().nullish(),
  roles: z.array(z.enum(roles)).min(1),
  webhookUrl: z.url({ protocol: /^https?$/ }).nullish(),
});

/** Only what is given changes. A new password, or `active: false`, ends the sessions of the account. */
export const accountPatchSchema = accountInputSchema
  .pick({ name: true, password: true, phone: true, email: true, roles: true })
  .extend({ active: z.boolean() })
  .partial();

export const assetQuerySchema = z.object({ site: z.coerce.number().int().positive().optional() });

export const notificationQuerySchema = z.object({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  before: z.coerce.number().int().optional(),
});

export const receiptSchema = z.object({ state: z.enum(['delivered', 'rung', 'read']) });

export const uplinkQuerySchema = z.object({
  device: z.string().max(64).optional(),
  outcome: z.string().max(32).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  before: z.coerce.number().int().optional(),
});

export const auditQuerySchema = z.object({
  subject: z.coerce.number().int().optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  before: z.coerce.number().int().optional(),
});
