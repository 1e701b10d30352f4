import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { tellChanged } from '../../devices/device-store.ts';
import { readAssetPlaces } from '../../people/asset-place-store.ts';
import { type Asset, deleteAsset, insertAsset, readAsset, updateAsset } from '../../people/asset-store.ts';
import { type AuditEntry, recordAudit } from '../../people/audit-store.ts';
import type { Trx } from '../../platform/database.ts';
import { AppError } from '../../platform/errors.ts';
import { type AssetView, assetInputSchema, assetPatchSchema, assetSchema } from '../asset-schemas.ts';
import { assetViews } from '../asset-view.ts';
import { mayEditAsset, type Scope, seesAsset, visibleTo } from '../authorisation.ts';
import type { ApiDeps } from '../deps.ts';
import { notFound } from '../problems.ts';
import { assetQuerySchema } from '../request-schemas.ts';
import { scopeOf } from '../session-guard.ts';
import { silencesOf } from '../silence.ts';
import { readAssetTree } from '../stores/asset-view-store.ts';
import { answers, answersNothing, creates, idParams, typed } from './route.ts';

const tags = ['assets'];

export function registerAssets(app: FastifyInstance, deps: ApiDeps): void {
  registerReading(app, deps);
  registerWriting(app, deps);
}

function registerReading(app: FastifyInstance, deps: ApiDeps): void {
  const api = typed(app);
  api.get(
    '/api/assets',
    {
      schema: {
        tags,
        summary: 'Estates, buildings and what is watched in them: parents before children',
        querystring: assetQuerySchema,
        response: answers(z.array(assetSchema)),
      },
    },
    async (request) => readTree(deps, await scopeOf(request, deps), request.query.site),
  );
  api.get(
    '/api/assets/:id',
    { schema: { tags, summary: 'One asset', params: idParams, response: answers(assetSchema) } },
    async (request) => readOne(deps, await scopeOf(request, deps), request.params.id),
  );
}

function registerWriting(app: FastifyInstance, deps: ApiDeps): void {
  const api = typed(app);
  api.post(
    '/api/assets',
    { schema: { tags, summary: 'Add an asset', body: assetInputSchema, response: creates(assetSchema) } },
    async (request, reply) => {
      const scope = await scopeOf(request, deps);
      const { body } = request;
      const id = await deps.database.db.transaction().execute(async (trx) => {
        await mustEditParent(trx, scope, body.parentId);
        const made = await insertAsset(trx, body);
        await settle(deps, trx, { scope, id: made });
        await record(deps, trx, { scope, action: 'asset_created', id: made, detail: { code: body.code } });
        return made;
      });
      return reply.code(201).send(await readOne(deps, scope, id));
    },
  );
  api.patch(
    '/api/assets/:id',
    {
      schema: {
        tags,
        summary: 'Change or move an asset; everything below moves along',
        params: idParams,
        body: assetPatchSchema,
        response: answers(assetSchema),
      },
    },
    async (request) => {
      const scope = await scopeOf(request, deps);
      const { id } = request.params;
      await deps.database.db.transaction().execute(async (trx) => {
        const before = await mustEdit(trx, scope, id);
        await mustEditParent(trx, scope, request.body.parentId);
        await updateAsset(trx, before, request.body);
        await settle(deps, trx, { scope, id });
        const detail = { code: before.code, fields: Object.keys(request.body) };
        await record(deps, trx, { scope, action: 'asset_changed', id, detail });
      });
      return readOne(deps, scope, id);
    },
  );
  registerRemoval(app, deps);
}

function registerRemoval(app: FastifyInstance, deps: ApiDeps): void {
  typed(app).delete(
    '/api/assets/:id',
    {
      schema: {
        tags,
        summary: 'Remove an asset to which nothing belongs',
        params: idParams,
        response: answersNothing,
      },
    },
    async (request, reply) => {
      const scope = await scopeOf(request, deps);
      const { id } = request.params;
      await deps.database.db.transaction().execute(async (trx) => {
        const { code } = await mustEdit(trx, scope, id);
        await deleteAsset(trx, id);
        await record(deps, trx, { scope, action: 'asset_deleted', id, detail: { code } });
      });
      return reply.code(204).send(null);
    },
  );
}

async function readTree(deps: ApiDeps, scope: Scope, siteId?: number): Promise<AssetView[]> {
  const silences = silencesOf(deps.protocols);
  const which = { visible: visibleTo(scope), siteId, silences };
  return assetViews(await readAssetTree(deps.database.db, which, deps.clock.now()));
}

async function readOne(deps: ApiDeps, scope: Scope, id: number): Promise<AssetView> {
  const asset = await readAsset(deps.database.db, id);
  const tree = asset ? await readTree(deps, scope, asset.siteId) : [];
  const view = tree.find((each) => each.id === id);
  if (!view) throw notFound();
  return view;
}

/** Throws NOT_FOUND for an asset that the caller does not see, GRID_NOT_YOURS (403) for one of another desk. */
async function mustEdit(trx: Trx, scope: Scope, id: number): Promise<Asset> {
  const asset = await readAsset(trx, id);
  const place = (await readAssetPlaces(trx, [id])).get(id);
  if (!asset || !place || !seesAsset(scope, place)) throw notFound();
  if (!mayEditAsset(scope, place.gridId)) throw gridNotYours();
  return asset;
}

async function mustEditParent(trx: Trx, scope: Scope, parentId: number | null | undefined): Promise<void> {
  if (typeof parentId !== 'number') return;
  const place = (await readAssetPlaces(trx, [parentId])).get(parentId);
  if (!place || !seesAsset(scope, place))
    throw new AppError('ASSET_PARENT_UNKNOWN', 'there is no such asset to stand in', {
      details: { parent: parentId },
    });
  if (!mayEditAsset(scope, place.gridId)) throw gridNotYours();
}

/**
 * After it was written: an asset without a grid takes that of its point; it must be the caller's desk's still. What remembers where devices
 * are forgets it.
 */
async function settle(
  { gridAt }: ApiDeps,
  trx: Trx,
  { scope, id }: { scope: Scope; id: number },
): Promise<void> {
  const place = (await readAssetPlaces(trx, [id])).get(id);
  const asset = await readAsset(trx, id);
  if (!place || !asset) throw notFound();
  let { gridId } = place;
  const { latitude, longitude } = asset;
  if (gridId === null && latitude !== null && longitude !== null) {
    gridId = (await gridAt({ latitude, longitude }, trx)) ?? null;
    await updateAsset(trx, asset, { gridId });
  }
  if (!mayEditAsset(scope, gridId)) throw gridNotYours();
  await tellChanged(trx);
}

async function record(
  { clock }: ApiDeps,
  trx: Trx,
  what: { scope: Scope; action: AuditEntry['action']; id: number; detail: Record<string, unknown> },
): Promise<void> {
  const { scope, action, id, detail } = what;
  const entry = { accountId: scope.accountId, action, detail: { assetId: id, ...detail } };
  await recordAudit(trx, [entry], clock.now());
}

const gridNotYours = (): AppError =>
  new AppError('GRID_NOT_YOURS', 'this grid belongs to another desk', { status: 403 });
