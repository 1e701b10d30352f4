import { expect, it } from 'vitest';
import { splitFrames } from '../../protocols/gb26875/frame.ts';
import { gb26875 } from '../../protocols/gb26875/gb26875.ts';
import { component, PANEL_ID, packet } from '../fixtures/gb26875.ts';

const NOW = Date.parse('2026-11-22T08:15:02Z');
const fire = packet([2, 1, ...component(42, { status: 2 })]);
const hex = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString('hex');

it('publishes the confirmation below the prefix of the terminal', () => {
  const uplink = { bytes: fire, topic: 'site/7/fire/up', topicPrefix: 'site/7/fire', receivedAt: NOW };
  const { publish, replies, nativeId } = gb26875.decode({}, { ...uplink, claimedId: 'panel-7' });
  expect(replies).toEqual([]);
  expect(nativeId).toBe('panel-7');
  const [asTcp] = gb26875.decode({}, { bytes: fire, receivedAt: NOW }).replies;
  expect(publish?.map(({ topic, bytes }) => [topic, hex(bytes)])).toEqual([['site/7/fire/down', hex(asTcp)]]);
});

it('confirms every packet of a message, and answers no confirmation', () => {
  const message = Buffer.concat([fire, packet([]), packet([], { command: 3 })]);
  const uplink = { bytes: message, topic: 'gb26875/panel-7/up', receivedAt: NOW };
  const { publish, readings } = gb26875.decode({}, uplink);
  expect(publish).toHaveLength(2);
  expect(readings).toHaveLength(2);
  const own = { ...uplink, topic: 'gb26875/panel-7/down' };
  expect(gb26875.decode({}, own)).toMatchObject({ outcome: 'empty', readings: [] });
});

it('knows who speaks where a later packet has no source address', () => {
  const { session } = gb26875.decode({}, { bytes: fire, receivedAt: NOW });
  const nameless = packet([], { from: [0, 0, 0, 0, 0, 0] });
  expect(gb26875.decode(session, { bytes: nameless, receivedAt: NOW }).nativeId).toBe(PANEL_ID);
  expect(gb26875.decode({}, { bytes: nameless, receivedAt: NOW }).nativeId).toBeUndefined();
});

it('is known by its address from either end', () => {
  expect(gb26875.aliases?.('0A0027114201')).toEqual(['0A0027114201', PANEL_ID, '01421127000a']);
  expect(gb26875.aliases?.('panel-7')).toEqual(['panel-7']);
});

it('ends a packet with a wrong length where the next sound one begins', () => {
  const broken = Buffer.from(fire);
  broken[24] = 0xff;
  const { frames, rest } = splitFrames(Buffer.concat([broken, fire]));
  expect(frames.map(hex)).toEqual([hex(broken), hex(fire)]);
  expect(rest).toHaveLength(0);
  const [first] = frames;
  const decoded = gb26875.decode({}, { bytes: first ?? broken, receivedAt: NOW });
  expect(decoded.readings.map(({ signal, value }) => [signal, value])).toContainEqual(['fire', true]);
});

it('is quick with a stream of nothing but start marks', () => {
  const began = performance.now();
  expect(splitFrames(Buffer.alloc(65_536, 0x40)).frames).toEqual([]);
  expect(performance.now() - began).toBeLessThan(500);
});
