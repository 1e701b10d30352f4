import { createSocket } from 'node:dgram';
import { createServer } from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { iw } from '../../protocols/iw/iw.ts';
import { watch } from '../../protocols/watch/watch.ts';
import { listenTcp } from '../../src/transport/tcp-listener.ts';
import { listenUdp } from '../../src/transport/udp-listener.ts';
import { listenWebSocket } from '../../src/transport/web-socket-listener.ts';
import { lineProtocol } from '../harness/line-protocol.ts';
import { memoryIntake } from '../harness/memory-intake.ts';
import { until } from '../harness/until.ts';
import { connectBand } from '../harness/watch-wire.ts';

const ends: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function tcp(s: ReturnType<typeof memoryIntake>) {
  const listener = await listenTcp(s.at);
  ends.push(() => listener.close());
  return { listener, connect: () => connectBand(listener.port) };
}

async function udp(s: ReturnType<typeof memoryIntake>) {
  const listener = await listenUdp(s.at);
  ends.push(() => listener.close());
  return {
    listener,
    async device() {
      const socket = createSocket('udp4');
      const heard: string[] = [];
      socket.on('message', (bytes) => void heard.push(bytes.toString()));
      await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
      ends.push(() => socket.close());
      return { heard, send: (text: string) => socket.send(text, listener.port, '127.0.0.1') };
    },
  };
}

