import { z } from 'zod';
import { measurements } from '../model/uplinks.ts';
import { id, personSchema, text, time } from './schema-parts.ts';

/** Shapes of commands to devices. Times are milliseconds since 1970. */

/** As a keypad has it. */
const phoneNumber = z.string().regex(/^\+?\d{3,20}$/);
export const downlinkInputSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('locate_now') }),
  z.object({ kind: z.literal('ring') }),
  z.object({ kind: z.literal('message'), text: text(60) }),
  z.object({ kind: z.literal('measure'), what: z.enum(measurements) }),
  /** In the order in which the device is to call them. */
  z.object({ kind: z.literal('set_sos_numbers'), numbers: z.array(phoneNumber).min(1).max(5) }),
  /** Between two positions or measurements. */
  z.object({ kind: z.literal('set_interval'), seconds: z.int().min(30).max(86_400) }),
  z.object({
    kind: z.literal('fall_detection'),
    on: z.boolean(),
    /** 1 low, 3 high. */
    sensitivity: z.union([z.literal(1), z.literal(2), z.literal(3)]).exactOptional(),
  }),
  z.object({ kind: z.literal('power_off') }),
  z.object({ kind: z.literal('restart') }),
  z.object({
    kind: z.literal('switch'),
    on: z.boolean(),
    channel: z.string().max(32).exactOptional(),
    /** Why; kept in the access log. */
    reason: text(200),
  }),
]);
export type DownlinkInput = z.infer<typeof downlinkInputSchema>;
export const downlinkSchema = z.object({
  id,
  kind: z.string(),
  /** Of a switch: where to, and at which point of the device. */
  on: z.boolean().nullable(),
  channel: z.string().nullable(),
  text: z.string().nullable(),
  /** Of a measurement: which. */
  what: z.enum(measurements).nullable(),
  state: z.enum(['queued', 'sent', 'acknowledged', 'failed', 'expired']),
  /** The state of the device that proves it was carried out; null where its answer does, or nothing. */
  confirm: z.object({ signal: z.string(), channel: z.string(), value: z.unknown() }).nullable(),
  reason: z.string().nullable(),
  requestedBy: personSchema.nullable(),
  createdAt: time,
  expiresAt: time,
  sentAt: time.nullable(),
  doneAt: time.nullable(),
});
export type DownlinkView = z.infer<typeof downlinkSchema>;
