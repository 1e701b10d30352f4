import { describe, expect, it } from 'vitest';
import { zigbee2mqtt } from '../../protocols/zigbee2mqtt/zigbee2mqtt.ts';
import type { Decoded, ProtocolSession } from '../../src/model/uplinks.ts';
import { ieee, zigbeeDevices } from '../fixtures/zigbee2mqtt-devices.ts';

const BASE = 'zigbee2mqtt/binhu-gw-01';
const LEAK = 'binhu/3-1/kitchen leak';

/** One gateway with a clock: says things and keeps the session, as ingest does. */
class Gateway {
  session: ProtocolSession = {};
  now = Date.parse('2026-11-22T08:00:00Z');

  say(topic: string, payload: unknown, retained = false): Decoded {
    const bytes = Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload));
    const facts = { topic: `${BASE}/${topic}`, topicPrefix: BASE, claimedId: 'binhu-gw-01', retained };
    const decoded = zigbee2mqtt.decode(this.session, { bytes, receivedAt: this.now, ...facts });
    this.session = decoded.session;
    this.now += 1000;
    return decoded;
  }

  teach(): this {
    this.say('bridge/devices', zigbeeDevices);
    return this;
  }

  /** What is left of the session after a restart of ours. */
  forget(): void {
    const { taught } = this.session;
    this.session = JSON.parse(JSON.stringify({ taught }));
  }

  start(): void {
    this.say('bridge/state', { state: 'online' });
  }
}

const told = ({ readings }: Decoded) =>
  readings.map(({ signal, channel, value, cause, stage, origin }) =>
    [signal, channel, cause ?? value, stage, origin].filter((part) => part !== undefined).join(' '),
  );

describe('what a gateway teaches', () => {
  it('lists its devices by address, with name, model and vendor, without the stick', () => {
    const { children, nativeId } = new Gateway().say('bridge/devices', zigbeeDevices);
    expect(nativeId).toBe('binhu-gw-01');
    expect(children).toHaveLength(zigbeeDevices.length - 1);
    expect(children?.[0]).toEqual({ nativeId: ieee(1), name: LEAK, model: 'SJCGQ11LM', vendor: 'Aqara' });
    expect(children?.at(-1)).toEqual({
      nativeId: ieee(11),
      name: 'unsupported',
      model: 'model.11',
      vendor: 'Maker',
    });
  });

  it('lasts as long as its devices are the same', () => {
    const gateway = new Gateway().teach();
    const { taught } = gateway.session;
    gateway.teach();
    gateway.say(LEAK, { water_leak: true });
    expect(gateway.session.taught).toBe(taught);
    gateway.say('bridge/devices', zigbeeDevices.slice(0, 4));
    expect(gateway.session.taught).not.toBe(taught);
  });

  it('survives being stored, and half a list leaves the old one', () => {
    const gateway = new Gateway().teach();
    gateway.forget();
    gateway.say('bridge/devices', JSON.stringify(zigbeeDevices).slice(0, 3000));
    expect(gateway.say('panel 3', { current: 1500 })).toMatchObject({
      nativeId: ieee(2),
      readings: [{ value: 1.5 }],
    });
  });

  it('follows a rename at once and with the next list', () => {
    const gateway = new Gateway().teach();
    gateway.say('bridge/response/device/rename', { data: { from: LEAK, to: 'cellar' }, status: 'ok' });
    expect(gateway.say('cellar', { voltage: 3000 })).toMatchObject({
      nativeId: ieee(1),
      readings: [{ value: 3 }],
    });
    expect(gateway.say(LEAK, { water_leak: true }).nativeId).toBe(LEAK);
    gateway.say(
      'bridge/devices',
      zigbeeDevices.map((one) => (one.friendly_name === LEAK ? { ...one, friendly_name: 'roof' } : one)),
    );
    expect(gateway.say('roof', { water_leak: true }).nativeId).toBe(ieee(1));
  });

  it('takes the address from the message where Zigbee2MQTT adds it', () => {
    const device = { friendlyName: 'x', ieeeAddr: ieee(77).toUpperCase().replace('0X', '0x') };
    expect(new Gateway().say('x', { water_leak: true, device }).nativeId).toBe(ieee(77));
  });

  it('is bounded: 500 devices of 2 MB are decoded at once, the 501st is told', () => {
    const [, , breaker] = zigbeeDevices;
    const text = 'what Zigbee2MQTT says of it in its options and endpoints '.repeat(40);
    const many = Array.from({ length: 501 }, (_, at) => ({
      ...breaker,
      text,
      ieee_address: `0x${String(at).padStart(16, '0')}`,
      friendly_name: `breaker ${at}`,
    }));
    const gateway = new Gateway();
    const bytes = JSON.stringify(many);
    expect(bytes.length).toBeGreaterThan(2_000_000);
    const began = performance.now();
    const { children, reason } = gateway.say('bridge/devices', bytes);
    expect(performance.now() - began).toBeLessThan(1000);
    expect(children).toHaveLength(500);
    expect(reason).toMatch(/501 devices, of which only the first 500/);
    expect(JSON.stringify(gateway.session).length).toBeLessThan(1_000_000);
    expect(gateway.say('bridge/devices', `[${'1,'.repeat(3_000_000)}1]`)).toMatchObject({
      outcome: 'undecodable',
      reason: expect.stringMatching(/more than 4194304/),
    });
  });

  it('remembers no more than a bound of names that nobody listed', () => {
    const gateway = new Gateway();
    gateway.start();
    for (let at = 0; at < 2100; at += 1) {
      gateway.say(`name ${at}`, { water_leak: true, sos: true, action: 'sos', faults: ['surge'] });
    }
    expect(JSON.stringify(gateway.session).length).toBeLessThan(1_500_000);
  });

  it('leaves groups alone', () => {
    const gateway = new Gateway().teach();
    gateway.say('bridge/groups', [{ id: 1, friendly_name: 'stairs' }]);
    expect(gateway.say('stairs', { water_leak: true })).toMatchObject({ outcome: 'empty', readings: [] });
  });
});

