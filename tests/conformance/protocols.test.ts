import { describe, expect, it } from 'vitest';
import { protocols } from '../../protocols/index.ts';
import type { Decoded } from '../../src/model/uplinks.ts';
import { fixturesOf } from '../fixtures/index.ts';
import { decode, expectSound, shown } from '../harness/decoding.ts';

/** By signal and channel; several faults of one breaker by their cause as well, several moments of one signal by their time. */
function summaryOf({ readings }: Decoded): Record<string, unknown> {
  const several = readings.filter(({ signal }) => signal === 'breaker_fault').length > 1;
  const points = readings.map(({ signal, channel, cause }) =>
    [signal, channel, several ? cause : undefined].filter((part) => part !== undefined).join('.'),
  );
  const entries = readings.map(({ value, cause, stage, code, observedAt }, i) => {
    const point = points[i] ?? '';
    const again = points.filter((other) => other === point).length > 1;
    const when = again && observedAt !== undefined ? `@${new Date(observedAt).toISOString()}` : '';
    return [
      `${point}${when}`,
      cause === undefined ? value : JSON.parse(JSON.stringify({ cause, stage, code })),
    ];
  });
  expect(new Set(entries.map(([key]) => key)).size, 'one reading per signal and channel').toBe(
    entries.length,
  );
  return Object.fromEntries(entries);
}

describe('the registry', () => {
  it('names every protocol once, with a title in both languages and fixtures', () => {
    expect(new Set(protocols.map(({ name }) => name)).size).toBe(protocols.length);
    expect(Object.keys(fixturesOf).sort()).toEqual(protocols.map(({ name }) => name).sort());
    for (const { name, title, expectedEveryMs, maxFrameBytes } of protocols) {
      expect(name).toMatch(/^[a-z][a-z0-9_]*$/);
      expect(title.zh && title.en).toBeTruthy();
      expect(expectedEveryMs).toBeGreaterThan(60_000);
      expect(maxFrameBytes).toBeGreaterThan(0);
    }
  });

  it('gives every protocol a way in, and no two the same', () => {
    for (const { tcp, udp, mqttTopic, gateway, http, name, split } of protocols) {
      expect(tcp ?? udp ?? mqttTopic ?? gateway ?? http, name).toBeDefined();
      if (tcp) expect(split, name).toBeDefined();
      if (tcp && udp) expect(udp, name).toEqual(tcp);
    }
    for (const way of [
      protocols.map(({ tcp, udp }) => (tcp ?? udp)?.env),
      protocols.map(({ tcp, udp }) => (tcp ?? udp)?.port),
      protocols.map(({ mqttTopic }) => mqttTopic),
      protocols.map(({ gateway }) => gateway?.defaultPrefix('+')),
      protocols.map(({ http }) => http?.source),
    ]) {
      const taken = way.filter((one) => one !== undefined);
      expect(new Set(taken).size).toBe(taken.length);
    }
  });

  it('knows every language by one name, whichever it is called by', () => {
    const called = protocols.flatMap(({ name, alsoCalled = [] }) => [name, ...alsoCalled]);
    expect(new Set(called).size).toBe(called.length);
  });
});

describe.each(protocols)('$name', (protocol) => {
  const fixtures = fixturesOf[protocol.name] ?? [];

  it('has normal, alarm and malformed messages', () => {
    for (const kind of ['normal', 'alarm', 'malformed']) {
      expect(fixtures.filter((fixture) => fixture.kind === kind).length, kind).toBeGreaterThanOrEqual(3);
    }
    expect(new Set(fixtures.map(({ name }) => name)).size).toBe(fixtures.length);
  });

  it.each(fixtures)('$kind: $name', (fixture) => {
    const { readings, replies = [], expect: rest = {} } = fixture;
    const decoded = decode(protocol, fixture);
    expect(summaryOf(decoded)).toEqual(readings);
    expect(decoded.replies.map(shown)).toEqual(replies);
    expectSound(decoded);
    const { outcome, origin, observedAt, sequence, nativeId, reason, answer } = rest;
    if (outcome) expect(decoded.outcome).toBe(outcome);
    if (origin) expect(new Set(decoded.readings.map((reading) => reading.origin))).toEqual(new Set([origin]));
    if (observedAt) {
      const times = decoded.readings.map((reading) => reading.observedAt);
      expect(times).toEqual(times.map(() => (observedAt === 'none' ? undefined : Date.parse(observedAt))));
    }
    if (sequence) expect(decoded.sequence).toBe(sequence);
    if (nativeId) expect(decoded.nativeId).toBe(nativeId);
    if (reason) expect(decoded.reason).toMatch(reason);
    expect(decoded.downlinkAnswer).toEqual(answer);
  });
});

describe.each(protocols.filter(({ split }) => split))('the stream of $name', (protocol) => {
  const split = (bytes: Uint8Array) => protocol.split?.(bytes) ?? { frames: [], rest: bytes, discarded: 0 };
  const whole = (fixturesOf[protocol.name] ?? []).filter(({ bytes }) => {
    const { frames, rest, discarded } = split(bytes);
    return frames.length === 1 && rest.length + discarded === 0;
  });

  const receive = (chunks: readonly Uint8Array[]) => {
    let rest: Uint8Array = new Uint8Array();
    const frames: string[] = [];
    for (const chunk of chunks) {
      const cut = split(Buffer.concat([rest, chunk]));
      frames.push(...cut.frames.map((frame) => Buffer.from(frame).toString('hex')));
      rest = cut.rest;
    }
    return { frames, rest: rest.length };
  };

  it('takes most of the fixtures as whole frames', () => {
    expect(whole.length).toBeGreaterThanOrEqual(5);
  });

  it('cuts the same frames wherever the chunks end', () => {
    const [last] = whole;
    for (const { name, bytes } of whole) {
      const stream = Buffer.concat([bytes, last?.bytes ?? bytes]);
      const expected = receive([stream]);
      expect(expected, name).toMatchObject({ frames: { length: 2 }, rest: 0 });
      for (let at = 0; at <= stream.length; at += 1)
        expect(receive([stream.subarray(0, at), stream.subarray(at)]), `${name}, cut at ${at}`).toEqual(
          expected,
        );
      expect(receive(Array.from(stream, (byte) => Uint8Array.of(byte)))).toEqual(expected);
    }
  });

  it('finds good frames behind garbage, and never holds more than one may have', () => {
    const good = whole.map(({ bytes }) => bytes);
    const garbage = Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n\0\0\0', 'latin1');
    const { frames } = receive([Buffer.concat([garbage, ...good])]);
    expect(frames.length).toBeGreaterThanOrEqual(good.length - 1);
    const begun = (good[0] ?? new Uint8Array()).subarray(0, 12);
    let rest: Uint8Array = begun;
    for (let fed = 0; fed < protocol.maxFrameBytes * 2; fed += 1000) {
      rest = split(Buffer.concat([rest, Buffer.alloc(1000, 0x41)])).rest;
      expect(rest.length).toBeLessThanOrEqual(protocol.maxFrameBytes);
    }
  });
});
