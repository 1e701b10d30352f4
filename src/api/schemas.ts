import { z } from 'zod';
import { companyDuties } from '../model/assets.ts';
import {
  escalationTargets,
  gridLevels,
  incidentStatuses,
  outcomes,
  roles,
  timelineKinds,
} from '../model/incidents.ts';
import { outageScopes } from '../model/outages.ts';
import { faultClasses } from '../model/tickets.ts';
import { commandKinds, measurements } from '../model/uplinks.ts';
import { downlinkSchema } from './downlink-schemas.ts';
import { id, latitude, longitude, personSchema, text, time } from './schema-parts.ts';

/** Every shape that crosses the API; the pages take their types from here. Times are milliseconds since 1970. */

export const localeSchema = z.enum(['zh-CN', 'en']);
export type Locale = z.infer<typeof localeSchema>;

export const meSchema = z.object({
  id,
  login: z.string(),
  name: z.string(),
  roles: z.array(z.enum(roles)),
  locale: localeSchema,
  largePrint: z.boolean(),
  phone: z.string().nullable(),
  /** Grids in which this account is a worker, deputy or desk member. */
  grids: z.array(
    z.object({ id, name: z.string(), duty: z.enum(['worker', 'deputy', 'desk']), onDuty: z.boolean() }),
  ),
  /** Property companies that this account works for. */
  companies: z.array(z.object({ id, name: z.string(), duty: z.enum(companyDuties), onDuty: z.boolean() })),
});
export type Me = z.infer<typeof meSchema>;
export type Person = z.infer<typeof personSchema>;

export const incidentLocationSchema = z.object({
  latitude,
  longitude,
  accuracyM: z.number().optional(),
  source: z.enum(['gps', 'wifi', 'cell', 'beacon', 'vendor', 'home', 'asset']),
  observedAt: time.optional(),
  fresh: z.boolean(),
});

export const incidentSummarySchema = z.object({
  id,
  kind: z.string(),
  severity: z.enum(['critical', 'warning', 'info']),
  status: z.enum(incidentStatuses),
  /** Null for a device that nobody wears, and for an SOS of one that nobody registered. */
  subject: z.object({ id, name: z.string(), birthYear: z.number().nullable() }).nullable(),
  /** What the device watches, where nobody wears it; `path` is its names from the estate down, joined by ` / `. */
  asset: z.object({ id, name: z.string(), path: z.string() }).nullable(),
  device: z.object({ id: id.nullable(), protocol: z.string(), nativeId: z.string() }),
  grid: z.object({ id, name: z.string() }).nullable(),
  responsibleBy: z.enum(['fix', 'home', 'registration', 'none']),
  location: incidentLocationSchema.nullable(),
  address: z.string().nullable(),
  presses: z.number(),
  late: z.boolean(),
  /** By the device's time, where we heard of it late; null where that says no more. */
  happenedAt: time.nullable(),
  raisedAt: time,
  lastPressAt: time,
  owner: personSchema.nullable(),
  /** Who was asked to take it over and has not yet. */
  handOverTo: personSchema.nullable(),
  /** Whether the reader is asked to act: notified and nobody has it yet. */
  ringsForMe: z.boolean(),
  etaAt: time.nullable(),
  acknowledgedAt: time.nullable(),
  resolvedAt: time.nullable(),
  nextStepAt: time.nullable(),
  outcome: z.enum(outcomes).nullable(),
  /** Where many devices fell silent together: what they have in common; `key` names an asset, a grid, an operator or a protocol. */
  outage: z.object({ scope: z.enum(outageScopes), key: z.string(), label: z.string() }).nullable(),
});
export type IncidentSummary = z.infer<typeof incidentSummarySchema>;

export const navigationLinkSchema = z.object({
  app: z.enum(['amap', 'baidu', 'tencent', 'apple', 'geo']),
  url: z.string(),
});

export const notificationSchema = z.object({
  id,
  account: personSchema.nullable(),
  channel: z.string(),
  template: z.string(),
  step: z.number().nullable(),
  why: z.string(),
  state: z.enum(['queued', 'accepted', 'delivered', 'rung', 'answered', 'read', 'acknowledged', 'failed']),
  reason: z.string().nullable(),
  attempts: z.number(),
  createdAt: time,
  sentAt: time.nullable(),
  updatedAt: time,
});
export type NotificationView = z.infer<typeof notificationSchema>;

export const timelineEntrySchema = z.object({
  id,
  at: time,
  kind: z.enum(timelineKinds),
  actor: personSchema.nullable(),
  detail: z.record(z.string(), z.unknown()),
});
export type TimelineEntryView = z.infer<typeof timelineEntrySchema>;

