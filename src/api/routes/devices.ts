import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { spellingsOf } from '../../devices/command-store.ts';
import { changeDevice } from '../../devices/device-change-store.ts';
import { registerDevice } from '../../devices/device-store.ts';
import { gatewayPrefix, hasTopicPrefix } from '../../devices/gateways.ts';
import { readAssetPlaces } from '../../people/asset-place-store.ts';
import { recordAudit } from '../../people/audit-store.ts';
import { AppError } from '../../platform/errors.ts';
import { announce } from '../../platform/live-store.ts';
import { mayEditAsset, mayEditSubject, type Scope, seesAsset, visibleTo } from '../authorisation.ts';
import type { ApiDeps } from '../deps.ts';
import {
  type DeviceInput,
  type DevicePatch,
  deviceCreatedSchema,
  deviceInputSchema,
  devicePatchSchema,
  unknownDeviceSchema,
} from '../device-schemas.ts';
import { deviceFacts, deviceViews, mustSeeDevice, protocolOf, viewOfDevice } from '../devices.ts';
import { deviceSchema } from '../schemas.ts';
import { subjectFacts } from '../scope-store.ts';
import { scopeOf } from '../session-guard.ts';
import { type DeviceRow, readDevices, readUnknownDevices } from '../stores/device-view-store.ts';
import { answers, creates, idParams, typed } from './route.ts';

const tags = ['devices'];
const MOST_UNKNOWN = 500;

export function registerDevices(app: FastifyInstance, deps: ApiDeps): void {
  registerReading(app, deps);
  registerRegistration(app, deps);
  registerChange(app, deps);
}

function registerReading(app: FastifyInstance, deps: ApiDeps): void {
  const api = typed(app);
  api.get(
    '/api/devices',
    { schema: { tags, summary: 'Devices that the caller sees', response: answers(z.array(deviceSchema)) } },
    async (request) => {
      const scope = await scopeOf(request, deps);
      return deviceViews(deps, scope, await readDevices(deps.database.db, { visible: visibleTo(scope) }));
    },
  );
  api.get(
    '/api/devices/unknown',
    {
      schema: {
        tags,
        summary:
          'What speaks to us and is not registered, the latest first; at most 500, or those that the search finds',
        querystring: z.object({ search: z.string().trim().max(64).optional() }),
        response: answers(z.array(unknownDeviceSchema)),
      },
    },
    async ({ query }) => readUnknownDevices(deps.database.db, { ...query, limit: MOST_UNKNOWN }),
  );
  api.get(
    '/api/devices/:id',
    { schema: { tags, summary: 'One device', params: idParams, response: answers(deviceSchema) } },
    async (request) => {
      const scope = await scopeOf(request, deps);
      return viewOfDevice(deps, scope, await mustSeeDevice(deps, scope, request.params.id));
    },
  );
}

function registerRegistration(app: FastifyInstance, deps: ApiDeps): void {
  const api = typed(app);
  const { database, clock } = deps;
  api.post(
    '/api/devices',
    {
      schema: {
        tags,
        summary: 'Register a device or a gateway; its secret is in this answer and nowhere else',
        body: deviceInputSchema,
        response: creates(deviceCreatedSchema),
      },
    },
    async (request, reply) => {
      const { body } = request;
      const scope = await scopeOf(request, deps);
      await mustOwnTargets(deps, scope, body);
      const login = loginOf(deps, body);
      const { id, secret } = await database.db.transaction().execute(async (trx) => {
        const made = await registerDevice(trx, { ...body, ...login, registeredBy: scope.accountId });
        const entry = { accountId: scope.accountId, action: 'device_created' as const, deviceId: made.id };
        await recordAudit(trx, [{ ...entry, subjectId: body.subjectId ?? null }], clock.now());
        await announce(trx, { type: 'device', id: made.id });
        return made;
      });
      const row = await mustSeeDevice(deps, scope, id);
      return reply.code(201).send({ ...(await viewOfDevice(deps, scope, row)), secret });
    },
  );
}

/** Under which names the device speaks, and whether it logs in: what is behind a gateway never does. */
function loginOf(deps: ApiDeps, { protocol: name, nativeId, gatewayId, topicPrefix }: DeviceInput) {
  const protocol = protocolOf(deps, name);
  const isChild = typeof gatewayId === 'number';
  const isGateway = hasTopicPrefix(protocol, { isChild, given: topicPrefix });
  return {
    aliases: spellingsOf(protocol, nativeId),
    withSecret: isGateway || (protocol.mqttTopic !== undefined && !isChild),
    topicPrefix: isGateway ? gatewayPrefix(protocol, nativeId, topicPrefix) : null,
  };
}

