import { z } from 'zod';
import { findings } from '../model/findings.ts';
import {
  clockUnits,
  faultClasses,
  ticketActions,
  ticketLevels,
  ticketStatuses,
  ticketTimelineKinds,
} from '../model/tickets.ts';
import { id, latitude, longitude, text, time } from './schema-parts.ts';

/** Shapes of tickets as they cross the API. Times are milliseconds since 1970. */

const person = z.object({ id, name: z.string(), phone: z.string().nullable() });
const named = z.object({ id, name: z.string() });

export const ticketClockSchema = z.object({
  stage: z.enum(['accept', 'finish']),
  unit: z.enum(clockUnits),
  limitMs: z.number(),
  /** As of now, by the calendar. */
  elapsedMs: z.number(),
  running: z.boolean(),
  dueAt: time.nullable(),
});
export type TicketClockView = z.infer<typeof ticketClockSchema>;

export const ticketSummarySchema = z.object({
  id,
  /** Of the rule that raised it (`water_leak`, `burst_suspected`, …): what people call it. */
  kind: z.string(),
  faultClass: z.enum(faultClasses),
  severity: z.enum(['critical', 'warning', 'info']),
  status: z.enum(ticketStatuses),
  level: z.enum(ticketLevels),
  /** `path`: names of its ancestors, the estate first. */
  asset: z.object({ id, kind: z.string(), name: z.string(), path: z.array(z.string()) }).nullable(),
  device: z.object({
    id: id.nullable(),
    protocol: z.string(),
    nativeId: z.string(),
    name: z.string().nullable(),
  }),
  company: named.nullable(),
  grid: named.nullable(),
  /** The community, street or city that owns it above level property. */
  desk: named.nullable(),
  owner: person.nullable(),
  /** Who works on it now. */
  assignees: z.array(person),
  address: z.string().nullable(),
  location: z.object({ latitude, longitude }).nullable(),
  occurrences: z.number(),
  reworks: z.number(),
  breaches: z.number(),
  reportedAt: time,
  lastFaultAt: time,
  recoveredAt: time.nullable(),
  closedAt: time.nullable(),
  clock: ticketClockSchema,
  request: z
    .object({
      kind: z.enum(['pause', 'extension']),
      reason: z.string(),
      until: time.nullable(),
      byMs: z.number().nullable(),
      by: person.nullable(),
      at: time,
    })
    .nullable(),
  pausedUntil: time.nullable(),
});
export type TicketSummary = z.infer<typeof ticketSummarySchema>;

export const ticketTimelineEntrySchema = z.object({
  id,
  at: time,
  kind: z.enum(ticketTimelineKinds),
  actor: person.nullable(),
  detail: z.record(z.string(), z.unknown()),
});
export type TicketTimelineEntry = z.infer<typeof ticketTimelineEntrySchema>;

export const ticketSchema = ticketSummarySchema.extend({
  evidence: z.record(z.string(), z.unknown()),
  note: z.string().nullable(),
  acceptedAt: time.nullable(),
  startedAt: time.nullable(),
  finishedAt: time.nullable(),
  finishedBy: person.nullable(),
  /** What it turned out to be, by who finished it. */
  finding: z.enum(findings).nullable(),
  verifiedAt: time.nullable(),
  /** Null with `verifiedAt`: by the sensor's own good value. */
  verifiedBy: person.nullable(),
  rating: z.number().nullable(),
  ratingNote: z.string().nullable(),
  timeline: z.array(ticketTimelineEntrySchema),
  tasks: z.array(
    z.object({
      id,
      account: person.nullable(),
      company: named.nullable(),
      assignedBy: person.nullable(),
      note: z.string().nullable(),
      createdAt: time,
      doneAt: time.nullable(),
    }),
  ),
  photos: z.array(
    z.object({ id, at: time, account: person, stage: z.enum(['before', 'after']), url: z.string() }),
  ),
  breachList: z.array(
    z.object({
      at: time,
      stage: z.enum(['accept', 'finish']),
      level: z.enum(ticketLevels),
      /** Company or desk that let it pass. */
      organisation: z.string().nullable(),
      owner: person.nullable(),
      dueAt: time,
    }),
  ),
  /** Repairers and companies to whom the reader may give a task. */
  assignable: z.object({ people: z.array(person), companies: z.array(named) }),
  /** Companies to which a dispatcher may give it. */
  dispatchable: z.array(named),
  /** What the reader may do now: names of the action routes. */
  actions: z.array(z.enum(ticketActions)),
});
export type TicketDetail = z.infer<typeof ticketSchema>;

/** `GET /api/tickets/:id/readings`: what the devices of the asset measured around the fault. */
export const ticketReadingsSchema = z.object({
  from: time,
  to: time,
  faultAt: time,
  series: z.array(
    z.object({
      deviceId: id,
      deviceName: z.string(),
      signal: z.string(),
      channel: z.string(),
      unit: z.string().nullable(),
      /** Booleans as 0 and 1. */
      points: z.array(z.object({ at: time, value: z.number() })),
    }),
  ),
  /** What is no number, the latest first: breaker positions and faults. */
  events: z.array(
    z.object({
      at: time,
      deviceId: id,
      deviceName: z.string(),
      signal: z.string(),
      channel: z.string(),
      value: z.unknown(),
      origin: z.string(),
    }),
  ),
});
export type TicketReadings = z.infer<typeof ticketReadingsSchema>;

export const ticketQuerySchema = z.object({
  open: z.enum(['true', 'false']).optional(),
  status: z.enum(ticketStatuses).optional(),
  asset: z.coerce.number().int().positive().optional(),
  device: z.coerce.number().int().positive().optional(),
  company: z.coerce.number().int().positive().optional(),
  limit: z.coerce.number().int().min(1).max(500).optional(),
});

/** Bodies of `POST /api/tickets/:id/<action>`. */
export const ticketBodies = {
  accept: z.object({}),
  assign: z.object({
    accountId: id.optional(),
    companyId: id.optional(),
    note: z.string().max(500).optional(),
  }),
  start: z.object({}),
  pause: z.object({ reason: text(500), until: time }),
  approve: z.object({ note: z.string().max(500).optional() }),
  refuse: z.object({ note: text(500) }),
  resume: z.object({}),
  extend: z.object({ reason: text(500), byMs: z.number().int().positive() }),
  finish: z.object({ note: text(2000), finding: z.enum(findings).optional() }),
  verify: z.object({ ok: z.boolean(), note: z.string().max(500).optional() }),
  return: z.object({ reason: text(500) }),
  dispatch: z.object({ companyId: id }),
  escalate: z.object({ reason: text(500) }),
  'take-over': z.object({}),
  comment: z.object({ text: text(2000) }),
  close: z.object({}),
  rate: z.object({ rating: z.number().int().min(1).max(5), note: text(500) }),
} as const;
export type TicketBodies = { [A in keyof typeof ticketBodies]: z.input<(typeof ticketBodies)[A]> };