export const incidentSchema = incidentSummarySchema.extend({
  subjectDetail: z
    .object({
      kind: z.enum(['elder', 'child']),
      sex: z.enum(['female', 'male']).nullable(),
      phone: z.string().nullable(),
      homeAddress: z.string().nullable(),
      livesAlone: z.boolean(),
      mobility: z.enum(['normal', 'impaired']),
      careNotes: z.string().nullable(),
      traits: z.array(z.string()),
      family: z.array(personSchema.extend({ relation: z.string() })),
    })
    .nullable(),
  battery: z.number().nullable(),
  navigation: z.array(navigationLinkSchema),
  note: z.string().nullable(),
  leaseUntil: time.nullable(),
  notifiedAt: time.nullable(),
  enRouteAt: time.nullable(),
  onSceneAt: time.nullable(),
  closedAt: time.nullable(),
  evidence: z.record(z.string(), z.unknown()),
  policy: z.object({
    name: z.string(),
    steps: z.array(z.object({ afterMs: z.number(), notify: z.array(z.enum(escalationTargets)) })),
    repeatEveryMs: z.number(),
  }),
  timeline: z.array(timelineEntrySchema),
  notifications: z.array(notificationSchema),
  /** What the device was asked meanwhile, by the service or by people: where it is, to measure, to ring. */
  commands: z.array(downlinkSchema),
  /** What the reader may do now: names of the action routes. */
  actions: z.array(z.string()),
});
export type IncidentDetail = z.infer<typeof incidentSchema>;

export const latestReadingSchema = z.object({
  signal: z.string(),
  channel: z.string(),
  value: z.unknown(),
  unit: z.string().nullable(),
  observedAt: time,
  receivedAt: time,
  origin: z.string(),
});
export type LatestReading = z.infer<typeof latestReadingSchema>;

/** How she is, from what is known: `ok` needs a live sign within the device's expected silence. */
export const wellBeingSchema = z.enum(['ok', 'attention', 'emergency', 'unknown']);

export const subjectSchema = z.object({
  id,
  kind: z.enum(['elder', 'child']),
  name: z.string(),
  sex: z.enum(['female', 'male']).nullable(),
  birthYear: z.number().nullable(),
  phone: z.string().nullable(),
  homeAddress: z.string().nullable(),
  homeLatitude: latitude.nullable(),
  homeLongitude: longitude.nullable(),
  grid: z.object({ id, name: z.string() }).nullable(),
  livesAlone: z.boolean(),
  mobility: z.enum(['normal', 'impaired']),
  careNotes: z.string().nullable(),
  /** What is known of her and matters to rules. */
  traits: z.array(z.string()),
  /** Whether leaving home is told, and from how far away in metres; null: as the rule says. */
  watchHome: z.boolean(),
  homeRadiusM: z.number().nullable(),
  wellBeing: wellBeingSchema,
  /** Newest live sign of the wearer's devices. */
  lastSeenAt: time.nullable(),
  device: z
    .object({ id, protocol: z.string(), nativeId: z.string(), battery: z.number().nullable() })
    .nullable(),
  openIncidentId: id.nullable(),
  alerts: z.array(z.object({ id, kind: z.string(), severity: z.string(), firedAt: time })),
  family: z.array(personSchema.extend({ relation: z.string() })),
  /** Vitals and position: present only for who may read them now; each such read is in the audit. */
  latest: z.array(latestReadingSchema).optional(),
});
export type SubjectView = z.infer<typeof subjectSchema>;
export const subjectInputSchema = z.object({
  kind: z.enum(['elder', 'child']),
  name: text(64),
  sex: z.enum(['female', 'male']).nullish(),
  birthYear: z.number().int().min(1900).max(2100).nullish(),
  phone: z.string().max(32).nullish(),
  homeAddress: z.string().max(200).nullish(),
  homeLatitude: latitude.nullish(),
  homeLongitude: longitude.nullish(),
  livesAlone: z.boolean().default(false),
  mobility: z.enum(['normal', 'impaired']).default('normal'),
  careNotes: z.string().max(2000).nullish(),
  traits: z.array(text(32)).max(20).default([]),
  watchHome: z.boolean().default(false),
  homeRadiusM: z.number().int().min(30).max(20_000).nullish(),
});
export type SubjectInput = z.input<typeof subjectInputSchema>;
export const seriesSchema = z.object({
  signal: z.string(),
  unit: z.string().nullable(),
  points: z.array(z.object({ at: time, value: z.number() })),
});
export type Series = z.infer<typeof seriesSchema>;

