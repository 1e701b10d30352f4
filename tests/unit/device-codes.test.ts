import { describe, expect, it } from 'vitest';
import { readDeviceCode } from '../../src/devices/device-codes.ts';

describe('what stands on a device or its box', () => {
  it.each([
    ['861234567890127', 'imei', '861234567890127'],
    [' 86 123456 789012-7 ', 'imei', '861234567890127'],
    ['IMEI:861234567890127', 'imei', '861234567890127'],
    ['IMEI：861234567890127 SN：A1B2C3', 'imei', '861234567890127'],
    ['https://example.com/app/bind?type=2&imei=861234567890127&v=1', 'imei', '861234567890127'],
    ['{"sn":"W2201","imei":"861234567890127"}', 'imei', '861234567890127'],
    ['G616;861234567890127;V2', 'imei', '861234567890127'],
    ['LW:D0:24E124C0002A0001:24E124136B502217:02420001', 'eui64', '24e124136b502217'],
    ['URN:DEV:LW:24E124C0002A0001_24E124136B502217_02420001', 'eui64', '24e124136b502217'],
    ['24E124136B502217', 'eui64', '24e124136b502217'],
    ['DevEUI: 24-E1-24-13-6B-50-22-17', 'eui64', '24e124136b502217'],
    ['Z:00158D0004500001$I:83FED3407A939723A5C639B26916D505C3B5', 'eui64', '0x00158d0004500001'],
    ['0x00158D0004500001', 'eui64', '0x00158d0004500001'],
    ['A8:03:2A:B1:C2:D3', 'mac', 'a8032ab1c2d3'],
    ['SN:W22010077', 'other', 'W22010077'],
  ])('%s is %s %s', (text, kind, nativeId) => {
    expect(readDeviceCode(text)).toMatchObject({ kind, nativeId });
  });

  it.each(['', 'https://example.com/download', '13800138000', 'hello world', 'MT:Y.K9042C00KA0648G00'])(
    '%s names no device',
    (text) => expect(readDeviceCode(text)).toBeUndefined(),
  );

  it('tells a number whose check digit does not fit from one that does', () => {
    expect(readDeviceCode('861234567890127')?.doubt).toBeUndefined();
    expect(readDeviceCode('861234567890123')?.doubt).toBe('check_digit');
  });

  it('says which languages a label belongs to', () => {
    expect(readDeviceCode('LW:D0:24E124C0002A0001:24E124136B502217')?.protocols).toEqual([
      'chirpstack',
      'tts',
    ]);
    expect(readDeviceCode('Z:00158D0004500001$I:83')?.protocols).toEqual(['zigbee2mqtt']);
  });
});
