import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { at } from '../../src/platform/database.ts';
import { openRuleLog, type RuleLog, START } from '../harness/rule-log.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

let log: RuleLog;
let assetId: number;

beforeEach(async () => {
  log = await openRuleLog();
  const { id } = await log.db
    .insertInto('assets')
    .values({ site_id: 1, kind: 'pipe', code: 'pipe', name: '水管' })
    .returning('id')
    .executeTakeFirstOrThrow();
  assetId = id;
});
afterEach(() => log.close());

async function register(
  nativeId: string,
  more: { asset_id?: number; gateway_id?: number; protocol?: string; topic_prefix?: string } = {},
): Promise<number> {
  const values = { protocol: 'native', native_id: nativeId, created_at: at(START), ...more };
  return (await log.db.insertInto('devices').values(values).returning('id').executeTakeFirstOrThrow()).id;
}

const hearOf = (id: number) =>
  log.db
    .updateTable('devices')
    .set({ last_seen_at: at(START) })
    .where('id', '=', id)
    .execute();

describe('a sensor that was registered and never spoke', () => {
  it('is silent after a day, says when it was registered, and is well with its first word', async () => {
    const deviceId = await register('mute', { asset_id: assetId });
    await log.tick(DAY - HOUR);
    expect(log.told()).toEqual([]);
    await log.tick(DAY + 2 * 60_000);
    expect(log.told()).toEqual(['sensor_silent firing warning']);
    expect(log.heard[0]).toMatchObject({
      nativeId: 'mute',
      assetId,
      evidence: { registeredAt: START },
    });
    await log.tick(3 * DAY);
    log.restart();
    await log.tick(4 * DAY);
    expect(log.told()).toHaveLength(1);
    await log.hear([{ signal: 'water_leak', value: false, atMs: 5 * DAY, deviceId }]);
    expect(log.told()).toEqual(['sensor_silent firing warning', 'sensor_silent resolved warning']);
  });

  it('is no news where nothing says that it was ever installed', async () => {
    await register('in-a-drawer');
    const gateway = await register('gateway', {
      protocol: 'zigbee2mqtt',
      asset_id: assetId,
      topic_prefix: 'zigbee2mqtt/gateway',
    });
    await register('0x01', { protocol: 'zigbee2mqtt', gateway_id: gateway });
    await log.tick(3 * DAY);
    expect(log.told()).toEqual([]);
  });

  it('is looked for behind a gateway that speaks, and ten of them are not held against the gateway', async () => {
    const gateway = await register('gateway', { protocol: 'zigbee2mqtt', asset_id: assetId });
    for (let n = 0; n < 10; n++) await register(`0x0${n}`, { protocol: 'zigbee2mqtt', gateway_id: gateway });
    await hearOf(gateway);
    await log.tick(2 * DAY);
    expect(new Set(log.told())).toEqual(new Set(['sensor_silent firing warning']));
    expect(log.told()).toHaveLength(10);
  });

  it('is no news once it has been heard in whatever way, or somebody wears it', async () => {
    await hearOf(await register('heard', { asset_id: assetId }));
    const { id } = await log.db
      .insertInto('subjects')
      .values({ kind: 'elder', name: '王奶奶' })
      .returning('id')
      .executeTakeFirstOrThrow();
    const worn = await register('worn', { asset_id: assetId });
    await log.db.updateTable('devices').set({ subject_id: id }).where('id', '=', worn).execute();
    await log.tick(3 * DAY);
    expect(log.told()).toEqual([]);
  });
});
