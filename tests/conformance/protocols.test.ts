import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { protocols } from '../../protocols/index.ts';
import { definitionOf, isPlausible, isSignal } from '../../src/model/signals.ts';
import type { Decoded, Protocol, ProtocolSession } from '../../src/model/uplinks.ts';
import type { Fixture } from '../fixtures/fixture.ts';
import { fixturesOf } from '../fixtures/index.ts';

const NOW = Date.parse('2026-11-22T08:15:02Z');
const LONG = process.env.LONG === '1';
const PATIENCE_MS = LONG ? 600_000 : 30_000;

type Message = Pick<Fixture, 'topic' | 'before' | 'retained'> & { bytes: Uint8Array };

const sessions = new WeakMap<object, ProtocolSession>();

/** What was said before teaches; it is the same for every damaged form of a message. */
function sessionOf(protocol: Protocol, before: NonNullable<Fixture['before']>): ProtocolSession {
  const known = sessions.get(before);
  if (known) return known;
  const session = before.reduce<ProtocolSession>(
    (said, one) => protocol.decode(said, { ...one, receivedAt: NOW - 1000 }).session,
    {},
  );
  sessions.set(before, session);
  return session;
}

function decode(protocol: Protocol, { bytes, topic, before, retained }: Message): Decoded {
  const facts = {
    ...(topic === undefined ? {} : { topic }),
    ...(retained === undefined ? {} : { retained }),
  };
  return protocol.decode(before ? sessionOf(protocol, before) : {}, { bytes, receivedAt: NOW, ...facts });
}

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

/** What every decoded uplink must hold to, whatever the bytes were. */
function expectSound(decoded: Decoded): void {
  for (const { signal, value, observedAt, cause } of decoded.readings) {
    expect(isSignal(signal)).toBe(true);
    const { kind, values } = definitionOf(signal);
    if (kind === 'number') expect(isPlausible(signal, Number(value)), `${signal} ${value}`).toBe(true);
    else if (kind === 'enum') expect(values).toContain(value);
    else if (kind === 'boolean') expect(typeof value).toBe('boolean');
    else if (kind === 'event') expect(value).toBe(true);
    else expect(typeof value).toBe('object');
    if (observedAt !== undefined) expect(Number.isFinite(new Date(observedAt).getTime())).toBe(true);
    expect(cause !== undefined).toBe(signal === 'breaker_fault');
  }
  if (decoded.readings.length > 0) expect(decoded.outcome).toBe('ok');
  if (decoded.outcome === 'undecodable') expect(decoded.reason).toBeTruthy();
  const stored = JSON.stringify(decoded);
  expect(stored).not.toMatch(/\\u0000|\\ud[89a-f]/i);
  expect(decoded.command).toMatch(/^[ -~]+$/);
}

/** Bytes with a few places changed, taken out, doubled or put in. */
function mutate(bytes: Uint8Array, edits: readonly [number, number, number][]): Uint8Array {
  const list = [...bytes];
  for (const [kind, place, byte] of edits) {
    const at = place % (list.length + 1);
    if (kind === 0) list[at] = byte;
    else if (kind === 1) list.splice(at, 1 + (byte % 4));
    else if (kind === 2) list.splice(at, 0, byte);
    else if (kind === 3) list.splice(at, 0, ...list.slice(at, at + byte));
    else list.length = at;
  }
  return Uint8Array.from(list, (byte) => byte ?? 0);
}

const edits = fc.array(
  fc.tuple(fc.nat(4), fc.nat(2000), fc.oneof(fc.nat(255), fc.constantFrom(...Buffer.from('[]*,{}":\\0')))),
  { minLength: 1, maxLength: 6 },
) as fc.Arbitrary<[number, number, number][]>;

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
    expect(decoded.replies.map((reply) => Buffer.from(reply).toString())).toEqual(replies);
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

  it(
    'never throws, hangs or says something unsound, whatever happens to the bytes',
    () => {
      const property = fc.property(fc.constantFrom(...fixtures), edits, (fixture, changes) => {
        const damaged = mutate(fixture.bytes, changes);
        const began = performance.now();
        for (const frame of protocol.split?.(damaged).frames ?? [])
          expectSound(decode(protocol, { bytes: frame }));
        expectSound(decode(protocol, { ...fixture, bytes: damaged }));
        expect(performance.now() - began).toBeLessThan(1000);
      });
      fc.assert(property, { seed: 20261122, numRuns: LONG ? 200_000 : 4000 });
    },
    PATIENCE_MS,
  );

  it(
    'never throws on bytes that were never a message',
    () => {
      const property = fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        for (const frame of protocol.split?.(bytes).frames ?? [])
          expectSound(decode(protocol, { bytes: frame }));
        expectSound(decode(protocol, { bytes }));
      });
      fc.assert(property, { seed: 20261122, numRuns: LONG ? 100_000 : 2000 });
    },
    PATIENCE_MS,
  );
});