describe('a gateway that starts repeats its cache', () => {
  it('of which the first message of each device raises nothing, and the second counts', () => {
    const gateway = new Gateway().teach();
    gateway.start();
    expect(told(gateway.say(LEAK, { water_leak: true }))).toEqual(['water_leak true replay']);
    expect(told(gateway.say('siren', { smoke: true }))).toEqual(['smoke true replay']);
    expect(told(gateway.say(LEAK, { water_leak: true }))).toEqual(['water_leak true live']);
  });

  it('but a state that changed while nobody listened is news', () => {
    const gateway = new Gateway().teach();
    gateway.say(LEAK, { water_leak: false, battery: 90 });
    gateway.start();
    expect(told(gateway.say(LEAK, { water_leak: true, battery: 90 }))).toEqual([
      'water_leak true live',
      'battery 90 replay',
    ]);
  });

  it('and so is what the device said after the start, and an action', () => {
    const gateway = new Gateway().teach();
    gateway.start();
    const seen = new Date(gateway.now).toISOString();
    expect(told(gateway.say(LEAK, { water_leak: true, last_seen: seen }))).toEqual(['water_leak true live']);
    expect(told(gateway.say('keypad', { action: 'emergency', tamper: true }))).toEqual([
      'sos true live',
      'tamper true replay',
    ]);
  });

  it('for a minute, and only where the start was heard live', () => {
    const gateway = new Gateway().teach();
    gateway.start();
    gateway.now += 60_000;
    expect(told(gateway.say(LEAK, { water_leak: true }))).toEqual(['water_leak true live']);
    const other = new Gateway().teach();
    other.say('bridge/state', { state: 'online' }, true);
    expect(told(other.say(LEAK, { water_leak: true }))).toEqual(['water_leak true live']);
  });

  it('one property a topic too', () => {
    const gateway = new Gateway().teach();
    gateway.start();
    expect(told(gateway.say(`${LEAK}/battery`, '90'))).toEqual(['battery 90 replay']);
    expect(told(gateway.say(`${LEAK}/water_leak`, 'true'))).toEqual(['water_leak true replay']);
    expect(told(gateway.say(`${LEAK}/water_leak`, 'true'))).toEqual(['water_leak true live']);
  });
});

