import { afterAll, beforeAll, expect, test } from 'vitest';
import { registerDevice } from '../../src/devices/device-store.ts';
import {
  answerDownlink,
  DOWNLINK_CHANNEL,
  queueDownlink,
  takeQueued,
  tellMeasured,
} from '../../src/devices/downlink-store.ts';
import { createRescueCommands } from '../../src/devices/rescue-commands.ts';
import type { AlertChange } from '../../src/model/alerts.ts';
import type { DownlinkCommand } from '../../src/model/uplinks.ts';
import { createVirtualClock } from '../../src/platform/clock.ts';
import { createLogger } from '../../src/platform/logging.ts';
import { lineProtocol } from '../harness/line-protocol.ts';
import { openTestDatabase, type TestDatabase } from '../harness/postgres.ts';
import { NOON_MS } from '../harness/rescue-village.ts';
import { until } from '../harness/until.ts';

const MINUTE_MS = 60_000;
const line = lineProtocol();
const clock = createVirtualClock(NOON_MS);
let stage: TestDatabase;
let subjectId: number;
beforeAll(async () => {
  stage = await openTestDatabase();
  const subject = { kind: 'elder' as const, name: '王奶奶' };
  subjectId = (
    await stage.database.db.insertInto('subjects').values(subject).returning('id').executeTakeFirstOrThrow()
  ).id;
});
afterAll(() => stage.close());

async function band(nativeId: string) {
  const { db } = stage.database;
  const { id } = await registerDevice(db, { protocol: 'line', nativeId, withSecret: false });
  const waiting = async () =>
    (await takeQueued(db, { protocol: 'line', spellings: [nativeId], isGateway: false }, clock.now())).map(
      ({ command }) => ('what' in command ? command.what : command.kind),
    );
  return {
    id,
    waiting,
    queue: (command: DownlinkCommand) =>
      queueDownlink(db, { protocol: 'line', nativeId, deviceId: id, command }, clock.now()),
    answer: (ok = true) =>
      answerDownlink(db, { protocol: 'line', spellings: [nativeId], command: 'ack', ok }, clock.now()),
    async marked() {
      await db.updateTable('downlinks').set({ answered_by: 'ack' }).where('device_id', '=', id).execute();
    },
  };
}

const press = (device: { id: number }, more: Partial<AlertChange> = {}): AlertChange => ({
  rule: 'sos',
  kind: 'sos',
  severity: 'critical',
  consequence: 'incident',
  state: 'firing',
  at: clock.now(),
  receivedAt: clock.now(),
  deviceId: device.id,
  subjectId,
  protocol: 'line',
  nativeId: `band-${device.id}`,
  source: '10.0.0.1',
  late: false,
  evidence: { signal: 'sos', value: true, receivedAt: clock.now() },
  ...more,
});

test('a press asks the wristband where she is and how her heart beats, and the next one not again at once', async () => {
  const device = await band('b1');
  const rescue = createRescueCommands({
    database: stage.database,
    clock,
    log: createLogger('silent'),
    protocols: new Map([['line', line]]),
  });
  const named = { nativeId: 'b1' };
  await rescue.ask([press(device, named), press(device, named)]);
  expect(await device.waiting()).toEqual(['locate_now', 'heart_rate']);
  const noted = await stage.database.db
    .selectFrom('audit')
    .select(['account_id', 'action', 'detail'])
    .where('device_id', '=', device.id)
    .orderBy('id')
    .execute();
  expect(noted).toEqual(
    [{ kind: 'locate_now' }, { kind: 'measure', what: 'heart_rate' }].map((detail) => ({
      account_id: null,
      action: 'downlink_sent',
      detail,
    })),
  );
  await clock.advance(MINUTE_MS);
  await rescue.ask([press(device, named)]);
  expect(await device.waiting()).toEqual([]);
  await clock.advance(3 * MINUTE_MS);
  await rescue.ask([press(device, { ...named, evidence: { signal: 'fall', value: true, receivedAt: 0 } })]);
  expect(await device.waiting()).toEqual(['locate_now', 'heart_rate']);
});

test('what is late, what nobody wears and what is no press asks nothing', async () => {
  const device = await band('b2');
  const protocols = new Map([['line', line]]);
  const rescue = createRescueCommands({
    database: stage.database,
    clock,
    log: createLogger('silent'),
    protocols,
  });
  const named = press(device, { nativeId: 'b2' });
  const { subjectId: _nobody, ...unworn } = named;
  await rescue.ask([
    { ...named, late: true },
    unworn,
    { ...named, evidence: { signal: 'heart_rate', value: 150, receivedAt: 0 } },
    { ...named, state: 'resolved' },
  ]);
  expect(await device.waiting()).toEqual([]);
});

test('a wristband measures one thing at a time', async () => {
  const device = await band('b3');
  await device.queue({ kind: 'measure', what: 'heart_rate' });
  await device.queue({ kind: 'measure', what: 'spo2' });
  await device.queue({ kind: 'measure', what: 'temperature' });
  await device.queue({ kind: 'ring' });
  expect(await device.waiting()).toEqual(['heart_rate', 'ring']);
  await device.marked();
  await device.answer();
  expect(await device.waiting()).toEqual([]);
  await clock.advance(MINUTE_MS);
  const told: string[] = [];
  await stage.database.listen(DOWNLINK_CHANNEL, (payload) => void told.push(payload));
  await tellMeasured(stage.database.db, clock.now());
  await until(() => told.includes('line\nb3'), { what: 'the device to be told' });
  expect(await device.waiting()).toEqual(['spo2']);
  await clock.advance(3 * MINUTE_MS + 1);
  await device.queue({ kind: 'measure', what: 'blood_pressure' });
  expect(await device.waiting()).toEqual(['blood_pressure']);
});
