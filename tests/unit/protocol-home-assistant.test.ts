import { describe, expect, it } from 'vitest';
import { homeAssistant } from '../../protocols/home-assistant/home-assistant.ts';
import { parseTemplate, render } from '../../protocols/home-assistant/template.ts';
import type { Decoded, ProtocolSession } from '../../src/model/uplinks.ts';
import { announced } from '../fixtures/home-assistant.ts';

/** One broker with whoever announces on it: says things and keeps the session, as ingest does. */
class Broker {
  session: ProtocolSession = {};

  say(topic: string, payload: unknown, retained = false): Decoded {
    const bytes = Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload));
    const decoded = homeAssistant.decode(this.session, { bytes, topic, receivedAt: 0, retained });
    this.session = decoded.session;
    return decoded;
  }

  announce(path: string, config: object): Decoded {
    return this.say(`homeassistant/${path}/config`, config, true);
  }

  /** What is left of the session after a restart of ours. */
  forget(): this {
    this.session = JSON.parse(JSON.stringify({ taught: this.session.taught }));
    return this;
  }
}

function taught(): Broker {
  const broker = new Broker();
  for (const [topic, payload] of announced) broker.say(topic, payload, true);
  return broker;
}

const told = ({ readings }: Pick<Decoded, 'readings'>) =>
  readings.map(({ signal, channel, value, cause, origin }) =>
    [signal, channel, cause ?? value, origin === 'live' ? undefined : origin]
      .filter((part) => part !== undefined)
      .join(' '),
  );

/** What one sensor of this description makes of a state. */
function means(config: object, state: unknown, component = 'sensor'): string[] {
  const broker = new Broker();
  broker.announce(`${component}/x/y`, { stat_t: 'x/y', uniq_id: 'xy', dev: { ids: ['x'] }, ...config });
  return told(broker.say('x/y', state));
}

describe('what an announcement teaches', () => {
  it('introduces the device by its identifiers, with name, model and vendor, and names its topics', () => {
    const broker = new Broker();
    const [[topic, payload] = ['', {}]] = announced;
    expect(broker.say(topic, payload, true)).toMatchObject({
      outcome: 'ok',
      introduces: [{ nativeId: 'esp-cellar', name: 'Cellar', model: 'ESP32', vendor: 'Espressif' }],
      listenTo: ['cellar/leak/state', 'cellar/status'],
    });
  });

  it('lasts as long as the announcements are the same, also across a restart', () => {
    const broker = taught().forget();
    const { taught: before } = broker.session;
    for (const [topic, payload] of announced) broker.say(topic, payload, true);
    expect(broker.session.taught).toBe(before);
    expect(told(broker.say('cellar/leak/state', 'ON'))).toEqual(['water_leak true']);
  });

  it('ends with an empty message, of all components of a device too', () => {
    const broker = taught();
    broker.say('homeassistant/device/breaker1/config', '');
    expect(broker.say('brk/1/state', { contact: 'ON' })).toMatchObject({ outcome: 'empty' });
    broker.announce('binary_sensor/esp-cellar/leak', { migr_discvry: true });
    expect(broker.say('cellar/leak/state', 'ON')).toMatchObject({ outcome: 'empty' });
  });

  it('knows a device by any of its identifiers, and an address in any spelling', () => {
    const broker = new Broker();
    const leak = { stat_t: 'a/leak', dev_cla: 'moisture' };
    broker.announce('binary_sensor/a/leak', {
      ...leak,
      dev: { ids: ['a-1'], cns: [['mac', 'A4:CF:12:D3:E4:F5']] },
    });
    const second = broker.announce('sensor/a/battery', {
      stat_t: 'a/battery',
      dev_cla: 'battery',
      dev: { cns: [['mac', 'a4cf12d3e4f5']] },
    });
    expect(second.introduces).toMatchObject([{ nativeId: 'a-1' }]);
    const other = broker.announce('sensor/b/battery', {
      stat_t: 'b',
      dev_cla: 'battery',
      dev: { ids: 'A0-B1-C2-D3-E4-F5' },
    });
    expect(other.introduces).toMatchObject([{ nativeId: 'a0b1c2d3e4f5' }]);
    const spaced = broker.announce('sensor/d/battery', {
      stat_t: 'd',
      dev_cla: 'battery',
      dev: { ids: 'Hall 2#' },
    });
    expect(spaced.introduces).toMatchObject([{ nativeId: 'Hall-2-' }]);
    expect(
      broker.announce('sensor/c/battery', { stat_t: 'c', dev_cla: 'battery', uniq_id: 'only' }).introduces,
    ).toMatchObject([{ nativeId: 'only' }]);
  });

  it.each([
    ['zigbee2mqtt', { stat_t: 'zigbee2mqtt/leak' }],
    ['zigbee2mqtt', { stat_t: 'home/zb/leak', o: { name: 'Zigbee2MQTT' } }],
    ['tasmota', { stat_t: 'tele/tasmota_9CF9D1/SENSOR' }],
    ['shelly', { '~': 'shellyplus1pm-a8032abe54dc/', stat_t: '~status/switch:0' }],
  ])('leaves to %s what it reads itself', (adapter, topics) => {
    const decoded = new Broker().announce('binary_sensor/x/leak', {
      ...topics,
      dev_cla: 'moisture',
      uniq_id: 'x',
    });
    expect(decoded).toMatchObject({ outcome: 'empty', reason: expect.stringContaining(adapter) });
    expect(decoded.introduces).toBeUndefined();
  });

  it('is bounded, whoever floods it', () => {
    const broker = new Broker();
    const cmps = Object.fromEntries(
      Array.from({ length: 200 }, (_, i) => [
        `c${i}`,
        { p: 'binary_sensor', dev_cla: 'moisture', stat_t: `t/${i}` },
      ]),
    );
    for (let i = 0; i < 15; i += 1) broker.announce(`device/d${i}`, { dev: { ids: `d${i}` }, cmps });
    expect(Object.keys((broker.session.taught as { entities: object }).entities)).toHaveLength(2000);
  });
});