describe('the faults of a breaker', () => {
  const TRIP = 'breaker_fault over_current trip live';

  it('are told once, when they appear, and again when they come back', () => {
    const gateway = new Gateway().teach();
    const faulty = { state: 'OFF', faults: ['over_current'] };
    expect(told(gateway.say('main breaker', faulty))).toEqual([
      'breaker_position open live',
      TRIP,
      'breaker_opened_by trip live',
    ]);
    expect(told(gateway.say('main breaker', { ...faulty, voltage_a: 230 }))).not.toContain(TRIP);
    gateway.forget();
    expect(told(gateway.say('main breaker', faulty))).toEqual(['breaker_position open live']);
    gateway.say('main breaker', { state: 'ON', faults: [] });
    expect(told(gateway.say('main breaker', faulty))).toContain(TRIP);
  });

  it('rise from a warning to a trip, and the way back is no news', () => {
    const gateway = new Gateway().teach();
    expect(told(gateway.say('main breaker', { state: 'ON', faults: ['over_current'] }))).toContain(
      'breaker_fault over_current warning live',
    );
    expect(told(gateway.say('main breaker', { state: 'OFF', faults: ['over_current'] }))).toContain(TRIP);
    expect(told(gateway.say('main breaker', { state: 'ON', faults: ['over_current'] }))).toEqual([
      'breaker_position closed live',
    ]);
  });

  it('of the cache of a gateway that starts raise nothing, unless they are new', () => {
    const gateway = new Gateway().teach();
    gateway.start();
    expect(told(gateway.say('main breaker', { faults: ['over_current'] }))).toEqual([
      'breaker_fault over_current replay',
    ]);
    expect(told(gateway.say('main breaker', { faults: ['over_current'] }))).toEqual([]);
    gateway.start();
    expect(told(gateway.say('main breaker', { faults: ['over_current', 'surge'] }))).toEqual([
      'breaker_fault surge live',
    ]);
  });

  it('as a last event count when the event is another', () => {
    const gateway = new Gateway().teach();
    const says = (event: unknown) => told(gateway.say('panel 3', { event }));
    expect(says('over_power_alarm')).toEqual(['breaker_fault high_power warning live']);
    expect(says('over_power_alarm')).toEqual([]);
    expect(says('over_power_trip')).toEqual([
      'breaker_fault high_power trip live',
      'breaker_opened_by trip live',
    ]);
    expect(says('automatic_closing')).toEqual([]);
    expect(says('over_power_trip')).toHaveLength(2);
    expect(says('remote_off')).toEqual(['breaker_opened_by remote live']);
    expect(says('timing_switch_off')).toEqual(['breaker_opened_by schedule live']);
    expect(says('electricity_shortage')).toEqual([
      'breaker_fault credit trip live',
      'breaker_opened_by prepay live',
    ]);
    expect(says('trip_voltage_2')).toContain('breaker_fault under_voltage trip live');
    expect(says('value_15')).toContain('breaker_fault residual_current trip live');
    expect(says(99)).toEqual(['breaker_fault unspecified live']);
  });

  it('of a retained message are known and raise nothing', () => {
    const gateway = new Gateway().teach();
    expect(told(gateway.say('main breaker', { faults: ['fire'] }, true))).toEqual([
      'breaker_fault fire retained',
    ]);
    expect(told(gateway.say('main breaker', { faults: ['fire'] }))).toEqual([]);
  });
});