/** Registration of a wristband by a family member: start, prove, done. Nothing of the device can be read before. */
export const claimInputSchema = z.object({
  /** Which language it speaks, where that is known; a family does not know. */
  protocol: z.string().max(32).optional(),
  /** An IMEI, its ten digits, or what else stands on it. */
  nativeId: z
    .string()
    .trim()
    .regex(/^[A-Za-z0-9_-]{6,32}$/),
  method: z.enum(['code', 'press']),
  relation: text(32),
  /** Either a new wearer or one that the caller is family of already. */
  subject: subjectInputSchema.optional(),
  subjectId: id.optional(),
});
export type ClaimInput = z.input<typeof claimInputSchema>;
export const claimSchema = z.object({
  id,
  method: z.enum(['code', 'press']),
  state: z.enum(['open', 'proved', 'used', 'failed', 'expired']),
  expiresAt: time,
  attemptsLeft: z.number(),
  /** Set when the registration is done. */
  subjectId: id.nullable(),
});
export type ClaimView = z.infer<typeof claimSchema>;
export const deviceSchema = z.object({
  id,
  protocol: z.string(),
  nativeId: z.string(),
  name: z.string().nullable(),
  model: z.string().nullable(),
  active: z.boolean(),
  subject: z.object({ id, name: z.string() }).nullable(),
  grid: z.object({ id, name: z.string() }).nullable(),
  lastSeenAt: time.nullable(),
  silent: z.boolean(),
  battery: z.number().nullable(),
  vendor: z.string().nullable(),
  asset: z.object({ id, name: z.string(), kind: z.string(), path: z.array(z.string()) }).nullable(),
  /** Through which it speaks. */
  gateway: z.object({ id, name: z.string() }).nullable(),
  /** Of a gateway: where on MQTT it speaks, and how many devices are behind it. */
  topicPrefix: z.string().nullable(),
  children: z.number(),
  online: z.boolean().nullable(),
  location: z.object({ latitude, longitude }).nullable(),
  /** What the reader may tell it to do, and of `measure` what it can measure. */
  commands: z.array(z.enum(commandKinds)),
  measurements: z.array(z.enum(measurements)),
  openTicketId: id.nullable(),
});
export type DeviceView = z.infer<typeof deviceSchema>;
export const gridSchema = z.object({
  id,
  parentId: id.nullable(),
  level: z.enum(gridLevels),
  code: z.string(),
  name: z.string(),
  polygon: z.object({ type: z.enum(['Polygon', 'MultiPolygon']), coordinates: z.array(z.unknown()) }),
  /** Who is on duty there now. */
  worker: personSchema.nullable(),
  deputy: personSchema.nullable(),
});
export type GridView = z.infer<typeof gridSchema>;

export const shiftSchema = z.object({
  id,
  gridId: id,
  account: personSchema,
  duty: z.enum(['worker', 'deputy']),
  weekday: z.number().int().min(1).max(7),
  fromMinute: z.number().int(),
  toMinute: z.number().int(),
});
export type ShiftView = z.infer<typeof shiftSchema>;
export const accountSchema = z.object({
  id,
  login: z.string(),
  name: z.string(),
  phone: z.string().nullable(),
  email: z.string().nullable(),
  roles: z.array(z.enum(roles)),
  active: z.boolean(),
});
export type AccountView = z.infer<typeof accountSchema>;
/** A message to the reader himself. */
export const myNotificationSchema = notificationSchema.extend({
  incidentId: id.nullable(),
  ticketId: id.nullable(),
  alertId: id.nullable(),
});
export type MyNotification = z.infer<typeof myNotificationSchema>;
export const uplinkSchema = z.object({
  id,
  receivedAt: time,
  deviceId: id.nullable(),
  protocol: z.string(),
  transport: z.string(),
  nativeId: z.string().nullable(),
  source: z.string(),
  topic: z.string().nullable(),
  command: z.string(),
  outcome: z.string(),
  reason: z.string().nullable(),
  readingCount: z.number(),
  /** The bytes as text where they are printable, else hex. */
  frame: z.string(),
  frameKind: z.enum(['text', 'hex']),
});
export type UplinkView = z.infer<typeof uplinkSchema>;
export const auditSchema = z.object({
  id,
  at: time,
  account: personSchema.nullable(),
  action: z.string(),
  subjectId: id.nullable(),
  incidentId: id.nullable(),
  ticketId: id.nullable(),
  deviceId: id.nullable(),
  detail: z.record(z.string(), z.unknown()),
});
export type AuditView = z.infer<typeof auditSchema>;

export const ruleViewSchema = z.object({
  name: z.string(),
  kind: z.string(),
  title: z.object({ zh: z.string(), en: z.string() }),
  severity: z.enum(['critical', 'warning', 'info']),
  consequence: z.enum(['incident', 'ticket', 'notice']),
  /** With consequence `ticket`: what is broken. */
  faultClass: z.enum(faultClasses).nullable(),
  text: z.string(),
});
export type RuleView = z.infer<typeof ruleViewSchema>;

export const statsSchema = z.object({
  openIncidents: z.number(),
  unacknowledged: z.number(),
  openTickets: z.number(),
  /** Open tickets that let a deadline pass. */
  breachedTickets: z.number(),
  subjects: z.number(),
  devices: z.number(),
  silentDevices: z.number(),
  uplinksLastHour: z.number(),
  /** Over the last 30 days; null where there was none. */
  acknowledgeMsP50: z.number().nullable(),
  acknowledgeMsP95: z.number().nullable(),
});
export type Stats = z.infer<typeof statsSchema>;

/** `event: change` of `GET /api/live`; a page fetches what it shows again. */
export const liveEventSchema = z.object({
  type: z.enum(['incident', 'ticket', 'alert', 'device', 'claim']),
  id,
  /** Incidents: their new status, and whether the reader's phone is to ring. */
  status: z.enum(incidentStatuses).optional(),
  ring: z.boolean().optional(),
});
export type LiveEvent = z.infer<typeof liveEventSchema>;
