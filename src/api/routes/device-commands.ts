import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { commandDevice, spellingsOf } from '../../devices/command-store.ts';
import { canSay } from '../../devices/commands.ts';
import { queueSwitch, switchableDevices } from '../../devices/switching-store.ts';
import { recordAudit } from '../../people/audit-store.ts';
import type { Trx } from '../../platform/database.ts';
import { AppError } from '../../platform/errors.ts';
import { mayEditSubject, mayReadVitals, maySwitch, type Scope } from '../authorisation.ts';
import type { ApiDeps } from '../deps.ts';
import { allowsSwitching, deviceFacts, maySet, mustSeeDevice, protocolOf } from '../devices.ts';
import { type DownlinkInput, downlinkInputSchema, downlinkSchema } from '../downlink-schemas.ts';
import { notFound } from '../problems.ts';
import { scopeOf } from '../session-guard.ts';
import type { DeviceRow } from '../stores/device-view-store.ts';
import { readDownlinks } from '../stores/downlink-view-store.ts';
import { recentIncidents } from '../vitals.ts';
import { answers, creates, idParams, typed } from './route.ts';

const tags = ['devices'];
const MOST_DOWNLINKS = 50;
type Switch = Extract<DownlinkInput, { kind: 'switch' }>;
type Bodily = Exclude<DownlinkInput, Switch>;

/** Commands to devices: to a band that somebody wears, and to a breaker or a valve. */
export function registerDeviceCommands(app: FastifyInstance, deps: ApiDeps): void {
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
        summary:
          'Ask where it is or for a measurement, let it ring, show a message, set it; switch a breaker or a valve, with a reason',
        params: idParams,
        body: downlinkInputSchema,
        response: creates(downlinkSchema),
      },
    },
    async (request, reply) => {
      const { body } = request;
      const scope = await scopeOf(request, deps);
      const device = await mustSeeDevice(deps, scope, request.params.id);
      const id =
        body.kind === 'switch'
          ? await sendSwitch(deps, scope, { device, command: body })
          : await sendBodily(deps, scope, { device, command: body });
      const sent = await readDownlinks(deps.database.db, device.id, MOST_DOWNLINKS);
      const downlink = sent.find((each) => each.id === id);
      if (!downlink) throw notFound();
      return reply.code(201).send(downlink);
    },
  );
}

/** Throws DEVICE_SWITCH_NOT_YOURS (403), DEVICE_SWITCH_FORBIDDEN (409) where its asset does not allow it, DEVICE_TAKES_NO_COMMANDS. */
async function sendSwitch(
  deps: ApiDeps,
  scope: Scope,
  { device, command }: { device: DeviceRow; command: Switch },
): Promise<number> {
  if (!maySwitch(scope, deviceFacts(device)))
    throw new AppError('DEVICE_SWITCH_NOT_YOURS', 'only the desk and the managers of its company may', {
      status: 403,
    });
  const switchable = await switchableDevices(deps.database.db, [device.id]);
  if (!device.active || !switchable.has(device.id) || !protocolOf(deps, device.protocol).encode)
    throw takesNone(device);
  if (!allowsSwitching(device))
    throw new AppError('DEVICE_SWITCH_FORBIDDEN', 'its asset does not allow switching from afar', {
      status: 409,
    });
  const { on, channel, reason } = command;
  return deps.database.db.transaction().execute(async (trx) => {
    const detail = { kind: 'switch', on, ...(channel ? { channel } : {}), reason };
    await record(deps, trx, { scope, device, detail });
    const wish = { deviceId: device.id, on, channel, requestedBy: scope.accountId };
    return queueSwitch(trx, wish, deps.clock.now());
  });
}

async function sendBodily(
  deps: ApiDeps,
  scope: Scope,
  { device, command }: { device: DeviceRow; command: Bodily },
): Promise<number> {
  await mustCommand(deps, scope, { device, kind: command.kind });
  const protocol = protocolOf(deps, device.protocol);
  if (!canSay(protocol, command, device.native_id)) throw takesNone(device);
  return deps.database.db.transaction().execute(async (trx) => {
    const detail = command.kind === 'message' ? { kind: command.kind } : { ...command };
    await record(deps, trx, { scope, device, detail });
    const spellings = spellingsOf(protocol, device.native_id);
    const target = { protocol: device.protocol, spellings, deviceId: device.id };
    return commandDevice(trx, { ...target, command, requestedBy: scope.accountId }, deps.clock.now());
  });
}

/** To ask where she is needs the right to read it now; the rest also her guardian or desk may send. */
async function mustCommand(
  deps: ApiDeps,
  scope: Scope,
  { device, kind }: { device: DeviceRow; kind: Bodily['kind'] },
): Promise<void> {
  const { subjectId, gridId } = deviceFacts(device);
  if (!maySet(scope, device, kind))
    throw new AppError('DEVICE_COMMAND_NOT_YOURS', 'only her guardian and those who keep her data may', {
      status: 403,
    });
  if (subjectId === null) {
    if (maySwitch(scope, deviceFacts(device))) return;
    throw new AppError('DEVICE_SWITCH_NOT_YOURS', 'only the desk and the managers of its company may', {
      status: 403,
    });
  }
  const facts = { id: subjectId, gridId };
  const incidents = await recentIncidents(deps, scope, [facts.id]);
  if (mayReadVitals(scope, facts, { incidents, now: deps.clock.now() })) return;
  if (kind !== 'locate_now' && mayEditSubject(scope, facts)) return;
  throw new AppError('SUBJECT_VITALS_CLOSED', 'only while an incident of hers is open', { status: 403 });
}

async function record(
  { clock }: ApiDeps,
  trx: Trx,
  { scope, device, detail }: { scope: Scope; device: DeviceRow; detail: Record<string, unknown> },
): Promise<void> {
  const { accountId } = scope;
  const about = { subjectId: device.subject_id, deviceId: device.id };
  await recordAudit(trx, [{ accountId, action: 'downlink_sent', ...about, detail }], clock.now());
}

const takesNone = (device: DeviceRow): AppError =>
  new AppError('DEVICE_TAKES_NO_COMMANDS', `devices of ${device.protocol} take no such command`, {
    status: 409,
  });
