import { z } from 'zod';
import { id, text, time } from './schema-parts.ts';
import { deviceSchema } from './schemas.ts';

/** Shapes of registering devices. Times are milliseconds since 1970. */

/** The secret is shown this once. */
export const deviceCreatedSchema = deviceSchema.extend({ secret: z.string().nullable() });
export type CreatedDevice = z.infer<typeof deviceCreatedSchema>;

export const unknownDeviceSchema = z.object({
  protocol: z.string(),
  nativeId: z.string(),
  source: z.string(),
  firstSeenAt: time,
  lastSeenAt: time,
  uplinks: z.number(),
  /** Through which it spoke, and what that says it is. */
  gatewayNativeId: z.string().nullable(),
  description: z.string().nullable(),
});
export type UnknownDevice = z.infer<typeof unknownDeviceSchema>;

/** No wildcard and no empty level: a gateway may speak below it and nowhere else. */
const topicPrefix = z
  .string()
  .trim()
  .regex(/^\/?[^+#/\s]+(\/[^+#/\s]+)*$/)
  .max(128);

export const deviceInputSchema = z.object({
  protocol: z.string().max(32),
  nativeId: z.string().trim().min(1).max(128),
  name: z.string().max(64).nullish(),
  model: z.string().max(64).nullish(),
  vendor: z.string().max(64).nullish(),
  subjectId: id.nullish(),
  gridId: id.nullish(),
  assetId: id.nullish(),
  gatewayId: id.nullish(),
  /** Of a gateway; without it that of its protocol. */
  topicPrefix: topicPrefix.optional(),
});
export type DeviceInput = z.input<typeof deviceInputSchema>;

export const devicePatchSchema = z
  .object({
    name: z.string().max(64).nullable(),
    model: z.string().max(64).nullable(),
    vendor: z.string().max(64).nullable(),
    subjectId: id.nullable(),
    gridId: id.nullable(),
    assetId: id.nullable(),
    gatewayId: id.nullable(),
    topicPrefix: topicPrefix,
    active: z.boolean(),
  })
  .partial();
export type DevicePatch = z.input<typeof devicePatchSchema>;

/** Registers a gateway, where it is not yet, with everything in the waiting room that spoke through it. */
export const adoptInputSchema = z.object({
  protocol: z.string().max(32),
  gatewayNativeId: text(128),
  name: z.string().max(64).optional(),
  assetId: id.optional(),
  gridId: id.optional(),
  topicPrefix: topicPrefix.optional(),
});
export type AdoptInput = z.input<typeof adoptInputSchema>;
export const adoptedSchema = z.object({
  gateway: deviceSchema,
  /** Null where the gateway was registered already. */
  secret: z.string().nullable(),
  adopted: z.number(),
});
export type Adopted = z.infer<typeof adoptedSchema>;
