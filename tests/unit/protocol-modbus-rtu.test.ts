import { describe, expect, it } from 'vitest';
import { splitFrames } from '../../protocols/modbus-rtu/frame.ts';
import { modbusRtu } from '../../protocols/modbus-rtu/modbus-rtu.ts';
import { groupsOf } from '../../protocols/modbus-rtu/poll.ts';
import { readRegisterMap } from '../../protocols/modbus-rtu/register-map.ts';
import type { ProtocolSession } from '../../src/model/uplinks.ts';
import { answer, exampleMap, framed, read, topic } from '../fixtures/modbus-rtu.ts';

const NOW = Date.parse('2026-11-22T08:15:02Z');
const topicPrefix = 'modbus/dtu-3';
const device = { nativeId: 'dtu-3', topicPrefix, map: exampleMap };
const payload = { map: exampleMap };
const checkRegisterMap = (map: unknown) => readRegisterMap(map).faults;
const poll = (session: ProtocolSession, now: number) => {
  const turn = modbusRtu.poll?.(session, { ...device, now });
  if (!turn) throw new Error('it polls');
  return turn;
};
const decode = (session: ProtocolSession, bytes: Uint8Array, at = NOW) =>
  modbusRtu.decode(session, { bytes, topic, topicPrefix, receivedAt: at, payload });
const hex = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString('hex');

describe('asking a device with a map', () => {
  it('reads what stands together with one request, one request at a time', () => {
    const first = poll({}, NOW);
    expect(first.publish.map((one) => [one.topic, hex(one.bytes)])).toEqual([
      ['modbus/dtu-3/down', hex(read(0, 13))],
    ]);
    expect(poll(first.session, NOW + 1000)).toMatchObject({ publish: [], nextAt: NOW + 2000 });
    const { session } = decode(first.session, answer('00'.repeat(26)));
    const second = poll(session, NOW + 1000);
    expect(second.publish.map(({ bytes }) => hex(bytes))).toEqual([hex(read(40, 2))]);
    const over = poll(decode(second.session, answer('00010000')).session, NOW + 2000);
    expect(over).toMatchObject({ publish: [], nextAt: NOW + 30_000 });
    expect(hex(poll(over.session, NOW + 30_000).publish[0]?.bytes)).toBe(hex(read(0, 13)));
  });

  it('gives up a round in which nobody answers, and begins the next', () => {
    let session: ProtocolSession = {};
    let now = NOW;
    let asked = 0;
    for (; now < NOW + 30_000; ) {
      const turn = poll(session, now);
      asked += turn.publish.length;
      session = turn.session;
      now = Math.max(turn.nextAt, now + 1);
    }
    expect(asked).toBeLessThanOrEqual(3);
    expect(poll(session, NOW + 30_000).publish).toHaveLength(1);
  });

  it('asks nothing without a map', () => {
    expect(modbusRtu.poll?.({}, { nativeId: 'dtu-3', topicPrefix, now: NOW })).toMatchObject({ publish: [] });
  });

  it('takes an answer that came in two messages', () => {
    const bytes = answer('00010000');
    const first = decode(poll({}, NOW).session, bytes.subarray(0, 5));
    expect(first.readings).toEqual([]);
    const second = decode(first.session, bytes.subarray(5), NOW + 200);
    expect(second.readings.map(({ signal }) => signal)).toContain('breaker_position');
    expect(decode(first.session, bytes.subarray(5), NOW + 60_000).readings).toEqual([]);
  });

  it('does not take its own requests for answers', () => {
    const own = modbusRtu.decode({}, { bytes: read(0, 13), topic: `${topicPrefix}/down`, receivedAt: NOW });
    expect(own).toMatchObject({ outcome: 'empty', command: 'down' });
  });
});

describe('frames', () => {
  it('are found at their CRC, wherever a message was cut or joined', () => {
    const frames = [answer('0001'), read(0, 13), framed([1, 0x83, 2]), framed([7, 16, 0, 1, 0, 2])];
    const stream = Buffer.concat([Buffer.of(0, 1, 3), ...frames, Buffer.of(1, 3)]);
    expect(splitFrames(stream).frames.map(hex)).toEqual(frames.map(hex));
    expect(hex(splitFrames(stream).rest)).toBe('0103');
  });
});

