import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { commandDevice, spellingsOf } from '../../devices/command-store.ts';
import { changeDevice } from '../../devices/device-change-store.ts';
import { registerDevice } from '../../devices/device-store.ts';
import { recordAudit } from '../../people/audit-store.ts';
import { AppError } from '../../platform/errors.ts';
import { announce } from '../../platform/live-store.ts';
import {
  mayEditAsset,
  mayEditSubject,
  mayReadVitals,
  type Scope,
  seesDevice,
  visibleTo,
} from '../authorisation.ts';
import type { ApiDeps } from '../deps.ts';
import {
  deviceCreatedSchema,
  deviceInputSchema,
  devicePatchSchema,
  unknownDeviceSchema,
} from '../device-schemas.ts';
import { notFound } from '../problems.ts';
import {
  type DeviceView,
  type DownlinkInput,
  deviceSchema,
  downlinkInputSchema,
  downlinkSchema,
} from '../schemas.ts';
import { subjectFacts } from '../scope-store.ts';
import { scopeOf } from '../session-guard.ts';
import { type DeviceRow, readDevices, readUnknownDevices } from '../stores/device-view-store.ts';
import { readDownlinks } from '../stores/downlink-view-store.ts';
import { expectedSilence, isSilent } from '../subject-view.ts';
import { recentIncidents } from '../vitals.ts';
import { answers, creates, idParams, typed } from './route.ts';

const tags = ['devices'];
const MOST_UNKNOWN = 500;
const MOST_DOWNLINKS = 50;
/** A command that the device has not fetched by then is of no use any more. */
const DOWNLINK_MS = 10 * 60_000;

export function registerDevices(app: FastifyInstance, deps: ApiDeps): void {
  registerReading(app, deps);
  registerRegistration(app, deps);
  registerChange(app, deps);
  registerDownlinks(app, deps);
}

function registerReading(app: FastifyInstance, deps: ApiDeps): void {
  const api = typed(app);
  api.get(
    '/api/devices',
    { schema: { tags, summary: 'Devices that the caller sees', response: answers(z.array(deviceSchema)) } },
    async (request) => {
      const visible = visibleTo(await scopeOf(request, deps));
      const rows = await readDevices(deps.database.db, { visible });
      return rows.map((row) => deviceView(deps, row));
    },
  );
  api.get(
    '/api/devices/unknown',
    {
      schema: {
        tags,
        summary: 'What speaks to us and is not registered, the latest first',
        response: answers(z.array(unknownDeviceSchema)),
      },
    },
    async () => readUnknownDevices(deps.database.db, MOST_UNKNOWN),
  );
  api.get(
    '/api/devices/:id',
    { schema: { tags, summary: 'One device', params: idParams, response: answers(deviceSchema) } },
    async (request) => {
      const row = await mustSeeDevice(deps, await scopeOf(request, deps), request.params.id);
      return deviceView(deps, row);
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
        summary: 'Register a device; its secret is in this answer and nowhere else',
        body: deviceInputSchema,
        response: creates(deviceCreatedSchema),
      },
    },
    async (request, reply) => {
      const scope = await scopeOf(request, deps);
      const protocol = protocolOf(deps, request.body.protocol);
      await mustOwnTargets(deps, scope, request.body);
      const { id, secret } = await database.db.transaction().execute(async (trx) => {
        const made = await registerDevice(trx, {
          ...request.body,
          aliases: spellingsOf(protocol, request.body.nativeId),
          registeredBy: scope.accountId,
          withSecret: protocol.mqttTopic !== undefined,
        });
        const entry = { accountId: scope.accountId, action: 'device_created' as const, deviceId: made.id };
        await recordAudit(trx, [{ ...entry, subjectId: request.body.subjectId ?? null }], clock.now());
        await announce(trx, { type: 'device', id: made.id });
        return made;
      });
      const row = await mustSeeDevice(deps, scope, id);
      return reply.code(201).send({ ...deviceView(deps, row), secret });
    },
  );
}

function registerChange(app: FastifyInstance, deps: ApiDeps): void {
  const api = typed(app);
  const { database, clock } = deps;
  api.patch(
    '/api/devices/:id',
    {
      schema: {
        tags,
        summary: 'Name it, give it to a wearer or a grid, or put it out of use',
        params: idParams,
        body: devicePatchSchema,
        response: answers(deviceSchema),
      },
    },
    async (request) => {
      const { id } = request.params;
      const scope = await scopeOf(request, deps);
      const before = await mustSeeDevice(deps, scope, id);
      await mustOwnTargets(deps, scope, request.body);
      await database.db.transaction().execute(async (trx) => {
        await changeDevice(trx, id, request.body, clock.now());
        const detail = { fields: Object.keys(request.body) };
        const entry = { accountId: scope.accountId, action: 'device_changed' as const, deviceId: id, detail };
        await recordAudit(trx, [{ ...entry, subjectId: before.subject_id }], clock.now());
        await announce(trx, { type: 'device', id });
      });
      const [row] = await readDevices(database.db, { id });
      return deviceView(deps, row ?? before);
    },
  );
}

