import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { alarmQualitySchema } from './alarm-quality-schemas.ts';
import * as assets from './asset-schemas.ts';
import { downlinkSchema } from './downlink-schemas.ts';
import { outageSchema } from './outage-schemas.ts';
import * as rules from './rule-schemas.ts';
import { errorSchema } from './schema-parts.ts';
import * as schemas from './schemas.ts';
import { SESSION_COOKIE } from './session-guard.ts';
import * as tickets from './ticket-schemas.ts';

/** Shapes that stand by name in the description. */
const named = {
  Problem: errorSchema,
  Me: schemas.meSchema,
  IncidentSummary: schemas.incidentSummarySchema,
  Incident: schemas.incidentSchema,
  Outage: outageSchema,
  Notification: schemas.notificationSchema,
  Subject: schemas.subjectSchema,
  LatestReading: schemas.latestReadingSchema,
  Series: schemas.seriesSchema,
  Claim: schemas.claimSchema,
  Device: schemas.deviceSchema,
  Downlink: downlinkSchema,
  Grid: schemas.gridSchema,
  Shift: schemas.shiftSchema,
  Account: schemas.accountSchema,
  Uplink: schemas.uplinkSchema,
  AuditEntry: schemas.auditSchema,
  Rule: rules.ruleDetailSchema,
  RuleVersion: rules.ruleVersionSchema,
  Stats: schemas.statsSchema,
  TicketSummary: tickets.ticketSummarySchema,
  Ticket: tickets.ticketSchema,
  TicketReadings: tickets.ticketReadingsSchema,
  Asset: assets.assetSchema,
  Company: assets.companySchema,
  ImportResult: assets.importResultSchema,
  Health: assets.healthSchema,
  AlarmQuality: alarmQualitySchema,
};

/** Describes every route that is registered after it as OpenAPI 3.1. */
export async function describeApi(app: FastifyInstance): Promise<void> {
  for (const [id, schema] of Object.entries(named))
    if (!z.globalRegistry.has(schema)) z.globalRegistry.add(schema, { id });
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'GridGuard API',
        version: '1',
        description:
          'Times are milliseconds since 1970, positions WGS-84 degrees. Sign in with `POST /api/session`; the session is a cookie. ' +
          'What does not exist and what the caller may not know of answer the same 404. Every fault is `{error: {code, message, details?}}`.',
      },
      components: {
        securitySchemes: { session: { type: 'apiKey', in: 'cookie', name: SESSION_COOKIE } },
      },
      security: [{ session: [] }],
    },
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  });
}
