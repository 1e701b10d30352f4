import { z } from 'zod';
import { modelKinds } from '../../protocols/catalogue/model.ts';

/** Shapes of what devices there are and how they are connected. */

const way = z.object({
  kind: z.enum(['mqtt', 'tcp', 'udp', 'http', 'websocket']),
  /** The port that this service listens on; null where another process does, and where it is that of the pages. */
  port: z.number().nullable(),
  /** Path on the web address, or topic. */
  path: z.string().nullable(),
});

export const languageSchema = z.object({
  name: z.string(),
  title: z.object({ zh: z.string(), en: z.string() }),
  ways: z.array(way),
  /** What logs in is a gateway or a network server that speaks for others below a topic prefix. */
  isGateway: z.boolean(),
  /** Devices may be registered without a gateway. */
  isOpen: z.boolean(),
  /** Each device has a topic prefix of its own, and nothing behind it. */
  isAlone: z.boolean(),
  /** Whether devices log in with a secret of ours. */
  logsIn: z.boolean(),
  /** Topic prefix of a gateway; `{id}` stands for its id. */
  prefix: z.string().nullable(),
});
export type Language = z.infer<typeof languageSchema>;

export const catalogueModelSchema = z.object({
  protocol: z.string(),
  vendor: z.string(),
  model: z.string(),
  kind: z.enum(modelKinds),
  signals: z.array(z.string()),
  everySeconds: z.number().nullable(),
  batteryDays: z.number().nullable(),
});
export type CatalogueModelView = z.infer<typeof catalogueModelSchema>;

export const catalogueSchema = z.object({
  languages: z.array(languageSchema),
  models: z.array(catalogueModelSchema),
});
export type Catalogue = z.infer<typeof catalogueSchema>;

export const codeInputSchema = z.object({ text: z.string().min(1).max(1000) });
export const deviceCodeSchema = z.object({
  kind: z.enum(['imei', 'eui64', 'mac', 'other']),
  nativeId: z.string(),
  /** Languages that devices with such a label speak; empty where it tells nothing. */
  protocols: z.array(z.string()),
  /** Why it may have been misread. */
  doubt: z.enum(['check_digit']).nullable(),
});
export type DeviceCodeView = z.infer<typeof deviceCodeSchema>;