describe('a connection', () => {
  it('in which nobody says who it is ends after 30 s, also where frames came', async () => {
    const s = memoryIntake();
    const { connect } = await tcp(s);
    const [silent, nameless, known] = await Promise.all([connect(), connect(), connect()]);
    nameless.send('? hello;');
    known.send('b1 hello;');
    await until(async () => known.heard() === 'ok b1 hello;' && nameless.heard() !== '', { what: 'answers' });
    await s.clock.advance(29_000);
    expect([silent.closed(), nameless.closed(), known.closed()]).toEqual([false, false, false]);
    await s.clock.advance(2_000);
    await until(async () => silent.closed() && nameless.closed(), { what: 'the end of both' });
    expect(known.closed()).toBe(false);
  });

  it('of a device that came to the port of another language tells which', async () => {
    const s = memoryIntake(
      Promise.resolve(),
      lineProtocol({ split: ({ length }) => ({ frames: [], rest: new Uint8Array(0), discarded: length }) }),
    );
    const languages = [s.protocol, watch, iw];
    const listener = await listenTcp({ ...s.at, languages });
    ends.push(() => listener.close());
    const band = await connectBand(listener.port);
    band.send('IWAP00861234567890123#');
    await until(async () => s.refusals.length === 1, { what: 'the record' });
    expect(s.refusals).toEqual(['22 bytes belong to no frame: it looks like iw, whose port is another']);
    band.send('nothing at all');
    await until(async () => s.refusals.length === 2, { what: 'the second record' });
    expect(s.refusals[1]).toBe('14 bytes belong to no frame');
  });

  it('whose login waits for its commit is waited for', async () => {
    let stored = () => {};
    const s = memoryIntake(
      new Promise((resolve) => {
        stored = resolve;
      }),
    );
    const { connect } = await tcp(s);
    const band = await connect();
    band.send('b1 hello;');
    await until(async () => s.uplinks.length === 1, { what: 'the frame' });
    await s.clock.advance(31_000);
    stored();
    await until(async () => band.heard() === 'ok b1 hello;', { what: 'the answer' });
    await s.clock.advance(31_000);
    expect(band.closed()).toBe(false);
  });

  it('takes the place of an earlier one of the same device', async () => {
    const s = memoryIntake();
    const { connect, listener } = await tcp(s);
    const first = await connect();
    first.send('b1 hello;');
    await until(async () => first.heard() !== '', { what: 'the first answer' });
    const second = await connect();
    second.send('b1 hello;');
    await until(async () => first.closed(), { what: 'the end of the first' });
    s.waiting.set('b1', ['ring;']);
    listener.deliver('line', ['b1']);
    await until(async () => second.heard().endsWith('ring;'), { what: 'the command' });
    expect(second.closed()).toBe(false);
  });

  it('from another address does not end one in which the device still speaks', async () => {
    const s = memoryIntake();
    const { connect, listener } = await tcp(s);
    const own = await connect();
    own.send('b1 hello;');
    await until(async () => own.heard() !== '', { what: 'the answer' });
    const pretender = net.connect({ port: listener.port, host: '127.0.0.1', localAddress: '127.0.0.2' });
    ends.push(() => pretender.destroy());
    const answered = new Promise((resolve) => pretender.once('data', resolve));
    pretender.write('b1 hello;');
    await answered;
    own.send('b1 sos;');
    await until(async () => own.heard().endsWith('ok b1 sos;'), { what: 'the answer to the press' });
    expect(own.closed()).toBe(false);
  });

  it('of junk, byte by byte, does not fill the log of uplinks', async () => {
    const cut = {
      split: (bytes: Uint8Array) => ({ frames: [], rest: bytes.subarray(0, 0), discarded: bytes.length }),
    };
    const s = memoryIntake(undefined, lineProtocol(cut));
    const { connect } = await tcp(s);
    const sender = await connect();
    for (let i = 0; i < 8; i++) sender.send(Buffer.alloc(16 * 1024));
    await until(async () => sender.closed(), { what: 'the end' });
    expect(s.refusals.at(-1)).toContain('connection closed');
    const patient = await connect();
    for (let i = 0; i < 150; i++) {
      patient.send('x');
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(s.refusals.length).toBeLessThan(120);
  });

  it('of a relay that has gone on to another device stays', async () => {
    const s = memoryIntake();
    const { connect } = await tcp(s);
    const relay = await connect();
    relay.send('b1 hello;b2 hello;');
    await until(async () => relay.heard().includes('b2'), { what: 'both answers' });
    const own = await connect();
    own.send('b1 hello;');
    await until(async () => own.heard() !== '', { what: 'the answer' });
    relay.send('b2 again;');
    await until(async () => relay.heard().includes('again'), { what: 'the relay’s answer' });
  });
});

describe('a datagram', () => {
  it('is answered where it came from, and commands go to where its device was heard last', async () => {
    const s = memoryIntake();
    const { listener, device } = await udp(s);
    const [before, now] = [await device(), await device()];
    before.send('b1 hello;');
    await until(async () => before.heard.length === 1, { what: 'the first answer' });
    now.send('b1 hello;');
    await until(async () => now.heard.length === 1, { what: 'the second answer' });
    s.waiting.set('b1', ['ring;']);
    listener.deliver('line', ['b1']);
    await until(async () => now.heard.at(-1) === 'ring;', { what: 'the command' });
    expect(before.heard).toEqual(['ok b1 hello;']);
  });

  it('holds several frames, and its end is the end of the last one', async () => {
    const s = memoryIntake();
    const { device } = await udp(s);
    (await device()).send('b1 hello;b1 72;b1 sos');
    await until(async () => s.uplinks.length === 3, { what: 'three frames' });
    expect(s.uplinks).toEqual(['b1 hello;', 'b1 72;', 'b1 sos']);
  });

  it('of a source of garbage is taken only where it is understood', async () => {
    const s = memoryIntake();
    const { device } = await udp(s);
    const sender = await device();
    for (let i = 0; i < 120; i++) {
      sender.send('{}');
      if (i % 20 === 19) await until(async () => s.uplinks.length >= i, { what: 'the garbage' });
    }
    await until(async () => s.uplinks.length === 120, { what: 'all garbage' });
    await until(
      async () => {
        sender.send('{}');
        sender.send('b1 sos;');
        return sender.heard.length > 2;
      },
      { what: 'the answers' },
    );
    expect(s.uplinks.filter((text) => text === '{}').length).toBeLessThan(125);
  });

  it('in which somebody calls for help is heard also from a source of garbage, and when all is full', async () => {
    const s = memoryIntake(new Promise(() => {}), lineProtocol({ looksLike: () => 0 }));
    const { device } = await udp(s);
    const sender = await device();
    for (let i = 0; i < 64; i++) sender.send(`b1 ${i};`);
    await until(async () => s.uplinks.length === 64, { what: 'all that one may bring' });
    for (const text of ['b1 70;', 'b1 sos;', 'b1 71;', 'b2 sos;']) sender.send(text);
    await until(async () => s.uplinks.length === 66, { what: 'the presses' });
    expect(s.uplinks.slice(64)).toEqual(['b1 sos;', 'b2 sos;']);
  });

  it('may be longer than a frame where it holds several', async () => {
    const s = memoryIntake();
    const { device } = await udp(s);
    (await device()).send(`${'b1 72;'.repeat(40)}b1 sos;`);
    await until(async () => s.uplinks.length === 41, { what: 'all frames' });
    expect(s.uplinks.at(-1)).toBe('b1 sos;');
  });

  it('that is too long is recorded and not decoded', async () => {
    const s = memoryIntake();
    const { device } = await udp(s);
    (await device()).send('x'.repeat(201));
    await until(async () => s.refusals.length === 1, { what: 'the refusal' });
    expect(s.uplinks).toEqual([]);
  });
});

it('a message of a WebSocket is an uplink and is answered as text where it was text', async () => {
  const s = memoryIntake();
  const listener = listenWebSocket(s);
  const server = createServer().on('upgrade', listener.upgrade);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ends.push(
    () => server.close(),
    () => listener.close(),
  );
  const socket = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const heard: [string, boolean][] = [];
  socket.on('message', (data, isBinary) => void heard.push([String(data), isBinary]));
  await new Promise((resolve) => socket.once('open', resolve));
  socket.send('b1 hello;');
  await until(async () => heard.length === 1, { what: 'the first answer' });
  socket.send(Buffer.from('b1 72;'));
  await until(async () => heard.length === 2, { what: 'the second answer' });
  expect(heard).toEqual([
    ['ok b1 hello;', false],
    ['ok b1 72;', true],
  ]);
  s.waiting.set('b1', ['ring;']);
  listener.deliver('line', ['b1']);
  await until(async () => heard.length === 3, { what: 'the command' });
});