describe('what a description means', () => {
  it.each([
    [{ dev_cla: 'water', unit_of_meas: 'gal' }, '10', ['water_volume 37.85411784']],
    [{ dev_cla: 'volume_flow_rate', unit_of_meas: 'm³/h' }, '1.5', ['water_flow 1500']],
    [{ dev_cla: 'pressure', unit_of_meas: 'hPa', name: 'Air' }, '1013', []],
    [{ dev_cla: 'pressure', unit_of_meas: 'kPa', name: 'Water pressure' }, '310', ['water_pressure 310']],
    [{ dev_cla: 'distance', unit_of_meas: 'cm' }, '120', ['level_distance 1200']],
    [{ dev_cla: 'temperature', unit_of_meas: '°C', name: 'Room' }, '21', []],
    [
      { dev_cla: 'temperature', unit_of_meas: '°F', name: 'Water temperature' },
      '50',
      ['water_temperature 10'],
    ],
    [{ dev_cla: 'energy', unit_of_meas: 'MWh', name: 'Energy returned' }, '2', ['energy_export 2000000']],
    [{ dev_cla: 'signal_strength', unit_of_meas: 'dBm' }, '-70', ['rssi -70']],
    [{ dev_cla: 'power_factor', unit_of_meas: '%' }, '-98', ['power_factor 0.98']],
    [{ dev_cla: 'battery', unit_of_meas: '%' }, '0', []],
    [{ dev_cla: 'gas', unit_of_meas: 'm³' }, '12', []],
    [{ name: 'Heart rate', unit_of_meas: 'bpm' }, '71', ['heart_rate 71']],
    [{ name: 'Power', unit_of_meas: 'W' }, '40', ['power 40']],
    [{ name: 'Fill level', unit_of_meas: '%' }, '40', ['fill 40']],
    [{ dev_cla: 'current', unit_of_meas: 'A', name: 'Earth leakage' }, '0.03', ['residual_current 30']],
    [{ dev_cla: 'voltage', unit_of_meas: 'V', name: 'Voltage L2' }, '231', ['voltage b 231']],
    [{ dev_cla: 'voltage', unit_of_meas: 'V' }, 'unavailable', []],
  ])('sensor %j saying %s', (config, state, expected) => {
    expect(means(config, state)).toEqual(expected);
  });

  it.each([
    [{ dev_cla: 'battery' }, 'ON', ['battery_low true']],
    [{ dev_cla: 'connectivity' }, 'OFF', ['online false']],
    [{ dev_cla: 'carbon_monoxide', pl_on: '1', pl_off: '0' }, '1', ['carbon_monoxide true']],
    [{ dev_cla: 'problem', name: 'Probe' }, 'ON', ['sensor_fault true']],
    [{ dev_cla: 'problem', name: 'Overcurrent trip' }, 'ON', ['breaker_fault over_current']],
    [{ dev_cla: 'power' }, 'OFF', ['power_off true']],
    [{ dev_cla: 'opening', name: 'Manhole 3' }, 'ON', ['cover_open 3 true']],
    [{ dev_cla: 'window' }, 'ON', []],
    [{ dev_cla: 'motion' }, 'ON', []],
    [{ dev_cla: 'safety', name: 'Panic' }, 'ON', ['sos true']],
    [{ name: 'Kitchen water leak' }, 'ON', ['water_leak true']],
    [{ dev_cla: 'moisture', val_tpl: '{{ value_json.leak }}' }, { leak: true }, ['water_leak true']],
  ])('binary sensor %j saying %s', (config, state, expected) => {
    expect(means(config, state, 'binary_sensor')).toEqual(expected);
  });

  it('a switch that is a setting or a lamp is no circuit', () => {
    expect(means({ cmd_t: 'x', name: 'Relay' }, 'ON', 'switch')).toEqual(['breaker_position closed']);
    expect(means({ cmd_t: 'x', name: 'Status LED' }, 'ON', 'switch')).toEqual([]);
    expect(means({ cmd_t: 'x', name: 'Relay', ent_cat: 'config' }, 'ON', 'switch')).toEqual([]);
  });
});

