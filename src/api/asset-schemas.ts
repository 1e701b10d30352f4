import { z } from 'zod';
import { assetKinds, companyDuties, remoteSwitching } from '../model/assets.ts';
import { gridLevels } from '../model/incidents.ts';
import { id, latitude, longitude, text, time } from './schema-parts.ts';

/** Shapes of assets, companies and imports as they cross the API. Times are milliseconds since 1970. */

const named = z.object({ id, name: z.string() });
const person = z.object({ id, name: z.string(), phone: z.string().nullable() });
const code = z
  .string()
  .trim()
  .regex(/^[\p{L}\p{N}._/-]{1,64}$/u);

export const assetSchema = z.object({
  id,
  parentId: id.nullable(),
  kind: z.enum(assetKinds),
  code: z.string(),
  name: z.string(),
  /** Its own, else that of the nearest ancestor that has one. */
  grid: named.nullable(),
  company: named.nullable(),
  /** Only its own. */
  ownGridId: id.nullable(),
  ownCompanyId: id.nullable(),
  address: z.string().nullable(),
  location: z.object({ latitude, longitude }).nullable(),
  remoteSwitch: z.enum(remoteSwitching),
  /** Of itself and everything below. */
  devices: z.number(),
  silentDevices: z.number(),
  openTickets: z.number(),
  worstSeverity: z.enum(['critical', 'warning', 'info']).nullable(),
});
export type AssetView = z.infer<typeof assetSchema>;

export const assetInputSchema = z.object({
  parentId: id.nullish(),
  kind: z.enum(assetKinds),
  code,
  name: text(100),
  gridId: id.nullish(),
  companyId: id.nullish(),
  address: z.string().max(200).nullish(),
  latitude: latitude.nullish(),
  longitude: longitude.nullish(),
  remoteSwitch: z.enum(remoteSwitching).optional(),
});
export type AssetInput = z.input<typeof assetInputSchema>;
export const assetPatchSchema = assetInputSchema.partial();

export const companyShiftSchema = z.object({
  id,
  account: person,
  weekday: z.number().int().min(1).max(7),
  fromMinute: z.number().int(),
  toMinute: z.number().int(),
});
export const companySchema = z.object({
  id,
  code: z.string(),
  name: z.string(),
  phone: z.string().nullable(),
  /** Assets that name it themselves. */
  assets: z.number(),
  openTickets: z.number(),
  breachesLast30Days: z.number(),
  members: z.array(person.extend({ duty: z.enum(companyDuties), onDuty: z.boolean() })),
  shifts: z.array(companyShiftSchema),
});
export type CompanyView = z.infer<typeof companySchema>;
export const companyInputSchema = z.object({ code, name: text(100), phone: z.string().max(32).nullish() });
export type CompanyInput = z.input<typeof companyInputSchema>;
export const companyMemberInputSchema = z.object({ accountId: id, duty: z.enum(companyDuties) });
export const companyShiftInputSchema = z
  .object({
    accountId: id,
    weekday: z.number().int().min(1).max(7),
    fromMinute: z.number().int().min(0).max(1439),
    toMinute: z.number().int().min(1).max(1440),
  })
  .refine((shift) => shift.fromMinute < shift.toMinute);

/** `POST /api/assets/import`, `POST /api/devices/import`, `POST /api/grids/import`: what is good is taken, each fault named with its line. */
export const importInputSchema = z.object({
  format: z.enum(['csv', 'geojson']),
  text: z.string().min(1).max(5_000_000),
  /** Only look: nothing is written. */
  dryRun: z.boolean().default(false),
});
export type ImportInput = z.input<typeof importInputSchema>;
export const importResultSchema = z.object({
  created: z.number(),
  updated: z.number(),
  unchanged: z.number(),
  faults: z.array(
    z.object({
      /** Of the CSV file, the header being 1; of GeoJSON the number of the feature, from 1. */
      line: z.number(),
      field: z.string().nullable(),
      /** In the caller's language. */
      message: z.string(),
    }),
  ),
  /** Secrets of devices that were registered, shown once. */
  secrets: z.array(z.object({ protocol: z.string(), nativeId: z.string(), secret: z.string() })).optional(),
});
export type ImportResult = z.infer<typeof importResultSchema>;

export const gridInputSchema = z.object({
  parentId: id.nullable(),
  level: z.enum(gridLevels),
  code,
  name: text(100),
  polygon: z.object({
    type: z.enum(['Polygon', 'MultiPolygon']),
    coordinates: z.array(z.unknown()),
  }),
});
export type GridInput = z.input<typeof gridInputSchema>;
export const gridPatchSchema = gridInputSchema.omit({ parentId: true, level: true }).partial();
export const deskInputSchema = z.object({ accountIds: z.array(id).max(50) });

/** `GET /api/health`: what an administrator wants to know of the service. */
export const healthSchema = z.object({
  startedAt: time,
  version: z.string(),
  parts: z.array(
    z.object({
      name: z.string(),
      state: z.enum(['ok', 'off', 'failing']),
      detail: z.string().nullable(),
      /** What is wrong with files that it reads, each with its place, in the reader's language. */
      problems: z.array(z.object({ file: z.string(), line: z.number(), message: z.string() })).optional(),
      /** Of rules: readings since the start that came too late for them. */
      tooLate: z.number().optional(),
    }),
  ),
  processes: z.array(z.object({ id: z.string(), roles: z.array(z.string()), seenAt: time })),
  /** Rows of the log that a consumer has not read yet. */
  backlog: z.array(z.object({ consumer: z.string(), rows: z.number() })),
  uplinksLastHour: z.array(z.object({ outcome: z.string(), count: z.number() })),
  gateways: z.array(
    z.object({
      id,
      name: z.string(),
      online: z.boolean().nullable(),
      since: time.nullable(),
      children: z.number(),
    }),
  ),
});
export type HealthView = z.infer<typeof healthSchema>;
