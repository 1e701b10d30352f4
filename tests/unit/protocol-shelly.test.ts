import { describe, expect, it } from 'vitest';
import { shelly } from '../../protocols/shelly/shelly.ts';
import type { Decoded, DownlinkCommand, ProtocolSession } from '../../src/model/uplinks.ts';

const PRO4 = 'shellypro4pm-f008d1d8b8b8';

/** One device that keeps its session, as ingest does. */
class Device {
  readonly prefix: string;
  session: ProtocolSession = {};

  constructor(prefix: string) {
    this.prefix = prefix;
  }

  say(path: string, payload: unknown, claimedId?: string): Decoded {
    const bytes = Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload));
    const facts = { topic: `${this.prefix}/${path}`, topicPrefix: this.prefix, receivedAt: 0 };
    const decoded = shelly.decode(this.session, { bytes, ...facts, ...(claimedId ? { claimedId } : {}) });
    this.session = decoded.session;
    return decoded;
  }

  notify(params: object, src = PRO4): string[] {
    return told(
      this.say('events/rpc', { src, method: 'NotifyStatus', params: { ts: 1795334400, ...params } }),
    );
  }
}

const told = ({ readings }: Decoded) =>
  readings.map(({ signal, channel, value, cause, stage }) =>
    [signal, channel, cause ?? value, stage].filter((part) => part !== undefined).join(' '),
  );

describe('faults of an output', () => {
  it('are told once, on whichever topic and however often, and again when they come back', () => {
    const device = new Device(PRO4);
    const trip = { 'switch:2': { id: 2, output: false, errors: ['overcurrent'] } };
    device.notify({ 'switch:2': { id: 2, output: true } });
    expect(device.notify(trip)).toEqual([
      'breaker_position 2 open',
      'breaker_fault 2 over_current trip',
      'breaker_opened_by 2 trip',
    ]);
    expect(told(device.say('status/switch:2', trip['switch:2']))).toEqual(['breaker_position 2 open']);
    device.session = JSON.parse(JSON.stringify({ taught: device.session.taught }));
    expect(device.notify(trip)).toEqual(['breaker_position 2 open']);
    expect(device.notify({ 'switch:2': { id: 2, errors: null } })).toEqual([]);
    expect(device.notify({ 'switch:2': { id: 2, output: true } })).toEqual(['breaker_position 2 closed']);
    expect(device.notify(trip)).toContain('breaker_fault 2 over_current trip');
  });

  it('are warnings while it is on, and trips when it goes off', () => {
    const device = new Device(PRO4);
    device.notify({ 'switch:1': { id: 1, output: true } });
    expect(device.notify({ 'switch:1': { id: 1, errors: ['overtemp'] } })).toEqual([
      'breaker_fault 1 over_temperature warning',
    ]);
    expect(device.notify({ 'switch:1': { id: 1, output: false } })).toEqual([
      'breaker_position 1 open',
      'breaker_fault 1 over_temperature trip',
      'breaker_opened_by 1 trip',
    ]);
  });

  it('end where a whole status no longer has them', () => {
    const device = new Device(PRO4);
    const on = { id: 1, output: true };
    device.notify({ 'switch:1': { ...on, errors: ['undervoltage'] } });
    device.say('status/switch:1', on);
    expect(device.notify({ 'switch:1': { ...on, errors: ['undervoltage'] } })).toContain(
      'breaker_fault 1 under_voltage warning',
    );
  });
});

describe('who speaks', () => {
  it('is who logged in, else the id in the messages, also on topics without it', () => {
    const device = new Device('cellar/pump');
    expect(device.say('online', 'true').nativeId).toBe('pump');
    device.notify({ sys: {} }, 'shellyplus1pm-a8032abe54dc');
    expect(device.say('online', 'true').nativeId).toBe('shellyplus1pm-a8032abe54dc');
    expect(device.say('online', 'true', 'pump-1').nativeId).toBe('pump-1');
  });

  it('sleeps where a wake-up period or the model says so', () => {
    const device = new Device('shed/probe');
    expect(told(device.say('online', 'false'))).toEqual(['online false']);
    device.notify({ sys: { wakeup_period: 43200 } });
    expect(device.say('online', 'false')).toMatchObject({ outcome: 'empty', readings: [] });
    expect(told(device.say('online', 'true'))).toEqual(['online true']);
  });
});

