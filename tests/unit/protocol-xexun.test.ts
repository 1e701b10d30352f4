import { describe, expect, it } from 'vitest';
import { xexun2 } from '../../protocols/xexun2/xexun2.ts';
import { xexun3 } from '../../protocols/xexun3/xexun3.ts';
import { xexun2Frame } from '../fixtures/xexun2.ts';
import { xexun3Frame } from '../fixtures/xexun3.ts';

const NOW = Date.parse('2026-11-22T08:15:02Z');
const bytes = (hex: string) => Buffer.from(hex, 'hex');
const hex = (given: Uint8Array | undefined) => Buffer.from(given ?? []).toString('hex');
const device = { nativeId: '861234567890123', session: {}, serial: 5 };

describe('xexun2', () => {
  it('sends commands as texts in a frame', () => {
    const frame = (text: string) => xexun2Frame(Buffer.from(text).toString('hex'), { id: '0007' });
    expect(hex(xexun2.encode?.({ kind: 'power_off' }, device)?.bytes)).toBe(frame('of=1'));
    expect(hex(xexun2.encode?.({ kind: 'restart' }, device)?.bytes)).toBe(frame('reset'));
    const interval = xexun2.encode?.({ kind: 'set_interval', seconds: 600 }, device);
    expect(hex(interval?.bytes)).toBe(frame('tracking_send=600,600'));
    expect(interval?.answeredBy).toBe('0007');
    expect(xexun2.encode?.({ kind: 'ring' }, device)).toBeUndefined();
    expect(xexun2.encode?.({ kind: 'restart' }, { ...device, nativeId: 'band' })).toBeUndefined();
  });

  it('takes frames with half a mark in front and resolved escapes', () => {
    const escaped = xexun2Frame('0100100100000000faaf000000000000fbbf');
    expect(escaped).toContain('fbbf02');
    const plain = escaped.slice(4, -4).replaceAll('fbbf02', 'faaf').replaceAll('fbbf01', 'fbbf');
    expect(xexun2.looksLike?.(bytes(plain))).toBe(3);
    const { frames, rest } = xexun2.split?.(bytes(`00fa${escaped}fa`)) ?? { frames: [] };
    expect(frames.map(hex)).toEqual([escaped]);
    expect(hex(rest)).toBe('fa');
  });

  it('reads the items of its newer message whose form is public', () => {
    const gps = '00166675360c463229b7450ba72b424f999a062300010000';
    const items = `${gps}0107a0c5f2b07ad0c4020d01cc0000000070290000a03d360602aabb`;
    const { readings, replies, reason } = xexun2.decode(
      {},
      { bytes: bytes(xexun2Frame(items, { id: '0020' })), receivedAt: NOW },
    );
    const [location, scan] = readings;
    expect(location).toMatchObject({
      signal: 'location',
      observedAt: 0x6675360c * 1000,
      value: { latitude: 22.574133, longitude: 114.040479, altitude: 51.9, satellites: 6, speedKmh: 0.1 },
    });
    expect(scan?.value).toMatchObject({
      cells: [{ mcc: 460, cid: 41021 }],
      wifi: [{ mac: 'a0:c5:f2:b0:7a:d0' }],
    });
    expect(reason).toContain('item 6');
    expect(hex(replies[0])).toBe(xexun2Frame('01', { id: '0020' }));
  });
});

describe('xexun3', () => {
  const alarm = (data: string) => {
    const item = `69${(data.length / 2).toString(16).padStart(2, '0')}${data}`;
    return xexun3.decode({}, { bytes: bytes(xexun3Frame(item)), receivedAt: NOW }).readings[0];
  };

  it('finds the code of an alarm beside its time, before it or alone', () => {
    const fall = { signal: 'fall', value: true };
    expect(alarm('07')).toMatchObject(fall);
    expect(alarm('6aa8340407')).toMatchObject({ ...fall, observedAt: 0x6aa83404 * 1000 });
    expect(alarm('6aa834040007')).toMatchObject(fall);
    expect(alarm('076aa83404')).toMatchObject({ ...fall, observedAt: 0x6aa83404 * 1000 });
    expect(alarm('0b')).toBeUndefined();
  });

  it('takes the second of two moments as a moment of its own', () => {
    const two = xexun3Frame('69056aa834040169056aa8345004');
    const { readings } = xexun3.decode({}, { bytes: bytes(two), receivedAt: NOW });
    expect(readings.map(({ observedAt }) => observedAt)).toEqual([0x6aa83404 * 1000, 0x6aa83450 * 1000]);
  });

  it('hands over a frame that was cut, and the next', () => {
    const good = xexun3Frame('69056aa8340401');
    const cut = good.slice(0, -8);
    expect(xexun3.split?.(bytes(cut + good)).frames.map(hex)).toEqual([cut, good]);
    expect(xexun3.looksLike?.(bytes(good.slice(2, -2)))).toBe(3);
    expect(xexun3.looksLike?.(bytes(`${good.slice(0, -4)}00cf`))).toBe(2);
  });
});

it('looks at every place of a stream once, whatever lengths it is full of', () => {
  const began = performance.now();
  for (const pattern of ['fc0e', 'fc00', 'fc0efccf']) {
    const hostile = bytes(pattern.repeat(4096 / (pattern.length / 2)));
    expect(xexun3.split?.(hostile).rest.length).toBeLessThanOrEqual(xexun3.maxFrameBytes);
  }
  expect(performance.now() - began).toBeLessThan(1000);
});
