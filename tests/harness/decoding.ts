import fc from 'fast-check';
import { expect } from 'vitest';
import { definitionOf, isPlausible, isSignal } from '../../src/model/signals.ts';
import type { Decoded, Protocol, ProtocolSession } from '../../src/model/uplinks.ts';
import type { Fixture } from '../fixtures/fixture.ts';

export const NOW = Date.parse('2026-11-22T08:15:02Z');
export const LONG = process.env.LONG === '1';

export type Message = Omit<Fixture, 'name' | 'kind' | 'readings' | 'replies' | 'expect'>;

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

/** Decodes one message after what was said before it, at the same moment in every test. */
export function decode(protocol: Protocol, { before, ...message }: Message): Decoded {
  return protocol.decode(before ? sessionOf(protocol, before) : {}, { receivedAt: NOW, ...message });
}

/** Bytes for people: text where it is text, else hex. */
export function shown(bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString('utf8');
  return /^[\P{Cc}\r\n]*$/u.test(text) && !text.includes('\ufffd')
    ? text
    : Buffer.from(bytes).toString('hex');
}

function expectSoundReadings(readings: Decoded['readings']): void {
  for (const { signal, value, observedAt, cause } of readings) {
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
}

/** What every decoded uplink must hold to, whatever the bytes were. */
export function expectSound(decoded: Decoded): void {
  expectSoundReadings(decoded.readings);
  for (const { readings } of decoded.others ?? []) expectSoundReadings(readings);
  if (decoded.readings.length > 0) expect(decoded.outcome).toBe('ok');
  if (decoded.outcome === 'undecodable') expect(decoded.reason).toBeTruthy();
  const stored = JSON.stringify(decoded);
  expect(stored).not.toMatch(/(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/i);
  expect(decoded.command).toMatch(/^[ -~]+$/);
}

/** One change at a place: a byte replaced, some taken out, one put in, some doubled, the rest cut off. */
export type Edit = [kind: number, place: number, byte: number];

/** Bytes with a few places changed. */
export function mutate(bytes: Uint8Array, edits: readonly Edit[]): Uint8Array {
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

/** Edits that favour the bytes by which the languages are structured. */
export const edits = fc.array(
  fc.tuple(
    fc.nat(4),
    fc.nat(2000),
    fc.oneof(fc.nat(255), fc.constantFrom(0x7e, 0x7d, 0xff, 0xab, ...Buffer.from('[]*,{}":\\0#$!;'))),
  ),
  { minLength: 1, maxLength: 6 },
) as fc.Arbitrary<Edit[]>;
