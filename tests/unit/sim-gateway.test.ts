import { afterEach, describe, expect, it } from 'vitest';
import { createJournal, type JournalEntry } from '../../device-sim/journal.ts';
import type { ChildCredential } from '../../device-sim/neighbourhood.ts';
import { createNoise } from '../../device-sim/noise.ts';
import { createSimTime } from '../../device-sim/time.ts';
import { ZigbeeGateway } from '../../device-sim/zigbee/gateway.ts';
import { models } from '../../device-sim/zigbee/models.ts';
import { openSimBroker } from '../harness/sim-broker.ts';
import { until } from '../harness/until.ts';

const BASE = 'zigbee2mqtt/gw-1';
const LEAK = '0x00158d0000000001';
const BREAKER = '0xa4c1380000000002';
const children: ChildCredential[] = [
  { address: LEAK, name: '1栋/地下室漏水', model: 'SJCGQ11LM' },
  { address: BREAKER, name: '总断路器', model: 'TOWSMR1' },
];
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function openGateway(settings = { lastSeen: false, availability: false }) {
  const broker = await openSimBroker();
  const entries: JournalEntry[] = [];
  const gateway = new ZigbeeGateway({
    gateway: { id: 'gw-1', secret: 'secret', children },
    url: broker.url,
    settings,
    noise: createNoise(1),
    journal: createJournal((entry) => entries.push(entry)),
    time: createSimTime(1),
    switchingMs: 10,
    reconnectMs: 20,
  });
  closing.push(
    () => gateway.stop(),
    () => broker.close(),
  );
  const leaks = () => broker.on(`${BASE}/1栋/地下室漏水`) as Record<string, unknown>[];
  const breakers = () => broker.on(`${BASE}/总断路器`) as Record<string, unknown>[];
  return { broker, gateway, entries, leaks, breakers };
}

