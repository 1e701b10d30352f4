import { positionSignals } from '../model/uplinks.ts';
import type { Queryable } from '../platform/database.ts';
import { AppError } from '../platform/errors.ts';
import { queueDownlink } from './downlink-store.ts';

export interface SwitchWish {
  deviceId: number;
  on: boolean;
  channel?: string | undefined;
  requestedBy?: number | undefined;
  ticketId?: number | undefined;
}

/**
 * Queues a switch of a breaker or a valve; whether its asset allows it is for the caller to know. Returns the id of the downlink, also of the
 * one that wishes the same and is still open. Throws DEVICE_NOT_FOUND.
 */
export async function queueSwitch(
  db: Queryable,
  { deviceId, on, channel, ...by }: SwitchWish,
  now: number,
): Promise<number> {
  const device = await db
    .selectFrom('devices')
    .select(['protocol', 'native_id'])
    .where('id', '=', deviceId)
    .where('active', '=', true)
    .executeTakeFirst();
  if (!device) throw new AppError('DEVICE_NOT_FOUND', `no device ${deviceId}`, { status: 404 });
  const command = { kind: 'switch' as const, on, ...(channel ? { channel } : {}) };
  const { protocol, native_id: nativeId } = device;
  return queueDownlink(db, { protocol, nativeId, deviceId, command, ...by }, now);
}

/** Those of the devices that have ever shown the position of a breaker or a valve. */
export async function switchableDevices(
  db: Queryable,
  deviceIds: readonly number[],
): Promise<ReadonlySet<number>> {
  if (deviceIds.length === 0) return new Set();
  const rows = await db
    .selectFrom('latest_readings')
    .select('device_id')
    .distinct()
    .where('device_id', 'in', [...deviceIds])
    .where('signal', 'in', [...positionSignals])
    .execute();
  return new Set(rows.map((row) => row.device_id));
}

/** The signals by which a device has shown a position. */
export async function shownPositions(db: Queryable, deviceId: number): Promise<ReadonlySet<string>> {
  const rows = await db
    .selectFrom('latest_readings')
    .select('signal')
    .where('device_id', '=', deviceId)
    .where('signal', 'in', [...positionSignals])
    .execute();
  return new Set(rows.map((row) => row.signal));
}
