import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AlertChange } from '../../src/model/alerts.ts';
import type { Reading } from '../../src/model/readings.ts';
import type { Signal } from '../../src/model/signals.ts';
import { createVirtualClock, type VirtualClock } from '../../src/platform/clock.ts';
import { at } from '../../src/platform/database.ts';
import type { LogConsumer } from '../../src/platform/log-consumer.ts';
import { createLogger } from '../../src/platform/logging.ts';
import { loadRules } from '../../src/rules/load-rules.ts';
import { createRulesConsumer } from '../../src/rules/rules-consumer.ts';
import { openTestDatabase, type TestDatabase } from '../harness/postgres.ts';

const START = Date.UTC(2026, 10, 22);
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const ALLOWED = 25 * HOUR;
const PARTITION = 3;
const { rules } = await loadRules('alert-rules');

let test: TestDatabase;
let clock: VirtualClock;
let heard: AlertChange[];
let consumer: LogConsumer;
let gatewayId: number;
let children: number[];

beforeEach(async () => {
  test = await openTestDatabase();
  clock = createVirtualClock(START);
  heard = [];
  restart();
  [gatewayId = 0] = await addDevices(['gw-1']);
  children = await addDevices(names(60), gatewayId);
});
afterEach(() => test.close());

function restart(): void {
  consumer = createRulesConsumer({
    clock,
    database: test.database,
    log: createLogger('silent'),
    rules: () => rules,
    calendar: { isWorkday: () => true },
    expectedEveryMs: () => ALLOWED,
    partitionOf: () => PARTITION,
    respond: async (_trx, changes) => () => void heard.push(...changes),
  });
}

const names = (count: number): string[] =>
  Array.from({ length: count }, (_, n) => `0x00158d${n.toString(16).padStart(10, '0')}`);

async function addDevices(nativeIds: readonly string[], gateway?: number): Promise<number[]> {
  const rows = await test.database.db
    .insertInto('devices')
    .values(
      nativeIds.map((native_id) => ({
        protocol: 'zigbee2mqtt',
        native_id,
        gateway_id: gateway ?? null,
        topic_prefix: gateway === undefined ? `zigbee2mqtt/${native_id}` : null,
      })),
    )
    .returning('id')
    .execute();
  return rows.map((row) => row.id);
}

interface Sample {
  signal: Signal;
  value: Reading['value'];
  deviceId: number;
}

/** Everything that came by then, in one drain. */
async function hear(atMs: number, samples: readonly Sample[]): Promise<void> {
  clock.set(START + atMs);
  const readings = samples.map(
    ({ deviceId, ...sample }): Reading => ({
      ...sample,
      deviceId,
      ...(deviceId === gatewayId ? { isGateway: true } : { gatewayId }),
      protocol: 'zigbee2mqtt',
      nativeId: deviceId === gatewayId ? 'gw-1' : (names(600)[children.indexOf(deviceId)] ?? ''),
      origin: 'live',
      observedAt: START + atMs,
      receivedAt: START + atMs,
    }),
  );
  const rows = [{ no: 1, payload: JSON.stringify({ readings }) }];
  const after = await test.database.db.transaction().execute((trx) => consumer.handle(trx, PARTITION, rows));
  after?.();
  for (const { deviceId, signal, value } of samples)
    if (deviceId === gatewayId && signal === 'online') await noteOnline(value === true, atMs);
}

/** As ingest does in the commit of the reading: where it changes. */
const noteOnline = (online: boolean, atMs: number) =>
  test.database.db
    .updateTable('devices')
    .set({ online, online_changed_at: at(START + atMs) })
    .where('id', '=', gatewayId)
    .where((e) => e.or([e('online', 'is', null), e('online', '<>', online)]))
    .execute();

const dry = (ids: readonly number[]): Sample[] =>
  ids.map((deviceId) => ({ deviceId, signal: 'water_leak', value: false }));
const gateway = (online: boolean): Sample => ({ deviceId: gatewayId, signal: 'online', value: online });

/** As the engine does each second, as often as something is due. */
async function passTo(atMs: number): Promise<void> {
  const end = START + atMs;
  for (;;) {
    const row = await test.database.db
      .selectFrom('rule_states')
      .select('due_at')
      .where('due_at', 'is not', null)
      .orderBy('due_at')
      .executeTakeFirst();
    const next = Math.max(row?.due_at ?? end, clock.now());
    if (next >= end) break;
    clock.set(next + SECOND);
    await tick();
  }
  clock.set(end);
  await tick();
}

async function tick(): Promise<void> {
  const after = await test.database.db.transaction().execute(async (trx) => consumer.tick?.(trx, PARTITION));
  after?.();
}

/** The gateway and these devices report every half hour. */
async function alive(from: number, to: number, samples: readonly Sample[]): Promise<void> {
  for (let time = from; time <= to; time += 30 * MINUTE) {
    await passTo(time);
    await hear(time, [gateway(true), ...samples]);
  }
}

const told = () => heard.map(({ rule, state, nativeId }) => `${rule} ${state} ${nativeId}`);
const firing = (rule: string) =>
  test.database.db
    .selectFrom('alerts')
    .selectAll()
    .where('rule', '=', rule)
    .where('state', '=', 'firing')
    .execute();

