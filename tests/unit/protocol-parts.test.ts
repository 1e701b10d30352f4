import { describe, expect, it } from 'vitest';
import { ByteReader, packedImei, salvage } from '../../protocols/bytes.ts';
import { crcCcittFalse, crcModbus, crcX25, crcXmodem, sum16 } from '../../protocols/checksums.ts';
import { fromMinutes, locationAt } from '../../protocols/position.ts';
import { moment, momentFrom } from '../../protocols/time.ts';

const CHECK = Buffer.from('123456789');

describe('checksums', () => {
  it('agree with the published check values', () => {
    expect([crcX25, crcXmodem, crcCcittFalse, crcModbus].map((crc) => crc(CHECK))).toEqual([
      0x906e, 0x31c3, 0x29b1, 0x4b37,
    ]);
  });

  it('add bytes and wrap around', () => {
    expect(sum16(CHECK)).toBe(0x1dd);
    expect(sum16(Buffer.alloc(300, 0xff))).toBe((300 * 255) % 65_536);
  });
});

describe('a reader', () => {
  it('keeps what it read before the bytes end', () => {
    const reader = new ByteReader(Buffer.from('0102030405', 'hex'));
    const seen: number[] = [];
    const whole = salvage(() => {
      seen.push(reader.u16());
      seen.push(reader.u24());
      seen.push(reader.u8());
    });
    expect({ whole, seen }).toEqual({ whole: false, seen: [0x0102, 0x030405] });
  });

  it('passes other faults on', () => {
    expect(() =>
      salvage(() => {
        throw new TypeError('a fault of ours');
      }),
    ).toThrow(TypeError);
  });

  it('reads an IMEI from eight packed bytes', () => {
    expect(packedImei(Buffer.from('0861234567890123', 'hex'))).toBe('861234567890123');
    expect(packedImei(Buffer.from('0a61234567890123', 'hex'))).toBeUndefined();
  });
});

describe('moments', () => {
  it('of a clock in China are eight hours earlier in UTC', () => {
    expect(momentFrom('130412164952', 8)).toBe(Date.parse('2013-04-12T08:49:52Z'));
    expect(momentFrom('2021-05-29 13:00:00', 8)).toBe(Date.parse('2021-05-29T05:00:00Z'));
  });

  it.each([
    [[26, 2, 30, 0, 0, 0]],
    [[26, 13, 1, 0, 0, 0]],
    [[26, 1, 1, 24, 0, 0]],
    [[26, 1, 1, 0, 0, 80]],
    [[26, 0, 0, 0, 0, 0]],
  ] as const)('%j names none', (parts) => {
    expect(moment(parts)).toBeUndefined();
  });
});

describe('positions', () => {
  it('are read from degrees and minutes', () => {
    expect(fromMinutes('2232.9806', 'N')).toBeCloseTo(22.549677, 6);
    expect(fromMinutes('05546.6125', 'W')).toBeCloseTo(-55.776875, 6);
    expect([fromMinutes('2260.0000', 'N'), fromMinutes('x'), fromMinutes(undefined)]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('are none at 0,0 and beside the globe', () => {
    expect([locationAt(0, 0), locationAt(91, 0), locationAt(Number.NaN, 1)]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(locationAt(30.123456789, 114, { speedKmh: -1, satellites: 7 })).toEqual({
      latitude: 30.123457,
      longitude: 114,
      source: 'gps',
      satellites: 7,
    });
  });
});
