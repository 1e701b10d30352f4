import type { FastifyInstance } from 'fastify';
import { adoptWaiting } from '../../devices/child-store.ts';
import { spellingsOf } from '../../devices/command-store.ts';
import { lockDevice } from '../../devices/device-change-store.ts';
import { registerDevice } from '../../devices/device-store.ts';
import { gatewayPrefix } from '../../devices/gateways.ts';
import { recordAudit } from '../../people/audit-store.ts';
import type { Trx } from '../../platform/database.ts';
import { AppError } from '../../platform/errors.ts';
import { announce } from '../../platform/live-store.ts';
import type { Scope } from '../authorisation.ts';
import type { ApiDeps } from '../deps.ts';
import { type AdoptInput, adoptedSchema, adoptInputSchema } from '../device-schemas.ts';
import { mustSeeDevice, protocolOf, viewOfDevice } from '../devices.ts';
import { scopeOf } from '../session-guard.ts';
import { mustEditDevice, mustOwnTargets } from './devices.ts';
import { answers, typed } from './route.ts';

/** A gateway and everything behind it, out of the waiting room in one go. */
export function registerDeviceAdoption(app: FastifyInstance, deps: ApiDeps): void {
  const { database, clock } = deps;
  typed(app).post(
    '/api/devices/adopt',
    {
      schema: {
        tags: ['devices'],
        summary:
          'Register a gateway, where it is not yet, with all in the waiting room that spoke through it',
        body: adoptInputSchema,
        response: answers(adoptedSchema),
      },
    },
    async (request) => {
      const scope = await scopeOf(request, deps);
      const { body } = request;
      await mustOwnTargets(deps, scope, body);
      const { id, secret, adopted } = await database.db.transaction().execute(async (trx) => {
        const gateway = await gatewayOf(deps, trx, { scope, input: body });
        const { protocol, gatewayNativeId: nativeId } = body;
        const count = await adoptWaiting(trx, { id: gateway.id, protocol, nativeId });
        const detail = { gateway: nativeId, adopted: count };
        const entry = {
          accountId: scope.accountId,
          action: 'devices_adopted' as const,
          deviceId: gateway.id,
        };
        await recordAudit(trx, [{ ...entry, detail }], clock.now());
        await announce(trx, { type: 'device', id: gateway.id });
        return { ...gateway, adopted: count };
      });
      const row = await mustSeeDevice(deps, scope, id);
      return { gateway: await viewOfDevice(deps, scope, row), secret, adopted };
    },
  );
}

/** The gateway as it stands, or registered now. Throws NOT_FOUND for one of another desk. */
async function gatewayOf(
  deps: ApiDeps,
  trx: Trx,
  { scope, input }: { scope: Scope; input: AdoptInput },
): Promise<{ id: number; secret: string | null }> {
  const protocol = protocolOf(deps, input.protocol);
  if (!protocol.gateway)
    throw new AppError('DEVICE_GATEWAY_UNKNOWN', `${protocol.name} knows no gateways`, { status: 404 });
  const aliases = spellingsOf(protocol, input.gatewayNativeId);
  const known = await lockDevice(trx, protocol.name, aliases);
  if (known) {
    const row = await mustSeeDevice(deps, scope, known.id);
    mustEditDevice(scope, row);
    return { id: row.id, secret: null };
  }
  const { gatewayNativeId: nativeId, name, assetId, gridId, topicPrefix } = input;
  return registerDevice(trx, {
    protocol: protocol.name,
    nativeId,
    aliases,
    name,
    assetId,
    gridId,
    topicPrefix: gatewayPrefix(protocol, nativeId, topicPrefix),
    registeredBy: scope.accountId,
    withSecret: true,
  });
}