describe('a simulated Zigbee2MQTT', () => {
  it('says that it is online, what it is, what it has paired, and then all that it has cached', async () => {
    const { broker, gateway, breakers } = await openGateway();
    gateway.start();
    await until(() => breakers().length, { what: 'the cache' });
    expect(broker.logins).toEqual(['gw-1:secret']);
    expect(broker.heard.map(({ topic }) => topic)).toEqual([
      `${BASE}/bridge/state`,
      `${BASE}/bridge/info`,
      `${BASE}/bridge/devices`,
      `${BASE}/1栋/地下室漏水`,
      `${BASE}/总断路器`,
    ]);
    expect(broker.heard.map(({ retain }) => retain)).toEqual([true, true, true, false, false]);
    expect(broker.on(`${BASE}/bridge/state`)).toEqual([{ state: 'online' }]);
    const [devices] = broker.on(`${BASE}/bridge/devices`) as Record<string, unknown>[][];
    expect(devices?.map((device) => device.type)).toEqual(['Coordinator', 'EndDevice', 'Router']);
    expect(devices?.[1]).toMatchObject({
      ieee_address: LEAK,
      friendly_name: '1栋/地下室漏水',
      definition: { model: 'SJCGQ11LM', vendor: 'Aqara' },
    });
  });

  it('repeats its whole cache in every message', async () => {
    const { gateway, leaks } = await openGateway();
    gateway.start();
    await until(() => leaks().length === 1, { what: 'the cache' });
    gateway.hear(LEAK, { water_leak: true });
    gateway.hear(LEAK, { battery: 70 });
    await until(() => leaks().length === 3, { what: 'two reports' });
    expect(leaks().map(({ water_leak, battery }) => [water_leak, battery])).toEqual([
      [false, expect.any(Number)],
      [true, expect.any(Number)],
      [true, 70],
    ]);
    expect(leaks()[0]).not.toHaveProperty('last_seen');
  });

  it('sends its cache again when it is restarted, with the time at which each was heard', async () => {
    const { broker, gateway, leaks } = await openGateway({ lastSeen: true, availability: true });
    gateway.remember(LEAK, { water_leak: true });
    gateway.start();
    await until(() => leaks().length === 1, { what: 'the cache' });
    await gateway.stop();
    const states = () => broker.on(`${BASE}/bridge/state`);
    await until(() => states().length === 2, { what: 'the farewell' });
    gateway.hear(LEAK, { water_leak: false });
    gateway.start();
    await until(() => leaks().length === 2, { what: 'the cache again' });
    expect(leaks().map((leak) => leak.water_leak)).toEqual([true, true]);
    expect(leaks()[1]?.last_seen).toBe(leaks()[0]?.last_seen);
    expect(Date.parse(String(leaks()[1]?.last_seen))).toBeLessThan(Date.now());
    expect(states()).toEqual([{ state: 'online' }, { state: 'offline' }, { state: 'online' }]);
    expect(broker.on(`${BASE}/1栋/地下室漏水/availability`)).toEqual([
      { state: 'online' },
      { state: 'online' },
    ]);
  });

  it('connects again by itself, without its cache', async () => {
    const { broker, gateway, leaks } = await openGateway();
    gateway.start();
    await until(() => leaks().length === 1, { what: 'the cache' });
    broker.hangUp();
    await until(() => broker.on(`${BASE}/bridge/devices`).length === 2, { what: 'the second greeting' });
    expect(leaks()).toHaveLength(1);
  });

  it('leaves its last will when it dies, and is silent then', async () => {
    const { broker, gateway, leaks, entries } = await openGateway();
    gateway.start();
    await until(() => leaks().length === 1, { what: 'the cache' });
    gateway.die();
    const states = () => broker.on(`${BASE}/bridge/state`);
    await until(() => states().length === 2, { what: 'the will' });
    expect(states()).toEqual([{ state: 'online' }, { state: 'offline' }]);
    const said = entries.flatMap((entry) => ('sent' in entry ? [entry.sent.text] : []));
    expect(said.join()).not.toContain('offline');
    gateway.hear(LEAK, { water_leak: true });
    gateway.start();
    await until(() => leaks().length === 2, { what: 'the cache after the power failure' });
    expect(leaks()[1]?.water_leak).toBe(false);
  });

  it.each([
    [`${BASE}/总断路器/set`, '{"state":"OFF"}'],
    [`${BASE}/总断路器/set/state`, 'OFF'],
  ])('answers %s with the new state', async (topic, payload) => {
    const { broker, gateway, breakers, entries } = await openGateway();
    gateway.start();
    await until(() => breakers().length === 1 && broker.subscriptions.length, { what: 'the subscription' });
    broker.say(topic, payload);
    await until(() => breakers().length === 2, { what: 'the new state' });
    expect(breakers()[1]).toMatchObject({ state: 'OFF', event: 'remote_off', current: 0, power: 0 });
    expect(entries.filter((entry) => 'story' in entry)).toHaveLength(1);
  });

  it('switches no leak sensor, and answers a question with what it has cached', async () => {
    const { broker, gateway, leaks } = await openGateway();
    gateway.start();
    await until(() => leaks().length === 1 && broker.subscriptions.length, { what: 'the subscription' });
    broker.say(`${BASE}/1栋/地下室漏水/set`, '{"state":"OFF"}');
    broker.say(`${BASE}/1栋/地下室漏水/set`, 'half a {');
    broker.say(`${BASE}/nobody/get`, '');
    broker.say(`${BASE}/1栋/地下室漏水/get`, '{"water_leak":""}');
    await until(() => leaks().length === 2, { what: 'the answer' });
    expect(leaks()[1]).toEqual(leaks()[0]);
  });
});

describe('a model', () => {
  it.each([...models.values()])('$model reports what it exposes, and is well', (model) => {
    const exposed = model.exposes.flatMap((expose) => expose.features ?? [expose]);
    const state = model.state(0.5);
    const names = exposed.map(({ property }) => property);
    for (const key of Object.keys(state)) expect(names).toContain(key);
    for (const { property = '', type, values, value_on, value_off } of exposed) {
      const value = state[property];
      if (value === undefined) expect(property).toBe('linkquality');
      else if (type === 'enum') expect(values).toContain(value);
      else if (type === 'binary') expect([value_on, value_off]).toContain(value);
      else if (type === 'list') expect(value).toEqual([]);
      else expect(value).toBeTypeOf('number');
    }
  });
});
