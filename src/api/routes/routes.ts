import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { ApiDeps } from '../deps.ts';
import { registerAccounts } from './accounts.ts';
import { registerAssets } from './assets.ts';
import { registerCatalogue } from './catalogue.ts';
import { registerClaims } from './claims.ts';
import { registerCompanies } from './companies.ts';
import { registerCompanyStaff } from './company-staff.ts';
import { registerDeviceAdoption } from './device-adoption.ts';
import { registerDeviceCommands } from './device-commands.ts';
import { registerDeviceReadings } from './device-readings.ts';
import { registerDevices } from './devices.ts';
import { registerGridWriting } from './grid-writing.ts';
import { registerGrids } from './grids.ts';
import { registerHealth } from './health.ts';
import { registerImports } from './imports.ts';
import { registerIncidents } from './incidents.ts';
import { registerNotifications } from './notifications.ts';
import { registerOutages } from './outages.ts';
import { registerPhotos } from './photos.ts';
import { registerPush } from './push.ts';
import { registerRecords } from './records.ts';
import { registerRelatives } from './relatives.ts';
import { registerReports } from './reports.ts';
import { registerRosters } from './rosters.ts';
import { registerRuleWhy } from './rule-why.ts';
import { registerRuleWriting } from './rule-writing.ts';
import { registerRules } from './rules.ts';
import { registerSession } from './session.ts';
import { registerSubjects } from './subjects.ts';
import { registerTickets } from './tickets.ts';

export function registerRoutes(app: FastifyInstance, deps: ApiDeps): void {
  registerSession(app, deps);
  registerIncidents(app, deps);
  registerOutages(app, deps);
  registerTickets(app, deps);
  registerPhotos(app, deps);
  registerSubjects(app, deps);
  registerRelatives(app, deps);
  registerDevices(app, deps);
  registerDeviceCommands(app, deps);
  registerDeviceReadings(app, deps);
  registerDeviceAdoption(app, deps);
  registerCatalogue(app, deps);
  registerClaims(app, deps);
  registerAssets(app, deps);
  registerCompanies(app, deps);
  registerCompanyStaff(app, deps);
  registerGrids(app, deps);
  registerGridWriting(app, deps);
  registerImports(app, deps);
  registerRosters(app, deps);
  registerAccounts(app, deps);
  registerNotifications(app, deps);
  registerRecords(app, deps);
  registerRules(app, deps);
  registerRuleWriting(app, deps);
  registerRuleWhy(app, deps);
  registerReports(app, deps);
  registerHealth(app, deps);
  registerPush(app, deps);
  app.get(
    '/api/openapi.json',
    {
      schema: {
        tags: ['description'],
        summary: 'This description',
        security: [],
        response: { 200: z.record(z.string(), z.unknown()) },
      },
    },
    async () => app.swagger() as unknown as Record<string, unknown>,
  );
}