function registerDownlinks(app: FastifyInstance, deps: ApiDeps): void {
  const api = typed(app);
  api.get(
    '/api/devices/:id/downlinks',
    {
      schema: {
        tags,
        summary: 'Commands to the device and what became of them, the latest first',
        params: idParams,
        response: answers(z.array(downlinkSchema)),
      },
    },
    async (request) => {
      const row = await mustSeeDevice(deps, await scopeOf(request, deps), request.params.id);
      return readDownlinks(deps.database.db, row.id, MOST_DOWNLINKS);
    },
  );
  api.post(
    '/api/devices/:id/downlinks',
    {
      schema: {
        tags,
        summary: 'Ask the device where it is, let it ring, or show a message',
        params: idParams,
        body: downlinkInputSchema,
        response: creates(downlinkSchema),
      },
    },
    async (request, reply) => {
      const scope = await scopeOf(request, deps);
      const device = await mustSeeDevice(deps, scope, request.params.id);
      await mustCommand(deps, scope, { device, kind: request.body.kind });
      const id = await sendCommand(deps, { device, command: request.body, accountId: scope.accountId });
      const sent = await readDownlinks(deps.database.db, device.id, MOST_DOWNLINKS);
      const downlink = sent.find((each) => each.id === id);
      if (!downlink) throw notFound();
      return reply.code(201).send(downlink);
    },
  );
}

async function sendCommand(
  { database, clock, ...deps }: ApiDeps,
  { device, command, accountId }: { device: DeviceRow; command: DownlinkInput; accountId: number },
): Promise<number> {
  const protocol = deps.protocols.find(({ name }) => name === device.protocol);
  if (!protocol?.encode)
    throw new AppError('DEVICE_TAKES_NO_COMMANDS', `devices of ${device.protocol} take no commands`, {
      status: 409,
    });
  return database.db.transaction().execute(async (trx) => {
    const now = clock.now();
    const detail = { kind: command.kind };
    const subject = { subjectId: device.subject_id, deviceId: device.id };
    await recordAudit(trx, [{ accountId, action: 'downlink_sent', ...subject, detail }], now);
    const spellings = spellingsOf(protocol, device.native_id);
    const target = { protocol: device.protocol, spellings, deviceId: device.id };
    return commandDevice(trx, { ...target, command, requestedBy: accountId, expiresInMs: DOWNLINK_MS }, now);
  });
}

/** To ask where she is needs the right to read it now; the rest also her guardian or desk may send. */
async function mustCommand(
  deps: ApiDeps,
  scope: Scope,
  { device, kind }: { device: DeviceRow; kind: DownlinkInput['kind'] },
): Promise<void> {
  if (device.subject_id === null) return;
  const facts = { id: device.subject_id, gridId: device.subject_grid_id };
  const incidents = await recentIncidents(deps, scope, [facts.id]);
  if (mayReadVitals(scope, facts, { incidents, now: deps.clock.now() })) return;
  if (kind !== 'locate_now' && mayEditSubject(scope, facts)) return;
  throw new AppError('SUBJECT_VITALS_CLOSED', 'only while an incident of hers is open', { status: 403 });
}

/** Throws NOT_FOUND also for a device that the caller does not see; who helps her in an incident sees her device. */
async function mustSeeDevice(deps: ApiDeps, scope: Scope, id: number): Promise<DeviceRow> {
  const [row] = await readDevices(deps.database.db, { id });
  if (!row) throw notFound();
  const gridId = row.subject_id === null ? row.grid_id : row.subject_grid_id;
  if (seesDevice(scope, { subjectId: row.subject_id, gridId, companyId: row.company_id })) return row;
  const facts = { id: row.subject_id ?? 0, gridId };
  const incidents = row.subject_id === null ? [] : await recentIncidents(deps, scope, [row.subject_id]);
  if (!mayReadVitals(scope, facts, { incidents, now: deps.clock.now() })) throw notFound();
  return row;
}

/** A desk gives devices only to wearers and grids of its own. */
async function mustOwnTargets(
  deps: ApiDeps,
  scope: Scope,
  targets: { subjectId?: number | null | undefined; gridId?: number | null | undefined },
): Promise<void> {
  const { subjectId, gridId } = targets;
  if (typeof subjectId === 'number') {
    const facts = await subjectFacts(deps.database.db, subjectId);
    if (!facts || !mayEditSubject(scope, facts))
      throw new AppError('DEVICE_SUBJECT_UNKNOWN', 'there is no such wearer', { status: 404 });
  }
  if (typeof gridId === 'number' && !mayEditAsset(scope, gridId))
    throw new AppError('GRID_NOT_YOURS', 'this grid belongs to another desk', { status: 403 });
}

function protocolOf(deps: ApiDeps, name: string) {
  const protocol = deps.protocols.find((each) => each.name === name);
  if (!protocol)
    throw new AppError('DEVICE_PROTOCOL_UNKNOWN', `no protocol ${name}`, { details: { protocol: name } });
  return protocol;
}

function deviceView(deps: ApiDeps, row: DeviceRow): DeviceView {
  const context = { expectedEveryMs: expectedSilence(deps.protocols), now: deps.clock.now() };
  return {
    id: row.id,
    protocol: row.protocol,
    nativeId: row.native_id,
    name: row.name,
    model: row.model,
    active: row.active,
    subject: row.subject_id === null ? null : { id: row.subject_id, name: row.subject_name ?? '' },
    grid: row.grid_id === null ? null : { id: row.grid_id, name: row.grid_name ?? '' },
    lastSeenAt: row.last_seen_at,
    silent: isSilent({ protocol: row.protocol, lastSeenAt: row.last_seen_at }, context),
    battery: row.battery,
    vendor: row.vendor,
    asset: assetOf(row),
    gateway: row.gateway_id === null ? null : { id: row.gateway_id, name: row.gateway_name ?? '' },
    topicPrefix: row.topic_prefix,
    children: row.children,
    online: row.online,
    location:
      row.latitude === null || row.longitude === null
        ? null
        : { latitude: row.latitude, longitude: row.longitude },
    commands: [],
    openTicketId: row.open_ticket_id,
  };
}

function assetOf({ asset_id: id, asset_name, asset_kind: kind, asset_path }: DeviceRow): DeviceView['asset'] {
  if (id === null || kind === null) return null;
  return { id, name: asset_name ?? '', kind, path: asset_path ?? [] };
}