describe('topics', () => {
  it.each([
    [`${PRO4}/events/rpc`, PRO4],
    [`building/${PRO4}/online`, `building/${PRO4}`],
    ['any name/at all/events/rpc', 'any name/at all'],
    ['cellar/pump/status/switch:0', 'cellar/pump'],
    ['shellies/shellyflood-1AE8B2/sensor/flood', 'shellies/shellyflood-1AE8B2'],
    ['shellies/announce', 'shellies'],
    ['cellar/online', undefined],
    ['homeassistant/sensor/shellyplus1-a8032abe54dc/temperature/config', undefined],
  ])('%s suggests %s', (topic, prefix) => {
    expect(shelly.gateway?.guessPrefix(topic)).toBe(prefix);
  });

  it('are where the two generations look for themselves', () => {
    expect(shelly.gateway?.defaultPrefix(PRO4)).toBe(PRO4);
    expect(shelly.gateway?.defaultPrefix('shellyplug-s-1AE8B2')).toBe('shellies/shellyplug-s-1AE8B2');
    expect(shelly.gateway?.covers?.(PRO4, 'shellies/announce')).toBe(true);
    expect(shelly.gateway?.covers?.(PRO4, `${PRO4}x/online`)).toBe(false);
  });
});

describe('commands', () => {
  const order = (nativeId: string, command: DownlinkCommand) =>
    shelly.encode?.(command, { nativeId, session: {}, serial: 42 });

  it('switch over RPC, whose answer comes back below the prefix of the device', () => {
    const sent = order(PRO4, { kind: 'switch', on: false, channel: '2' });
    expect(sent).toMatchObject({
      topic: `${PRO4}/rpc`,
      confirmedBy: { signal: 'breaker_position', channel: '2', value: 'open' },
    });
    expect(JSON.parse(sent?.bytes.toString() ?? '')).toEqual({
      id: 42,
      src: `${PRO4}/svc`,
      method: 'Switch.Set',
      params: { id: 2, on: false },
    });
    const refused = { id: 42, src: PRO4, error: { code: -114, message: 'Method failed' } };
    expect(new Device(PRO4).say('svc/rpc', refused).downlinkAnswer).toEqual({
      command: 'rpc',
      serial: '42',
      ok: false,
    });
  });

  it('switch the first generation by a word', () => {
    const sent = order('shelly1pm-BA1936', { kind: 'switch', on: true });
    expect(sent).toMatchObject({
      topic: 'shellies/shelly1pm-BA1936/relay/0/command',
      confirmedBy: { signal: 'breaker_position', value: 'closed' },
    });
    expect(sent?.bytes.toString()).toBe('on');
  });

  it('are confirmed where the device shows that very output', () => {
    expect(order('shellyplus1pm-a8032abe54dc', { kind: 'switch', on: true, channel: '0' })).toMatchObject({
      confirmedBy: { signal: 'breaker_position', value: 'closed' },
    });
    expect(order(PRO4, { kind: 'switch', on: true })).toMatchObject({ confirmedBy: { channel: '0' } });
    expect(order(PRO4, { kind: 'ring' })).toBeUndefined();
  });

  it('ask for the whole status, whose answer is read like one', () => {
    const asked = shelly.poll?.({}, { nativeId: PRO4, now: 1000 });
    expect(asked?.publish[0]?.topic).toBe(`${PRO4}/rpc`);
    expect(asked?.nextAt).toBeGreaterThan(1000);
    const whole = { 'switch:3': { id: 3, output: true, voltage: 230 }, sys: { unixtime: 1795334400 } };
    const heard = new Device(PRO4).say('svc/rpc', { id: 0, src: PRO4, dst: `${PRO4}/svc`, result: whole });
    expect(told(heard)).toEqual(['breaker_position 3 closed', 'voltage 3 230']);
    expect(heard.downlinkAnswer).toBeUndefined();
  });
});