describe.each(protocols.filter(({ split }) => split))('the stream of $name', (protocol) => {
  const split = (bytes: Uint8Array) => protocol.split?.(bytes) ?? { frames: [], rest: bytes, discarded: 0 };
  const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');
  const whole = (fixturesOf[protocol.name] ?? []).filter(({ bytes }) => {
    const { frames, rest, discarded } = split(bytes);
    return frames.length === 1 && frames[0]?.length === bytes.length && rest.length + discarded === 0;
  });
  const wellHeaded = whole.filter(({ bytes }) => /^\[\w\w\*\d{5,}\*[0-9A-Fa-f]{4}\*/.test(text(bytes)));
  const last = whole[0]?.bytes ?? new Uint8Array();

  const receive = (chunks: readonly Uint8Array[]) => {
    let rest: Uint8Array = new Uint8Array();
    const frames: string[] = [];
    for (const chunk of chunks) {
      const cut = split(Buffer.concat([rest, chunk]));
      frames.push(...cut.frames.map(text));
      rest = cut.rest;
    }
    return { frames, rest: rest.length };
  };

  it('takes most of the fixtures as whole frames', () => {
    expect(whole.length).toBeGreaterThan(40);
  });

  it.each(whole)('cuts the same frames wherever the chunks end: $name', ({ bytes }) => {
    const stream = Buffer.concat([bytes, Buffer.from('\r\n'), last]);
    const expected = { frames: [text(bytes), text(last)], rest: 0 };
    for (let at = 0; at <= stream.length; at += 1) {
      expect(receive([stream.subarray(0, at), stream.subarray(at)]), `cut at ${at}`).toEqual(expected);
    }
    expect(receive(Array.from(stream, (byte) => Uint8Array.of(byte)))).toEqual(expected);
  });

  it('finds a good frame behind any junk', () => {
    const pieces = fc.constantFrom(
      '[',
      ']',
      '][',
      '[3G*',
      '[3G*12*',
      '[3G*861234*0004*',
      '*',
      ',',
      '\0',
      '[ZJ*1*0001*',
      'AL,',
    );
    const junk = fc.array(fc.oneof(pieces, fc.uint8Array({ maxLength: 9 }).map(text)), { maxLength: 8 });
    const property = fc.property(junk, fc.constantFrom(...wellHeaded), (before, { bytes }) => {
      const stream = Buffer.concat([Buffer.from(before.join(''), 'latin1'), bytes, last]);
      const { frames } = split(stream);
      expect(frames.map(text).slice(-2)).toEqual([text(bytes), text(last)]);
    });
    fc.assert(property, { seed: 20261122, numRuns: LONG ? 100_000 : 3000 });
  });

  it('accounts for every byte: a frame, the rest, or counted as junk', () => {
    const property = fc.property(fc.constantFrom(...wellHeaded), edits, ({ bytes }, changes) => {
      const stream = Buffer.concat([mutate(bytes, changes), last]);
      const { frames, rest, discarded } = split(stream);
      const lineEnds = text(stream).match(/[\r\n\0]/g)?.length ?? 0;
      const kept = frames.reduce((sum, frame) => sum + frame.length, 0) + rest.length + discarded;
      expect(kept).toBeLessThanOrEqual(stream.length);
      expect(kept).toBeGreaterThanOrEqual(stream.length - lineEnds);
    });
    fc.assert(property, { seed: 20261122, numRuns: 3000 });
  });

  it('never holds more than one frame may have', () => {
    const endless = Buffer.concat([last.subarray(0, -1), Buffer.alloc(protocol.maxFrameBytes + 10, 0x41)]);
    const { frames, rest, discarded } = split(endless);
    expect(frames).toHaveLength(1);
    expect(rest).toHaveLength(0);
    expect(discarded).toBeGreaterThan(protocol.maxFrameBytes / 2);
    expect(split(Buffer.concat([rest, last])).frames.map(text)).toEqual([text(last)]);
  });
});