describe('a gateway that dies', () => {
  it('with 60 devices behind it is one alert, and nothing else however long it lasts', async () => {
    await hear(0, [gateway(true), ...dry(children)]);
    await hear(30 * MINUTE, [gateway(false)]);
    await passTo(4 * ALLOWED);
    expect(told()).toEqual(['gateway_dead firing gw-1']);
    expect(heard[0]).toMatchObject({
      severity: 'critical',
      consequence: 'ticket',
      faultClass: 'gateway_dead',
      at: START + 32 * MINUTE,
    });
  });

  it('that comes back gives each of them the whole time anew, and then who is still silent is told', async () => {
    await hear(0, [gateway(true), ...dry(children)]);
    await hear(30 * MINUTE, [gateway(false)]);
    await passTo(2 * ALLOWED);
    await hear(2 * ALLOWED, [gateway(true)]);
    const [missing = 0, ...others] = children;
    await hear(2 * ALLOWED + 30 * MINUTE, dry(others));
    heard = [];
    await alive(2 * ALLOWED + 30 * MINUTE, 3 * ALLOWED - HOUR, dry(others));
    expect(told()).toEqual([]);
    await alive(3 * ALLOWED - HOUR, 3 * ALLOWED, dry(others));
    await passTo(3 * ALLOWED + MINUTE);
    expect(heard.map(({ rule, deviceId, gatewayId: through }) => ({ rule, deviceId, through }))).toEqual([
      { rule: 'sensor_silent', deviceId: missing, through: gatewayId },
    ]);
  });

  it('and a restart of the service in between change nothing', async () => {
    await hear(0, [gateway(true), ...dry(children)]);
    restart();
    await hear(30 * MINUTE, [gateway(false)]);
    restart();
    await passTo(ALLOWED + MINUTE);
    restart();
    await passTo(ALLOWED + HOUR);
    expect(told()).toEqual(['gateway_dead firing gw-1']);
    restart();
    await hear(ALLOWED + 2 * HOUR, [gateway(true), ...dry(children)]);
    expect(told()).toEqual(['gateway_dead firing gw-1', 'gateway_dead resolved gw-1']);
    expect(await firing('gateway_dead')).toEqual([]);
  });

  it('says nothing of devices behind another one', async () => {
    const [other = 0] = await addDevices(['gw-2']);
    const [stranger = 0] = await addDevices(['0xff'], other);
    await hear(0, [gateway(true), ...dry(children)]);
    const reading = { ...dry([stranger])[0], protocol: 'zigbee2mqtt', nativeId: '0xff', gatewayId: other };
    const payload = JSON.stringify({
      readings: [{ ...reading, origin: 'live', observedAt: START, receivedAt: START }],
    });
    await test.database.db
      .transaction()
      .execute((trx) => consumer.handle(trx, PARTITION, [{ no: 2, payload }]));
    await hear(30 * MINUTE, [gateway(false)]);
    await passTo(ALLOWED + MINUTE);
    expect(told()).toEqual(['gateway_dead firing gw-1', 'sensor_silent firing 0xff']);
  });
});

describe('devices that fall silent together behind a gateway that says all is well', () => {
  it('are one alert on the gateway, with who they are, and none of their own', async () => {
    for (const [n, child] of children.entries()) await hear(n * MINUTE, [gateway(true), ...dry([child])]);
    await alive(HOUR, ALLOWED + 3 * HOUR, []);
    expect(told()).toEqual(['gateway_dead firing gw-1']);
    expect(heard[0]?.evidence).toMatchObject({ children: { silent: 60, of: 60 } });
    const [alert] = await firing('gateway_dead');
    expect(alert?.evidence).toMatchObject({ children: { list: names(50) } });
  });

  it('are heard again: the alert ends, and nobody is accused before the whole time has passed', async () => {
    await hear(0, [gateway(true), ...dry(children)]);
    await alive(30 * MINUTE, ALLOWED + HOUR, []);
    await hear(ALLOWED + HOUR, dry(children.slice(0, 50)));
    await alive(ALLOWED + HOUR, ALLOWED + 20 * HOUR, dry(children.slice(0, 50)));
    expect(told()).toEqual(['gateway_dead firing gw-1', 'gateway_dead resolved gw-1']);
    await alive(ALLOWED + 20 * HOUR, 2 * ALLOWED + 2 * HOUR, dry(children.slice(0, 50)));
    expect(told().slice(2).toSorted()).toEqual(
      names(60)
        .slice(50)
        .map((id) => `sensor_silent firing ${id}`),
    );
  });

  it('are told one by one where they are few', async () => {
    await hear(0, [gateway(true), ...dry(children)]);
    const speaking = children.slice(4);
    await alive(30 * MINUTE, ALLOWED + HOUR, dry(speaking));
    expect(told().toSorted()).toEqual(names(4).map((id) => `sensor_silent firing ${id}`));
  });

  it('are told one by one where the others were heard after what is stored of them', async () => {
    const [few, others] = [children.slice(0, 4), children.slice(4)];
    await hear(0, [gateway(true), ...dry(children)]);
    await hear(11 * HOUR, [gateway(true), ...dry(others)]);
    const seen = { last_seen_at: at(START + 11 * HOUR) };
    await test.database.db.updateTable('devices').set(seen).where('id', 'in', others).execute();
    restart();
    await alive(11 * HOUR, ALLOWED + HOUR, []);
    expect(told().toSorted()).toEqual(names(few.length).map((id) => `sensor_silent firing ${id}`));
  });

  it('500 of them that their gateway calls offline within a second are one alert', async () => {
    children = [...children, ...(await addDevices(names(500).slice(60), gatewayId))];
    await hear(0, [gateway(true), ...dry(children)]);
    const offline = children.map((deviceId): Sample => ({ deviceId, signal: 'online', value: false }));
    await hear(MINUTE, offline);
    await alive(2 * MINUTE, HOUR, []);
    expect(told()).toEqual(['gateway_dead firing gw-1']);
    const back = children.map((deviceId): Sample => ({ deviceId, signal: 'online', value: true }));
    await hear(HOUR, back);
    await passTo(HOUR + 2 * MINUTE);
    expect(told()).toEqual(['gateway_dead firing gw-1', 'gateway_dead resolved gw-1']);
  });
});