describe('switching', () => {
  const { session } = poll({}, NOW);
  const encode = (on: boolean, channel?: string) =>
    modbusRtu.encode?.(
      { kind: 'switch', on, ...(channel === undefined ? {} : { channel }) },
      { nativeId: 'dtu-3', session, serial: 1, topicPrefix },
    );

  it('writes the coil of the map and is confirmed by the register that shows the position', () => {
    expect(encode(false)).toEqual({
      bytes: Buffer.from(framed([1, 5, 0, 0, 0, 0])),
      topic: 'modbus/dtu-3/down',
      confirmedBy: { signal: 'breaker_position', value: 'open' },
    });
    expect(hex(encode(true)?.bytes)).toBe(hex(framed([1, 5, 0, 0, 0xff, 0])));
    expect(encode(true, '2')).toBeUndefined();
  });

  it('is confirmed by the answer to the write where nothing shows the position', () => {
    const map = { registers: [], switches: [{ fc: 16, addr: 9, on: 2, off: 3 }] };
    const blind = modbusRtu.poll?.({}, { nativeId: 'x', now: NOW, topicPrefix, map })?.session ?? {};
    const told = modbusRtu.encode?.(
      { kind: 'switch', on: true },
      { nativeId: 'x', session: blind, serial: 1, topicPrefix },
    );
    expect(hex(told?.bytes)).toBe(hex(framed([1, 16, 0, 9, 0, 1, 2, 0, 2])));
    expect(told).toMatchObject({ answeredBy: 'write' });
  });
});

describe('a register map', () => {
  it('that is shipped has no fault', () => expect(checkRegisterMap(exampleMap)).toEqual([]));

  it.each([
    [{}, 'registers', /expected a list/],
    [
      { registers: [{ fc: 7, addr: 0, signal: 'voltage' }] },
      'registers.0.fc',
      /one of 1, 2, 3, 4, got the number 7/,
    ],
    [
      { registers: [{ fc: 3, addr: -1, signal: 'voltage' }] },
      'registers.0.addr',
      /whole number from 0 to 65535/,
    ],
    [{ registers: [{ fc: 3, addr: 1, signal: 'volts' }] }, 'registers.0.signal', /the name of a signal/],
    [
      { registers: [{ fc: 3, addr: 1, signal: 'voltage', unit: 'bar' }] },
      'registers.0.unit',
      /a unit of voltage/,
    ],
    [{ registers: [{ fc: 3, addr: 1, type: 'u48', signal: 'voltage' }] }, 'registers.0.type', /bit, u16/],
    [{ registers: [{ fc: 1, addr: 1, type: 'u16', signal: 'smoke' }] }, 'registers.0.type', /expected bit/],
    [
      { registers: [{ fc: 3, addr: 1, signal: 'breaker_position' }] },
      'registers.0.values',
      /what stands for which/,
    ],
    [
      { registers: [{ fc: 3, addr: 1, signal: 'breaker_position', values: { 0: 'ajar' } }] },
      'registers.0.values.0',
      /a value of breaker_position/,
    ],
    [{ registers: [{ fc: 3, addr: 1, bits: { 40: { cause: 'surge' } } }] }, 'registers.0.bits.40', /a bit/],
    [
      { registers: [{ fc: 3, addr: 1, bits: { 1: { cause: 'ghost' } } }] },
      'registers.0.bits.1.cause',
      /one of short/,
    ],
    [{ registers: [], switches: [{ fc: 3, addr: 1 }] }, 'switches.0.fc', /one of 5, 6, 16/],
  ])('names its fault: %j', (map, path, message) => {
    const [fault] = checkRegisterMap(map);
    expect(fault?.path.join('.')).toBe(path);
    expect(fault?.message.en).toMatch(message);
    expect(fault?.message.zh).toMatch(/应为/);
  });

  it.each([
    ['ABCD', '449a5000'],
    ['CDAB', '5000449a'],
    ['BADC', '9a440050'],
    ['DCBA', '00509a44'],
  ])('reads a number of 32 bits in the order %s', (order, bytes) => {
    const map = {
      registers: [{ fc: 4, addr: 2, type: 'f32', order, signal: 'power', unit: 'kW', scale: 0.001 }],
    };
    const session = { asked: { slave: 1, fc: 4, addr: 2, count: 2, at: NOW } };
    const uplink = { bytes: answer(bytes, { fc: 4 }), topic, receivedAt: NOW, payload: { map } };
    expect(modbusRtu.decode(session, uplink).readings).toMatchObject([{ signal: 'power', value: 1234.5 }]);
  });

  it('groups by slave and function, never more than a device gives at once', () => {
    const register = (addr: number, slave = 1) => ({ slave, fc: 3, addr, signal: 'voltage' });
    const { map } = readRegisterMap({
      registers: [
        register(100),
        register(0),
        register(5),
        register(5, 2),
        ...Array.from({ length: 80 }, (_, i) => register(200 + i)),
      ],
    });
    expect(groupsOf(map).map(({ slave, addr, count }) => [slave, addr, count])).toEqual([
      [1, 0, 6],
      [1, 100, 1],
      [1, 200, 60],
      [1, 260, 20],
      [2, 5, 1],
    ]);
  });
});