describe('a call for help', () => {
  it('is raised for every press, and once where a set-up says it on two topics', () => {
    const gateway = new Gateway().teach();
    const press = { action: 'emergency', battery_low: false };
    expect(told(gateway.say('keypad', press))).toContain('sos true live');
    expect(told(gateway.say('keypad/action', 'emergency'))).toEqual([]);
    expect(told(gateway.say('keypad', press))).toContain('sos true live');
    gateway.now += 10_000;
    expect(told(gateway.say('keypad/action', 'emergency'))).toEqual(['sos true live']);
    expect(told(gateway.say('keypad/action', 'emergency'))).toEqual(['sos true live']);
  });

  it('that is a state is raised again by a press and not by a report of the battery', () => {
    const gateway = new Gateway();
    const raised = (payload: unknown) => told(gateway.say('button', payload)).includes('sos true live');
    expect(raised({ sos: true, battery: 90, linkquality: 80 })).toBe(true);
    expect(raised({ sos: true, battery: 89, linkquality: 80 })).toBe(false);
    expect(raised({ sos: true, battery: 89, linkquality: 44 })).toBe(true);
    expect(raised({ sos: false, battery: 89 })).toBe(false);
    expect(raised({ sos: true, battery: 88 })).toBe(true);
  });

  it.each(['single', 'press', 'hold'])('is any %s of a button that was made for it', (action) => {
    const gateway = new Gateway();
    const exposes = [
      { type: 'enum', property: 'action', access: 1, values: ['single', 'press', 'hold', 'release'] },
    ];
    const definition = { model: 'B1', vendor: 'Maker', description: 'SOS alarm button', exposes };
    gateway.say('bridge/devices', [
      { ieee_address: ieee(1), type: 'EndDevice', friendly_name: 'b', definition },
    ]);
    expect(told(gateway.say('b', { action }))).toEqual(['sos true live']);
    expect(told(gateway.say('b', { action: 'release' }))).toEqual([]);
  });
});

describe('commands', () => {
  const { session } = new Gateway().teach();
  const encode = (number: number, command: Parameters<NonNullable<typeof zigbee2mqtt.encode>>[0]) => {
    const encoded = zigbee2mqtt.encode?.(command, { nativeId: ieee(number), session, serial: 7 });
    return encoded && { ...encoded, bytes: Buffer.from(encoded.bytes).toString() };
  };

  it('switch a breaker, which is confirmed by its position', () => {
    expect(encode(2, { kind: 'switch', on: false })).toEqual({
      bytes: '{"state":"OFF"}',
      topic: `${BASE}/panel 3/set`,
      confirmedBy: { signal: 'breaker_position', value: 'open' },
    });
    expect(encode(7, { kind: 'switch', on: true, channel: '2' })).toEqual({
      bytes: '{"state_l2":"ON"}',
      topic: `${BASE}/two gangs/set`,
      confirmedBy: { signal: 'breaker_position', channel: '2', value: 'closed' },
    });
    expect(encode(6, { kind: 'switch', on: false })).toMatchObject({
      confirmedBy: { signal: 'valve_position', value: 'closed' },
    });
  });

  it('ring what can be heard', () => {
    expect(encode(10, { kind: 'ring' })).toMatchObject({
      bytes: '{"warning":{"mode":"emergency","level":"high","strobe":true,"duration":30}}',
      topic: `${BASE}/siren/set`,
    });
  });

  it('switch what nobody described by its state, whatever it is that it shows then', () => {
    const device = { nativeId: 'pump', session: {}, serial: 1, topicPrefix: BASE };
    expect(zigbee2mqtt.encode?.({ kind: 'switch', on: false }, device)).toMatchObject({
      topic: `${BASE}/pump/set`,
      confirmedBy: [
        { signal: 'breaker_position', value: 'open' },
        { signal: 'valve_position', value: 'closed' },
      ],
    });
    expect(zigbee2mqtt.encode?.({ kind: 'ring' }, device)).toBeUndefined();
    expect(zigbee2mqtt.encode?.({ kind: 'switch', on: false, channel: '2' }, device)).toBeUndefined();
  });

  it('are none for what cannot be told: a lamp, two gangs without saying which, a device that nobody described', () => {
    expect(encode(5, { kind: 'switch', on: false })).toBeUndefined();
    expect(encode(7, { kind: 'switch', on: false })).toBeUndefined();
    expect(encode(1, { kind: 'ring' })).toBeUndefined();
    expect(encode(2, { kind: 'locate_now' })).toBeUndefined();
    expect(
      zigbee2mqtt.encode?.({ kind: 'switch', on: true }, { nativeId: ieee(2), session: {}, serial: 1 }),
    ).toBeUndefined();
  });
});