describe('what happens in time', () => {
  it('a call in a message with other values is one call, until it is taken back or nothing else is new', () => {
    const broker = new Broker();
    broker.announce('binary_sensor/p/sos', {
      name: 'SOS',
      stat_t: 'p',
      val_tpl: '{{ value_json.sos }}',
      dev: { ids: 'p' },
    });
    const say = (sos: string, battery: number) => told(broker.say('p', { sos, battery }));
    expect(say('ON', 60)).toEqual(['sos true']);
    expect(say('ON', 59)).toEqual([]);
    expect(say('ON', 59)).toEqual(['sos true']);
    expect(say('OFF', 59)).toEqual([]);
    expect(say('ON', 59)).toEqual(['sos true']);
  });

  it('tells a fault of a breaker when it appears, across a restart of ours', () => {
    const broker = taught();
    const faults = () =>
      told(broker.say('brk/1/state', { f: 'overload' })).filter((one) => /fault/.test(one));
    expect(faults()).toEqual(['breaker_fault overload']);
    broker.forget();
    expect(faults()).toEqual([]);
    broker.say('brk/1/state', { f: 'clear' });
    expect(faults()).toEqual(['breaker_fault overload']);
  });

  it.each([
    ['all', [[], ['online true'], ['online false'], ['online false']]],
    ['any', [['online true'], ['online true'], ['online true'], ['online false']]],
    ['latest', [['online true'], ['online true'], ['online false'], ['online false']]],
  ])('availability of two topics, mode %s', (mode, expected) => {
    const broker = new Broker();
    const avty = [{ t: 'one' }, { t: 'two', val_tpl: "{{ 'online' if value_json.ok else 'offline' }}" }];
    broker.announce('binary_sensor/d/leak', {
      stat_t: 'd',
      dev_cla: 'moisture',
      avty,
      avty_mode: mode,
      uniq_id: 'd',
    });
    const said = [
      broker.say('one', 'online'),
      broker.say('two', { ok: 1 }),
      broker.say('two', { ok: 0 }),
      broker.say('one', 'offline'),
    ];
    expect(said.map(told)).toEqual(expected);
  });

  it('a will that several devices share is that of the one through which they speak', () => {
    const broker = new Broker();
    const config = (id: string, via?: string) => ({
      stat_t: `${id}/battery`,
      dev_cla: 'battery',
      avty_t: 'gw/lwt',
      dev: { ids: [id], ...(via ? { via_device: via } : {}) },
    });
    broker.announce('sensor/gw/battery', config('gw'));
    broker.announce('sensor/a/battery', config('a', 'gw'));
    broker.announce('sensor/b/battery', config('b', 'gw'));
    expect(broker.say('gw/lwt', 'offline')).toMatchObject({
      nativeId: 'gw',
      readings: [{ signal: 'online', value: false }],
    });
    expect(broker.say('gw/lwt', 'offline').others).toBeUndefined();
  });

  it('one topic of several devices is read for each', () => {
    const decoded = taught().say('ropes/state', { rope1: true, rope2: true });
    expect(decoded).toMatchObject({ nativeId: 'ropes', others: [{ nativeId: 'neighbour' }] });
    expect(told(decoded)).toEqual(['water_leak 1 true', 'water_leak 2 true']);
    expect(decoded.others?.map(told)).toEqual([['water_leak true']]);
  });
});

