import { createServer, type Server, type Socket } from 'node:net';
import { Aedes } from 'aedes';
import { afterEach, describe, expect, it } from 'vitest';
import { createJournal, type JournalEntry } from '../../device-sim/journal.ts';
import { NativeBand } from '../../device-sim/native-band.ts';
import { createNoise } from '../../device-sim/noise.ts';
import { createSimTime } from '../../device-sim/time.ts';
import { createWearer } from '../../device-sim/wearer.ts';
import { until } from '../harness/until.ts';

const ID = 'band-1';
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

type Message = Record<string, unknown> & { seq: number };

async function openBroker() {
  const broker = await Aedes.createBroker();
  const sockets = new Set<Socket>();
  const seen = { subscriptions: 0 };
  broker.on('subscribe', () => seen.subscriptions++);
  const state = {
    acknowledges: true,
    received: [] as Message[],
    logins: [] as string[],
    wills: [] as string[],
  };
  broker.authenticate = (_client, username, password, done) => {
    state.logins.push(`${username}:${password}`);
    done(null, password?.toString() === 'right');
  };
  broker.authorizePublish = (client, packet, done) => {
    const message = JSON.parse(packet.payload.toString()) as Message;
    if (!client || message.seq === undefined) state.wills.push(packet.topic);
    else state.received.push(message);
    // Never calling back withholds the PUBACK.
    if (state.acknowledges) done(null);
  };
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    broker.handle(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  closing.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => broker.close(() => resolve(undefined)));
    await new Promise((resolve) => server.close(resolve));
  });
  return { state, broker, seen, sockets, port: typeof address === 'object' && address ? address.port : 0 };
}

async function bandAtBroker({ secret = 'right', ackMs = 60 } = {}) {
  const at = await openBroker();
  const entries: JournalEntry[] = [];
  const noise = createNoise(1);
  const band = new NativeBand({
    id: ID,
    secret,
    host: '127.0.0.1',
    port: at.port,
    wearer: createWearer(noise, ID, { latitude: 30.39, longitude: 114.88 }),
    noise,
    journal: createJournal((entry) => entries.push(entry)),
    time: createSimTime(1),
    timings: { ackMs, backoffMs: 20, urgentBackoffMs: 20, measuringMs: 5 },
  });
  closing.unshift(() => band.stop());
  return { ...at, band, entries };
}

describe('a simulated wristband of the native language', () => {
  it('logs in, says that it is online, and tells an SOS with place and number', async () => {
    const { state, band } = await bandAtBroker({ ackMs: 5_000 });
    band.start();
    await until(() => state.received.find((m) => m.online === true), { what: 'online' });
    band.situation.outdoors = true;
    let answered = false;
    band.alarm('sos', () => {
      answered = true;
    });
    await until(() => answered, { what: 'the PUBACK' });
    const sos = state.received.filter((m) => m.sos === true);
    expect(sos).toHaveLength(1);
    expect(sos[0]).toMatchObject({ seq: expect.any(Number), time: expect.any(String), worn: true });
    expect(sos[0]).toMatchObject({ location: { source: 'gps', latitude: expect.closeTo(30.39, 2) } });
    expect(sos[0]?.history).toBeUndefined();
    expect(state.logins).toEqual([`${ID}:right`]);
  });

  it('says the same message again on a new connection until it has its PUBACK', async () => {
    const { state, band } = await bandAtBroker();
    state.acknowledges = false;
    band.start();
    let answered = 0;
    band.alarm('sos', () => answered++);
    await until(() => state.received.filter((m) => m.sos).length >= 3, { what: 'repetitions' });
    state.acknowledges = true;
    await until(() => answered, { what: 'the PUBACK' });
    const sos = state.received.filter((m) => m.sos);
    expect(new Set(sos.map((m) => m.seq)).size).toBe(1);
    expect(answered).toBe(1);
  });

  it('sends what it kept without network as history, with its own time', async () => {
    const { state, band } = await bandAtBroker();
    band.start();
    await until(() => state.received.length, { what: 'online' });
    band.loseSignal(50);
    band.report();
    band.measure();
    const late = await until(() => state.received.find((m) => m.history === true), { what: 'history' });
    expect(late).toMatchObject({ steps: expect.any(Number), time: expect.any(String) });
    expect(state.received.some((m) => m.heart_rate !== undefined)).toBe(false);
  });

  it('does what it is asked and says so with the serial of the order', async () => {
    const { state, band, broker, seen, entries } = await bandAtBroker();
    band.start();
    await until(() => state.received.length, { what: 'online' });
    const order = (payload: object) =>
      broker.publish(
        {
          cmd: 'publish',
          topic: `gridguard/v1/${ID}/down`,
          payload: Buffer.from(JSON.stringify(payload)),
          qos: 1,
          retain: false,
          dup: false,
        },
        () => {},
      );
    await until(() => seen.subscriptions > 0, { what: 'the subscription' });
    order({ cmd: 'message', serial: 12, text: '验证码 482913' });
    order({ cmd: 'measure', serial: 13, what: 'heart_rate' });
    order({ cmd: 'open_the_door', serial: 14 });
    await until(() => state.received.find((m) => m.heart_rate !== undefined), { what: 'the measurement' });
    const answers = () => state.received.flatMap((m) => (m.answer ? [m.answer] : []));
    await until(() => answers().length === 3, { what: 'three answers' });
    expect(answers()).toEqual([
      { serial: 12, ok: true },
      { serial: 13, ok: true },
      { serial: 14, ok: false },
    ]);
    expect(entries.find((entry) => 'shows' in entry)).toMatchObject({ shows: { text: '验证码 482913' } });
  });

  it('leaves a will when it vanishes', async () => {
    const { state, band, sockets } = await bandAtBroker();
    band.start();
    await until(() => state.received.length, { what: 'online' });
    for (const socket of sockets) socket.destroy();
    await until(() => state.wills.length, { what: 'the will' });
    expect(state.wills[0]).toBe(`gridguard/v1/${ID}/up`);
  });

  it('keeps trying with a wrong secret without sending anything', async () => {
    const { state, band } = await bandAtBroker({ secret: 'wrong' });
    band.start();
    band.alarm('sos');
    await until(() => state.logins.length >= 3, { what: 'three attempts' });
    expect(state.received).toEqual([]);
  });
});
