import { expect, it } from 'vitest';
import type { KnownDevice } from '../../src/devices/device-store.ts';
import { createOutsideSpeakers } from '../../src/transport/outside-speakers.ts';
import { type FieldMessage, fieldProtocol } from '../harness/field-protocol.ts';
import { memoryIntake } from '../harness/memory-intake.ts';
import { until } from '../harness/until.ts';

const field = fieldProtocol({
  poll: (session, { nativeId, now }) => ({
    session,
    publish: [{ topic: `field/${nativeId}/get`, bytes: Buffer.from('ask') }],
    nextAt: now + 3_600_000,
  }),
});

/** An outside broker that remembers what it was told and asked for; only the gateway `f1` is registered. */
function outside() {
  const s = memoryIntake(Promise.resolve(), field);
  const told: string[] = [];
  const listened: string[] = [];
  const spoke: string[] = [];
  const gateway = { protocol: 'field', nativeId: 'f1', topicPrefix: 'field/f1' } as KnownDevice;
  const speakers = createOutsideSpeakers({
    ...s,
    intake: {
      ...s.intake,
      accept: (uplink, conversation) => {
        spoke.push(`${uplink.claimedId ?? 'nobody'} ${uplink.topicPrefix} ${uplink.topic}`);
        return s.intake.accept(uplink, conversation);
      },
    },
    source: 'mqtt://elsewhere',
    protocols: [field],
    match: () => undefined,
    registry: { findGateway: async (topic) => (topic.startsWith('field/f1/') ? gateway : null) },
    publish: async (topic, bytes) => void told.push(`${topic} ${Buffer.from(bytes)}`),
    listen: async (topics) => void listened.push(...topics),
    mapFor: async () => undefined,
    askAgain: () => {},
  });
  const take = async (topic: string, message: FieldMessage, retained = false) => {
    let stored = false;
    const bytes = Buffer.from(JSON.stringify(message));
    speakers.take({
      topic,
      bytes,
      retained,
      alive: () => true,
      stored: () => {
        stored = true;
      },
    });
    await until(async () => stored, { what: 'the message to be stored' });
  };
  return { ...s, speakers, take, told, listened, spoke };
}

it('topics that a device announced belong to whoever announced them, and are asked for again with each connection', async () => {
  const broker = outside();
  await broker.take('field/f1/up', { of: 'f1', listenTo: ['kitchen/state', 'kitchen/#', 'kitchen/state'] });
  expect(broker.listened).toEqual(['kitchen/state']);
  await broker.take('kitchen/state', { of: 'lamp', says: { battery: 3 } });
  expect(broker.spoke.at(-1)).toBe('f1 field/f1 kitchen/state');
  expect(broker.speakers.topics()).toEqual(['kitchen/state']);
  broker.speakers.close();
});

it('a gateway that nobody registered is heard, and nothing is said to it', async () => {
  const broker = outside();
  await broker.take('field/f2/up', { of: 'f2', publish: 'field/f2/confirm' });
  expect(broker.spoke).toEqual(['nobody field/f2 field/f2/up']);
  await broker.take('field/f1/up', { of: 'f1', publish: 'field/f1/old' }, true);
  expect(broker.told).toEqual([]);
  broker.speakers.close();
});

it('a registered one is answered and asked on its topics', async () => {
  const broker = outside();
  await broker.take('field/f1/up', { of: 'f1', publish: 'field/f1/confirm' });
  expect(broker.told).toEqual(['field/f1/confirm confirmed']);
  await broker.clock.advance(1_000);
  await until(async () => broker.told.length === 2, { what: 'the question' });
  expect(broker.told[1]).toBe('field/f1/get ask');
  broker.speakers.close();
});

it('a topic on which its language does not let a gateway speak is no message of it', async () => {
  const s = outside();
  await s.take('field/f1/up', { of: 'f1' });
  await s.take('nobody/knows', { of: 'f1' });
  expect(s.spoke).toHaveLength(1);
  expect(s.refusals).toEqual(['no protocol speaks on the topic']);
  s.speakers.close();
});
