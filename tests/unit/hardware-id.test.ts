import { expect, it } from 'vitest';
import { hardwareIdOf } from '../../src/model/hardware-id.ts';

it.each([
  ['0x00158D0001A2B3C4', '00158d0001a2b3c4'],
  ['0x0015880001020304', '0015880001020304'],
  ['24e124136b502217', '24e124136b502217'],
  ['a8:03:2a:b1:23:45', 'a8032ab12345'],
  ['11-22-33-44-55-66', '112233445566'],
  ['shellyplus1pm-a8032ab12345', 'a8032ab12345'],
  ['861234567890123', '861234567890123'],
])('%s is the unit %s', (nativeId, unit) => expect(hardwareIdOf(nativeId)).toBe(unit));

it.each([
  '013912345678',
  '8612345678',
  'gw-01',
  '0000000000000000',
  '000000000000000',
  'ffffffffffff',
  '',
  'tasmota_B1A2C3',
  '1234567890123456',
])('%s tells no unit', (nativeId) => expect(hardwareIdOf(nativeId)).toBeUndefined());
