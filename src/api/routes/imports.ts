import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { toWgs84 } from '../../../protocols/datum.ts';
import { tellChanged } from '../../devices/device-store.ts';
import { type AuditAction, recordAudit } from '../../people/audit-store.ts';
import { importAssets } from '../../people/imports/asset-import.ts';
import { assetFields } from '../../people/imports/asset-lines.ts';
import { importDevices } from '../../people/imports/device-import.ts';
import { deviceFields } from '../../people/imports/device-lines.ts';
import { readFeatures } from '../../people/imports/features.ts';
import { gridFields, importGrids } from '../../people/imports/grid-import.ts';
import type { ImportField, ImportFile, ImportOutcome } from '../../people/imports/import-fault.ts';
import type { Degrees } from '../../people/imports/places.ts';
import { readText } from '../../people/imports/read-text.ts';
import { readTable } from '../../people/imports/table.ts';
import { importWearers } from '../../people/imports/wearer-import.ts';
import { wearerFields } from '../../people/imports/wearer-lines.ts';
import type { Trx } from '../../platform/database.ts';
import { AppError } from '../../platform/errors.ts';
import { importInputSchema, importResultSchema } from '../asset-schemas.ts';
import { mayEditAsset, mayEditSubject, type Scope, type SubjectFacts } from '../authorisation.ts';
import type { ApiDeps } from '../deps.ts';
import { importResult } from '../import-result.ts';
import { type ImportTemplate, importTemplate } from '../import-template.ts';
import { scopeOf } from '../session-guard.ts';
import { answers, typed } from './route.ts';

type Format = 'csv' | 'geojson';
const formatOf: Readonly<Record<string, Format>> = { 'text/csv': 'csv', 'application/geo+json': 'geojson' };

/** A text of five million characters, with what JSON adds. */
const MOST_BYTES = 6_000_000;
/** To read thousands of lines costs time. */
const rate = { rateLimit: { max: 60, timeWindow: '1 minute' } };

interface Import {
  what: 'assets' | 'devices' | 'grids' | 'subjects';
  summary: string;
  action: AuditAction;
  fields: readonly ImportField[];
  formats: readonly Format[];
  run(trx: Trx, file: ImportFile, by: { scope: Scope; dryRun: boolean }): Promise<ImportOutcome>;
}

/** Files of many: what is good is taken, in one transaction, and each fault is named with its line. */
export function registerImports(app: FastifyInstance, deps: ApiDeps): void {
  void app.register(async (files) => {
    acceptFiles(files);
    for (const each of importsOf(deps)) registerImport(files, deps, each);
  });
  for (const what of ['assets', 'devices', 'subjects'] as const) registerTemplate(app, what);
}

function importsOf(deps: ApiDeps): Import[] {
  return [
    {
      what: 'assets',
      summary: 'Bring in assets by CSV or GeoJSON, found by their codes; with `dryRun` only look',
      action: 'assets_imported',
      fields: assetFields,
      formats: ['csv', 'geojson'],
      async run(trx, file, { scope, dryRun }) {
        const mayEdit = (gridId: number | null) => mayEditAsset(scope, gridId);
        const outcome = await importAssets(trx, file, { mayEdit, toWgs84, dryRun });
        await tellChanged(trx);
        return outcome;
      },
    },
    {
      what: 'devices',
      summary: 'Register devices by CSV; secrets are in this answer and nowhere else',
      action: 'devices_imported',
      fields: deviceFields,
      formats: ['csv'],
      run: (trx, file, { scope, dryRun }) =>
        importDevices(trx, file, {
          accountId: scope.accountId,
          protocols: deps.protocols,
          mayEdit: (gridId) => mayEditAsset(scope, gridId),
          now: deps.clock.now(),
          dryRun,
        }),
    },
    {
      what: 'subjects',
      summary: 'Bring in wearers by CSV, found by name and phone or address; with `dryRun` only look',
      action: 'subjects_imported',
      fields: wearerFields,
      formats: ['csv'],
      async run(trx, file, { scope, dryRun }) {
        const mayEdit = (subject: SubjectFacts) => mayEditSubject({ ...scope, guardian: new Set() }, subject);
        const gridAt = (point: Degrees) => deps.gridAt(point);
        const outcome = await importWearers(trx, file, { mayEdit, gridAt, toWgs84, dryRun });
        await tellChanged(trx);
        return outcome;
      },
    },
    {
      what: 'grids',
      summary: 'Bring in grids by GeoJSON, found by their codes',
      action: 'grids_imported',
      fields: gridFields,
      formats: ['geojson'],
      run: (trx, file, { dryRun }) => importGrids(trx, file, { toWgs84, dryRun }),
    },
  ];
}

/** A file may come as it is, in any encoding that `readText` knows: what its text within JSON would say is made of it. */
function acceptFiles(app: FastifyInstance): void {
  app.addContentTypeParser(
    Object.keys(formatOf),
    { parseAs: 'buffer' },
    async (request: FastifyRequest, body: string | Buffer) => {
      const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase() ?? '';
      const { dryRun } = request.query as { dryRun?: unknown };
      return { format: formatOf[type], text: readText(Buffer.from(body)), dryRun: dryRun === 'true' };
    },
  );
}

function registerImport(app: FastifyInstance, deps: ApiDeps, { what, summary, ...rest }: Import): void {
  const { database, clock } = deps;
  typed(app).post(
    `/api/${what}/import`,
    {
      bodyLimit: MOST_BYTES,
      config: rate,
      schema: { tags: [what], summary, body: importInputSchema, response: answers(importResultSchema) },
    },
    async (request) => {
      const { format, text, dryRun } = request.body;
      if (!rest.formats.includes(format))
        throw new AppError('IMPORT_FORMAT', `only ${rest.formats.join(', ')}`, {
          details: { formats: rest.formats.join(', ') },
        });
      const scope = await scopeOf(request, deps);
      const file = format === 'csv' ? readTable(text, rest.fields) : readFeatures(text, rest.fields);
      const outcome = await database.db.transaction().execute(async (trx) => {
        const done = await rest.run(trx, file, { scope, dryRun });
        const { created, updated, unchanged, faults } = done;
        const detail = { created, updated, unchanged, faults: faults.length };
        const entry = { accountId: scope.accountId, action: rest.action, detail };
        if (!dryRun) await recordAudit(trx, [entry], clock.now());
        return done;
      });
      return importResult(outcome, { fields: rest.fields, locale: request.locale });
    },
  );
}

function registerTemplate(app: FastifyInstance, what: ImportTemplate): void {
  app.get(
    `/api/${what}/import-template`,
    {
      schema: {
        tags: [what],
        summary: 'A CSV file to fill in, with its columns and two lines as examples',
        response: { 200: { content: { 'text/csv': { schema: z.string() } } } },
      },
    },
    async (request: FastifyRequest, reply: FastifyReply) =>
      reply
        .type('text/csv; charset=utf-8')
        .header('content-disposition', `attachment; filename="${what}.csv"`)
        .send(importTemplate(what, request.locale)),
  );
}
