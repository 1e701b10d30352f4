import net from 'node:net';
import mqtt from 'mqtt';
import { afterEach, describe, expect, test } from 'vitest';
import { type MqttSession, type OutsideMessage, openMqttSession } from '../../src/transport/mqtt-session.ts';
import { startOutsideMosquitto } from '../harness/outside-mosquitto.ts';
import { requireProgram } from '../harness/requirements.ts';
import { until } from '../harness/until.ts';

const mosquitto = requireProgram('mosquitto');
const ends: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

class Reader {
  readonly got: OutsideMessage[] = [];
  session!: MqttSession;

  async open(url: string, version: 4 | 5): Promise<this> {
    this.session = await openMqttSession({
      url,
      clientId: 'reader',
      topics: ['t/#'],
      version,
      fresh: false,
      signal: new AbortController().signal,
      receive: (message) => this.got.push(message),
      denied: () => undefined,
    });
    ends.push(() => this.session.destroy());
    return this;
  }

  texts = () => this.got.map(({ bytes }) => Buffer.from(bytes).toString());
}

describe.skipIf(!mosquitto.path)('a session with an outside broker', () => {
  test.each([4, 5] as const)(
    'of MQTT version %i gets again what was not stored, and nothing else',
    async (version) => {
      const broker = await startOutsideMosquitto(mosquitto.path ?? '');
      ends.push(() => broker.close());
      const first = await new Reader().open(broker.url, version);
      const publisher = await mqtt.connectAsync(broker.url);
      ends.push(() => publisher.endAsync(true));
      const say = (text: string, qos: 0 | 1 = 1) => publisher.publishAsync('t/x', text, { qos });
      for (const text of ['0', '1', '2', '3', '4']) await say(text);
      await say('quick', 0);
      await until(() => first.got.length === 6, { what: 'all messages' });
      expect(first.session.held()).toBe(6);
      first.got[1]?.stored();
      first.got[0]?.stored();
      first.got[3]?.stored();
      await until(() => first.session.held() === 4, { what: 'the first two to be acknowledged, in order' });
      expect(first.got[2]?.alive()).toBe(true);
      first.session.destroy();
      await first.session.ended;
      expect(first.got[2]?.alive()).toBe(false);
      expect(first.got[5]?.alive()).toBe(true);
      first.got[2]?.stored();
      await say('5');

      const second = await new Reader().open(broker.url, version);
      await until(() => second.got.length === 4, { what: 'what was left' });
      expect(second.texts()).toEqual(['2', '3', '4', '5']);
      for (const message of second.got) message.stored();
      await second.session.close();
      await say('6');
      const third = await new Reader().open(broker.url, version);
      await until(() => third.got.length > 0, { what: 'what came while nobody was there' });
      expect(third.texts()).toEqual(['6']);
    },
  );

  test('reads on while much is under way, lets the broker wait at a bound, and goes on', async () => {
    const broker = await startOutsideMosquitto(mosquitto.path ?? '');
    ends.push(() => broker.close());
    const reader = await new Reader().open(broker.url, 5);
    const publisher = await mqtt.connectAsync(broker.url);
    ends.push(() => publisher.endAsync(true));
    const messages = Array.from({ length: 5000 }, (_, i) =>
      publisher.publishAsync('t/x', String(i), { qos: 1 }),
    );
    await until(() => reader.got.length === 2000, { what: 'as many as may be under way', timeoutMs: 20_000 });
    expect(reader.session.held()).toBe(2000);
    for (let done = 0; done < 5000; ) {
      const { length } = reader.got;
      for (const message of reader.got.slice(done)) message.stored();
      done = length;
      if (done < 5000) await until(() => reader.got.length > done, { what: 'more', timeoutMs: 20_000 });
    }
    await Promise.all(messages);
    expect(reader.texts()).toEqual(Array.from({ length: 5000 }, (_, i) => String(i)));
  });

  test('ends when it is told to, also while the broker has more to say', async () => {
    const broker = await startOutsideMosquitto(mosquitto.path ?? '');
    ends.push(() => broker.close());
    const reader = await new Reader().open(broker.url, 5);
    const publisher = await mqtt.connectAsync(broker.url);
    ends.push(() => publisher.endAsync(true));
    await Promise.all(
      Array.from({ length: 4000 }, (_, i) => publisher.publishAsync('t/x', `${i}`.padEnd(1000), { qos: 1 })),
    );
    await until(() => reader.got.length === 2000, { what: 'as many as may be under way', timeoutMs: 20_000 });
    const closing = reader.session.close();
    for (const message of reader.got) message.stored();
    await closing;
    expect(reader.got).toHaveLength(2000);
    const next = new Reader();
    const opening = next.open(broker.url, 5);
    await until(() => next.got.length > 0, { what: 'the rest' });
    expect(next.texts()[0]?.trim()).toBe('2000');
    for (let done = 0; done < 2000; ) {
      const { length } = next.got;
      for (const message of next.got.slice(done)) message.stored();
      done = length;
      if (done < 2000) await until(() => next.got.length > done, { what: 'more of the rest' });
    }
    await opening;
    const cut = next.session.close();
    next.session.destroy();
    await cut;
  });

  test('gives up beginning when the connection ends, and when it is told to', async () => {
    const server = net.createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    ends.push(() => server.close());
    const options = {
      url: `mqtt://127.0.0.1:${(server.address() as net.AddressInfo).port}`,
      clientId: 'reader',
      topics: ['t/#'],
      version: 5 as const,
      fresh: false,
      receive: () => undefined,
      denied: () => undefined,
    };
    const giveUp = new AbortController();
    const silent = openMqttSession({ ...options, signal: giveUp.signal });
    setTimeout(() => giveUp.abort(), 200);
    await expect(silent).rejects.toThrow('given up');
    const CONNACK = Buffer.from([0x20, 3, 0, 0, 0]);
    server.on('connection', (socket) => {
      socket.write(CONNACK);
      setTimeout(() => socket.destroy(), 200);
    });
    const cut = openMqttSession({ ...options, signal: new AbortController().signal });
    await expect(cut).rejects.toThrow();
  });

  test('tells what the broker had kept, and ends where another client takes its id', async () => {
    const broker = await startOutsideMosquitto(mosquitto.path ?? '');
    ends.push(() => broker.close());
    const publisher = await mqtt.connectAsync(broker.url);
    ends.push(() => publisher.endAsync(true));
    await publisher.publishAsync('t/kept', 'old', { qos: 1, retain: true });
    const reader = await new Reader().open(broker.url, 5);
    await publisher.publishAsync('t/kept', 'new', { qos: 1, retain: true });
    await until(() => reader.got.length === 2, { what: 'both' });
    expect(reader.got.map(({ retained }) => retained)).toEqual([true, false]);
    await reader.session.askAgain();
    await until(() => reader.got.length === 3, { what: 'the kept one again' });
    await reader.session.publish('u/x', Buffer.from('hello'), 1);
    const rival = await new Reader().open(broker.url, 5);
    expect(await reader.session.ended).toMatch(/closed|same client id/);
    await until(() => rival.got.length === 3, { what: 'what was not stored, for whoever has the id now' });
  });
});