function registerChange(app: FastifyInstance, deps: ApiDeps): void {
  const api = typed(app);
  const { database, clock } = deps;
  api.patch(
    '/api/devices/:id',
    {
      schema: {
        tags,
        summary: 'Name it, give it to a wearer, an asset or a grid, or put it out of use',
        params: idParams,
        body: devicePatchSchema,
        response: answers(deviceSchema),
      },
    },
    async (request) => {
      const { id } = request.params;
      const scope = await scopeOf(request, deps);
      const before = await mustSeeDevice(deps, scope, id);
      mustEditDevice(scope, before);
      await mustOwnTargets(deps, scope, { ...request.body, id });
      if (typeof request.body.gatewayId === 'number') mustStandAlone(before);
      const change = { ...request.body, ...newPrefix(deps, before, request.body) };
      await database.db.transaction().execute(async (trx) => {
        await changeDevice(trx, id, change, clock.now());
        const detail = { fields: Object.keys(request.body) };
        const entry = { accountId: scope.accountId, action: 'device_changed' as const, deviceId: id, detail };
        await recordAudit(trx, [{ ...entry, subjectId: before.subject_id }], clock.now());
        await announce(trx, { type: 'device', id });
      });
      const [row] = await readDevices(database.db, { id });
      return viewOfDevice(deps, scope, row ?? before);
    },
  );
}

function newPrefix(deps: ApiDeps, device: DeviceRow, { topicPrefix }: DevicePatch) {
  if (topicPrefix === undefined) return {};
  const protocol = protocolOf(deps, device.protocol);
  if (protocol.gateway === undefined || device.gateway_id !== null)
    throw new AppError('DEVICE_NO_GATEWAY', 'only a gateway has a topic of its own', { status: 409 });
  return { topicPrefix: gatewayPrefix(protocol, device.native_id, topicPrefix) };
}

/** What speaks for others speaks through nobody. */
function mustStandAlone(device: DeviceRow): void {
  if (device.topic_prefix !== null || device.children > 0)
    throw new AppError('DEVICE_IS_GATEWAY', 'a gateway stands behind no other', { status: 409 });
}

/** Whoever sees a device by another role of hers, on duty in its grid or working for its company, does not change it for that. */
export function mustEditDevice(scope: Scope, device: DeviceRow): void {
  const { subjectId, gridId } = deviceFacts(device);
  const may =
    subjectId === null ? mayEditAsset(scope, gridId) : mayEditSubject(scope, { id: subjectId, gridId });
  if (!may) throw gridNotYours();
}

/** A desk gives devices only to wearers, grids, assets and gateways of its own. */
export async function mustOwnTargets(
  deps: ApiDeps,
  scope: Scope,
  targets: Pick<DevicePatch, 'subjectId' | 'gridId' | 'assetId' | 'gatewayId'> & { id?: number },
): Promise<void> {
  const { subjectId, gridId, assetId, gatewayId } = targets;
  const { db } = deps.database;
  if (typeof subjectId === 'number') {
    const facts = await subjectFacts(db, subjectId);
    if (!facts || !mayEditSubject(scope, facts))
      throw new AppError('DEVICE_SUBJECT_UNKNOWN', 'there is no such wearer', { status: 404 });
  }
  if (typeof gridId === 'number' && !mayEditAsset(scope, gridId)) throw gridNotYours();
  if (typeof assetId === 'number') {
    const place = (await readAssetPlaces(db, [assetId])).get(assetId);
    if (!place || !seesAsset(scope, place))
      throw new AppError('DEVICE_ASSET_UNKNOWN', 'there is no such asset', { status: 404 });
    if (!mayEditAsset(scope, place.gridId)) throw gridNotYours();
  }
  if (typeof gatewayId === 'number') await mustBeGateway(deps, scope, { gatewayId, deviceId: targets.id });
}

/** A gateway speaks for itself: nothing stands behind a device that stands behind another, or behind itself. */
async function mustBeGateway(
  deps: ApiDeps,
  scope: Scope,
  { gatewayId, deviceId }: { gatewayId: number; deviceId: number | undefined },
): Promise<void> {
  const [gateway] = await readDevices(deps.database.db, { id: gatewayId });
  const unknown = new AppError('DEVICE_GATEWAY_UNKNOWN', 'there is no such gateway', { status: 404 });
  if (!gateway || gatewayId === deviceId || gateway.gateway_id !== null) throw unknown;
  if (protocolOf(deps, gateway.protocol).gateway === undefined) throw unknown;
  if (!mayEditAsset(scope, deviceFacts(gateway).gridId)) throw unknown;
}

export const gridNotYours = (): AppError =>
  new AppError('GRID_NOT_YOURS', 'this grid belongs to another desk', { status: 403 });
