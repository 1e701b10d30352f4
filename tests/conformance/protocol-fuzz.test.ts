import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { protocols } from '../../protocols/index.ts';
import type { Protocol, ProtocolSession } from '../../src/model/uplinks.ts';
import type { Fixture } from '../fixtures/fixture.ts';
import { fixturesOf } from '../fixtures/index.ts';
import { decode, edits, expectSound, LONG, type Message, mutate, NOW } from '../harness/decoding.ts';

/** Inputs over all protocols; each kind below is half, a quarter, … of a protocol's share. */
const INPUTS = LONG ? 1_000_000 : 20_000;
const SHARE = Math.ceil(INPUTS / protocols.length);
const PATIENCE_MS = LONG ? 1_200_000 : 60_000;
const MOST_MS = 1000;
const seed = 20261122;

/** What a listener would hand in of these bytes, and the bytes as they are. */
function take(protocol: Protocol, { bytes, ...message }: Message): void {
  const began = performance.now();
  const { frames = [bytes], rest = new Uint8Array() } = protocol.split?.(bytes) ?? {};
  for (const frame of [...frames, rest]) expectSound(decode(protocol, { ...message, bytes: frame }));
  expectSound(decode(protocol, { ...message, bytes }));
  expect(rest.length).toBeLessThanOrEqual(protocol.maxFrameBytes);
  protocol.looksLike?.(bytes);
  expect(performance.now() - began, Buffer.from(bytes).toString('hex').slice(0, 2000)).toBeLessThan(MOST_MS);
}

describe.each(protocols)('$name, whatever comes,', (protocol) => {
  const fixtures = fixturesOf[protocol.name] ?? [];
  const anyOf = fc.constantFrom(...fixtures);
  const holds = (property: fc.IProperty<never> | fc.IPropertyWithHooks<never>, part: number) =>
    fc.assert(property, { seed, numRuns: Math.ceil(SHARE * part) });

  it(
    'neither throws nor hangs nor says something unsound of a message that was damaged or cut',
    () => {
      const damaged = fc.property(anyOf, edits, (fixture, changes) =>
        take(protocol, { ...messageOf(fixture), bytes: mutate(fixture.bytes, changes) }),
      );
      holds(damaged as never, 0.5);
    },
    PATIENCE_MS,
  );

  it(
    'nor of several in one, nor of bytes that were never a message',
    () => {
      const joined = fc.property(
        fc.array(anyOf, { minLength: 2, maxLength: 4 }),
        edits,
        (several, changes) => {
          const bytes = Buffer.concat(several.map((fixture) => fixture.bytes));
          take(protocol, { ...messageOf(several[0] as Fixture), bytes: mutate(bytes, changes.slice(0, 2)) });
        },
      );
      holds(joined as never, 0.2);
      const random = fc.property(fc.uint8Array({ maxLength: 300 }), anyOf, (bytes, fixture) => {
        take(protocol, { bytes });
        take(protocol, { ...messageOf(fixture), bytes });
      });
      holds(random as never, 0.2);
    },
    PATIENCE_MS,
  );

  it(
    'and remembers no more of a long conversation than it may',
    () => {
      let session: ProtocolSession = {};
      const talk = fc.property(anyOf, edits, fc.boolean(), (fixture, changes, sound) => {
        const bytes = sound ? fixture.bytes : mutate(fixture.bytes, changes);
        const decoded = protocol.decode(session, { receivedAt: NOW, ...messageOf(fixture), bytes });
        expectSound(decoded);
        session = decoded.session;
      });
      holds(talk as never, 0.1);
      expect(JSON.stringify(session).length).toBeLessThan(2_000_000);
    },
    PATIENCE_MS,
  );
});

function messageOf({
  name: _name,
  kind: _kind,
  readings: _r,
  replies: _a,
  expect: _e,
  ...message
}: Fixture): Message {
  return message;
}
