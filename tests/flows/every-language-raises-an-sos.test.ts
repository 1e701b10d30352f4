import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import net from 'node:net';
import mqtt from 'mqtt';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { protocols } from '../../protocols/index.ts';
import { registerDevice } from '../../src/devices/device-store.ts';
import { isLifeSignal } from '../../src/model/signals.ts';
import type { Protocol } from '../../src/model/uplinks.ts';
import type { Fixture } from '../fixtures/fixture.ts';
import { fixturesOf } from '../fixtures/index.ts';
import { decode } from '../harness/decoding.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { until } from '../harness/until.ts';

/** Gateways whose topics bear their name. */
const GATEWAYS: Readonly<Record<string, string>> = { zigbee2mqtt: 'binhu-gw-01', sparkplug: 'Binhu:pumps-1' };
/** Languages in which nobody can call for help. */
const WITHOUT_A_CALL = ['dlt645', 'modbus_rtu', 'owntracks', 'pt60'];

interface Call {
  name: string;
  protocol: Protocol;
  /** What is sent, and what its device said before. */
  messages: { bytes: Uint8Array; topic?: string }[];
  nativeId: string;
}

function callOf(protocol: Protocol): Call | undefined {
  const isCall = (fixture: Fixture) => {
    const { readings, nativeId } = decode(protocol, fixture);
    const calls = readings.some(
      ({ signal, value, origin }) => isLifeSignal(signal) && value === true && origin === 'live',
    );
    return calls && nativeId !== undefined;
  };
  const fixture = (fixturesOf[protocol.name] ?? []).find(isCall);
  if (!fixture) return undefined;
  const nativeId = decode(protocol, fixture).nativeId ?? '';
  return { name: protocol.name, protocol, nativeId, messages: [...(fixture.before ?? []), fixture] };
}

const calls = protocols.flatMap((protocol) => callOf(protocol) ?? []);
let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.close());

const portOf = (address: string | undefined) => Number(new URL(address ?? '').port);

async function overTcp({ name, messages }: Call): Promise<void> {
  const socket = net.connect(portOf(service.addresses.tcp[name]), '127.0.0.1');
  await once(socket, 'connect');
  for (const { bytes } of messages) socket.write(bytes);
  socket.end();
  socket.resume();
  await once(socket, 'close');
}

async function overUdp({ name, messages }: Call): Promise<void> {
  const socket = createSocket('udp4');
  for (const { bytes } of messages)
    await new Promise((sent) => socket.send(bytes, portOf(service.addresses.udp[name]), '127.0.0.1', sent));
  socket.close();
}

async function overHttp({ protocol, messages }: Call): Promise<void> {
  for (const { bytes, topic = '' } of messages) {
    const url = `${service.addresses.http}/api/push/${protocol.http?.source}${topic}`;
    const { status } = await fetch(url, { method: 'POST', body: Buffer.from(bytes) });
    expect(status).toBe(200);
  }
}

/** By a gateway of its own, or by itself where there is none. */
async function overMqtt({ protocol, messages, nativeId }: Call): Promise<void> {
  const topic = messages.at(-1)?.topic ?? '';
  const { gateway, name } = protocol;
  const named = GATEWAYS[name];
  const isItself = !gateway || gateway.alone === true;
  const device = { protocol: name, nativeId: isItself ? nativeId : (named ?? `gateway-of-${name}`) };
  const guessed = gateway?.guessPrefix(topic) ?? topic.split('/')[0] ?? '';
  const prefix = named === undefined ? guessed : (gateway?.defaultPrefix(named) ?? guessed);
  const { secret } = await service.database.db
    .transaction()
    .execute((trx) =>
      registerDevice(trx, { ...device, withSecret: true, ...(gateway ? { topicPrefix: prefix } : {}) }),
    );
  const client = await mqtt.connectAsync(service.addresses.mqtt ?? '', {
    username: device.nativeId,
    password: secret ?? '',
  });
  for (const { bytes, topic: where = '' } of messages)
    await client.publishAsync(where, Buffer.from(bytes), { qos: 1 });
  await client.endAsync();
}

function send(call: Call): Promise<void> {
  const { tcp, udp, http } = call.protocol;
  const topic = call.messages.at(-1)?.topic;
  if (topic !== undefined && !topic.startsWith('/') && !topic.startsWith('?') && topic !== '')
    return overMqtt(call);
  if (tcp) return overTcp(call);
  if (udp) return overUdp(call);
  return http ? overHttp(call) : overMqtt(call);
}

test('every language has a call for help, or is known to have none', () => {
  const named = calls.map(({ name }) => name);
  expect(
    protocols
      .map(({ name }) => name)
      .filter((name) => !named.includes(name))
      .sort(),
  ).toEqual(WITHOUT_A_CALL);
});

test.each(calls)('a call for help in $name becomes an incident', async (call) => {
  await send(call);
  const alert = await until(
    () =>
      service.database.db
        .selectFrom('alerts')
        .select(['incident_id', 'native_id'])
        .where('protocol', '=', call.name)
        .executeTakeFirst(),
    { what: `the alert of ${call.name}`, timeoutMs: 3000 },
  );
  expect(alert.native_id).toBe(call.nativeId);
  expect(alert.incident_id).not.toBeNull();
});
