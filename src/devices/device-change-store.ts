import { at, type Queryable } from '../platform/database.ts';
import { mustBeFreePrefix, tellChanged } from './device-store.ts';
import { mustBeNewUnit } from './hardware-store.ts';

export interface DeviceChange {
  name?: string | null | undefined;
  model?: string | null | undefined;
  vendor?: string | null | undefined;
  subjectId?: number | null | undefined;
  gridId?: number | null | undefined;
  assetId?: number | null | undefined;
  gatewayId?: number | null | undefined;
  topicPrefix?: string | null | undefined;
  /** Of whose mobile network its card is. */
  operator?: string | null | undefined;
  active?: boolean | undefined;
}

/** Changes what is given; every process forgets the device at the commit. Throws DEVICE_PREFIX_TAKEN, DEVICE_HARDWARE_TAKEN. */
export async function changeDevice(
  db: Queryable,
  id: number,
  change: DeviceChange,
  now: number,
): Promise<void> {
  const { subjectId, name, model, vendor, active } = change;
  await mustBeFreePrefix(db, change.topicPrefix ?? (active ? await prefixOf(db, id) : undefined), id);
  const set = {
    name,
    model,
    vendor,
    active,
    grid_id: change.gridId,
    asset_id: change.assetId,
    gateway_id: change.gatewayId,
    topic_prefix: change.topicPrefix,
    operator: change.operator,
  };
  if (active) await mustStillBeNewUnit(db, id);
  if (Object.values(set).some((value) => value !== undefined))
    await db.updateTable('devices').set(set).where('id', '=', id).execute();
  if (subjectId !== undefined) await assignDevice(db, id, subjectId, now);
  await tellChanged(db);
}

/** While it was out of use, the same unit may have been registered in another language. */
async function mustStillBeNewUnit(db: Queryable, id: number): Promise<void> {
  const row = await db
    .selectFrom('devices')
    .select(['protocol', 'native_id'])
    .where('id', '=', id)
    .executeTakeFirst();
  if (row) await mustBeNewUnit(db, row.protocol, row.native_id);
}

async function prefixOf(db: Queryable, id: number): Promise<string | null | undefined> {
  const row = await db.selectFrom('devices').select('topic_prefix').where('id', '=', id).executeTakeFirst();
  return row?.topic_prefix;
}

/**
 * Gives a device to a wearer, or to nobody. What it read before belongs to whom it was with: its latest values go, and `assigned_at`
 * bounds what is read of its series. Nothing changes where it is hers already.
 */
async function assignDevice(
  db: Queryable,
  deviceId: number,
  subjectId: number | null,
  now: number,
): Promise<void> {
  const changed = await db
    .updateTable('devices')
    .set({ subject_id: subjectId, assigned_at: at(now) })
    .where('id', '=', deviceId)
    .where('subject_id', 'is distinct from', subjectId)
    .executeTakeFirst();
  if (changed.numUpdatedRows === 0n) return;
  await db.deleteFrom('latest_readings').where('device_id', '=', deviceId).execute();
}

/** A device by any of its spellings, also one that was put out of use; locked until the end of the transaction. */
export async function lockDevice(
  db: Queryable,
  protocol: string,
  spellings: readonly string[],
): Promise<{ id: number; subjectId: number | null; active: boolean } | undefined> {
  const row = await db
    .selectFrom('devices')
    .select(['id', 'subject_id', 'active'])
    .where('id', 'in', (e) =>
      e
        .selectFrom('device_aliases')
        .select('device_id')
        .where('protocol', '=', protocol)
        .where('alias', 'in', [...spellings]),
    )
    .orderBy('active', 'desc')
    .forUpdate()
    .executeTakeFirst();
  return row && { id: row.id, subjectId: row.subject_id, active: row.active };
}