describe('commands', () => {
  const order = (nativeId: string, on: boolean) =>
    homeAssistant.encode?.({ kind: 'switch', on }, { nativeId, session: taught().session, serial: 1 });

  it('go to the command topic, and count when the position shows it', () => {
    expect(order('breaker1', false)).toMatchObject({
      topic: 'brk/1/set',
      confirmedBy: { signal: 'breaker_position', value: 'open' },
    });
    expect(order('breaker1', false)?.bytes.toString()).toBe('OFF');
    expect(order('main', true)?.bytes.toString()).toBe('OPEN');
    expect(order('main', true)).toMatchObject({ confirmedBy: { signal: 'valve_position', value: 'open' } });
    expect(order('ropes', true)).toBeUndefined();
  });
});

describe('topics', () => {
  it('of announcements show their prefix, whatever it is called', () => {
    const guess = homeAssistant.gateway?.guessPrefix;
    expect(guess?.('homeassistant/sensor/a/b/config')).toBe('homeassistant');
    expect(guess?.('my/ha/device/x/config')).toBe('my/ha');
    expect(guess?.('homeassistant/status')).toBe('homeassistant');
    expect(guess?.('a/b/config')).toBeUndefined();
  });
});

describe('the template subset', () => {
  const json = { a: { b: 5 }, on: true, list: [1, 2, 3], text: 'Hello', number: '12.75', none: null };
  const run = (text: string) => {
    const template = parseTemplate(text);
    return typeof template === 'string'
      ? 'unsupported'
      : render(template, { text: JSON.stringify(json), json });
  };

  it.each([
    ['{{ value_json.a.b }}', '5'],
    ["{{ value_json['a']['b'] }}", '5'],
    ['{{ value_json.list[-1] }}', '3'],
    ['{{ value_json.number | float | round(1) }}', '12.8'],
    ['{{ value_json.number | int(0) }}', '12'],
    ["{{ 'ON' if value_json.on else 'OFF' }}", 'ON'],
    ["{{ value_json.text == 'Hello' and not value_json.none }}", 'True'],
    ["{{ 'ell' in value_json.text }}", 'True'],
    ["{{ value_json.get('missing', 7) }}", '7'],
    ["{{ value_json.missing | default('x') | upper }}", 'X'],
    [
      '{%- if value_json.a.b > 4 -%} high {%- elif value_json.a.b > 2 %} low {% else %} none {% endif %}',
      'high',
    ],
    ['{% set x = value_json.a.b * 2 %}{{ x / 4 }}', '2.5'],
    ["{{ {'Hello': 'ON'}.get(value_json.text, 'OFF') }}", 'ON'],
    ["{{ '%.2f' | format(value_json.a.b) }}", '5.00'],
    ['{{ value_json.missing.deeper }}', undefined],
    ['{{ value_json.missing | is_defined }}', undefined],
    ['{{ 1 / 0 }}', undefined],
    ['{{ value_json.constructor }}', ''],
    ["{{ states('sensor.a') }}", 'unsupported'],
    ['{% for x in value_json.list %}{{ x }}{% endfor %}', 'unsupported'],
    ["{{ value | regex_replace('(a+)+', '') }}", 'unsupported'],
    ['{{ value_json.__class__.__mro__ }}', undefined],
    ['{{ this.state }}', 'unsupported'],
    ['{{ value_json.a', 'unsupported'],
    [`{{ ${'('.repeat(200)}1${')'.repeat(200)} }}`, 'unsupported'],
    [`{{ ${"'x' ~ ".repeat(300)}'x' }}`, 'unsupported'],
  ])('%s', (template, expected) => {
    expect(run(template)).toBe(expected);
  });

  it('does not grow a text without end', () => {
    const bomb = `{% set a = value %}${"{% set a = a.replace('x', 'xxxxxxxxxx') %}".repeat(9)}{{ a }}`;
    const template = parseTemplate(bomb);
    expect(
      typeof template === 'string' ? template : render(template, { text: 'x'.repeat(100) }),
    ).toBeUndefined();
  });
});
