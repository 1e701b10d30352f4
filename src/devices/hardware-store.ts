import { hardwareIdOf } from '../model/hardware-id.ts';
import type { Queryable } from '../platform/database.ts';
import { AppError } from '../platform/errors.ts';

export interface Twin {
  protocol: string;
  nativeId: string;
}

/** The same units as they are registered in other languages and in use, by the native ids that were asked for. */
export async function findTwins(
  db: Queryable,
  protocol: string,
  nativeIds: readonly string[],
): Promise<ReadonlyMap<string, Twin>> {
  const asked = nativeIds.flatMap((nativeId) => {
    const hardwareId = hardwareIdOf(nativeId);
    return hardwareId === undefined ? [] : [{ nativeId, hardwareId }];
  });
  if (asked.length === 0) return new Map();
  const rows = await db
    .selectFrom('devices')
    .select(['protocol', 'native_id', 'hardware_id'])
    .where('hardware_id', 'in', [...new Set(asked.map(({ hardwareId }) => hardwareId))])
    .where('active', '=', true)
    .where('protocol', '<>', protocol)
    .orderBy('id', 'desc')
    .execute();
  const byHardware = new Map(
    rows.map((row) => [row.hardware_id, { protocol: row.protocol, nativeId: row.native_id }]),
  );
  return new Map(
    asked.flatMap(({ nativeId, hardwareId }) => {
      const twin = byHardware.get(hardwareId);
      return twin ? [[nativeId, twin] as const] : [];
    }),
  );
}

/** One unit is taken once, in whatever language. Throws DEVICE_HARDWARE_TAKEN. */
export async function mustBeNewUnit(db: Queryable, protocol: string, nativeId: string): Promise<void> {
  const twin = (await findTwins(db, protocol, [nativeId])).get(nativeId);
  if (twin)
    throw new AppError('DEVICE_HARDWARE_TAKEN', `this unit is registered as ${twin.protocol}`, {
      status: 409,
      details: { ...twin },
    });
}
