import { describe, expect, it } from 'vitest';
import { chirpstack } from '../../protocols/chirpstack/chirpstack.ts';
import { tts } from '../../protocols/tts/tts.ts';
import type { DecodedReading } from '../../src/model/readings.ts';
import type { Decoded, ProtocolSession } from '../../src/model/uplinks.ts';

const NOW = Date.parse('2026-11-22T08:15:02Z');
const EUI = '24e124136b000101';

const points = (readings: readonly DecodedReading[]) =>
  Object.fromEntries(
    readings.map(({ signal, channel, value }) => [
      channel === undefined ? signal : `${signal}.${channel}`,
      value,
    ]),
  );

class Server {
  session: ProtocolSession = {};
  say(event: string, message: Record<string, unknown>, profile = 'WS523'): Decoded {
    const deviceInfo = { applicationId: 'app', deviceProfileName: profile, deviceName: 'it', devEui: EUI };
    const bytes = Buffer.from(JSON.stringify({ deviceInfo, ...message }));
    const topic = `application/app/device/${EUI}/event/${event}`;
    const decoded = chirpstack.decode(this.session, { bytes, topic, receivedAt: NOW });
    this.session = decoded.session;
    return decoded;
  }
}

describe('ChirpStack', () => {
  it('introduces a device once, and again when it joins or becomes another model', () => {
    const server = new Server();
    const child = { nativeId: EUI, name: 'it', model: 'WS523' };
    expect(server.say('up', { fCnt: 1, object: {} }).introduces).toEqual([child]);
    expect(server.say('up', { fCnt: 2, object: {} }).introduces).toBeUndefined();
    expect(server.say('join', { devAddr: '01' }).introduces).toEqual([child]);
    expect(server.say('up', { fCnt: 3, object: {} }, 'WS525').introduces).toEqual([
      { ...child, model: 'WS525' },
    ]);
  });

  it('a fault of its codec stands until something is understood, and is told once', () => {
    const server = new Server();
    const error = { level: 'ERROR', code: 'UPLINK_CODEC', description: 'x', fCnt: 7 };
    expect(points(server.say('log', error).readings)).toEqual({ sensor_fault: true });
    expect(server.say('log', error)).toMatchObject({ outcome: 'empty', reason: 'ERROR UPLINK_CODEC: x' });
    const { taught } = server.session;
    server.session = JSON.parse(JSON.stringify({ taught }));
    expect(points(server.say('up', { fCnt: 8 }).readings)).toEqual({});
    expect(points(server.say('up', { fCnt: 9, object: { battery: 9 } }).readings)).toEqual({
      battery: 9,
      sensor_fault: false,
    });
    expect(points(server.say('up', { fCnt: 10, object: { battery: 9 } }).readings)).toEqual({ battery: 9 });
    expect(server.say('log', { ...error, level: 'WARNING' }).outcome).toBe('empty');
  });

  it('a multiplier that came in one frame counts in the next', () => {
    const server = new Server();
    server.say('up', { object: { Device: 'R718N3', Volt: 3.6, Multiplier2: 5 } }, 'R718N3');
    expect(
      points(server.say('up', { object: { Device: 'R718N3', Current2: 1000 } }, 'R718N3').readings),
    ).toEqual({ 'current.b': 5 });
  });

  it('switches what it knows how to, and its answer is the position', () => {
    const server = new Server();
    server.say('up', { object: { socket_status: 'on' } });
    const { session } = server;
    const told = chirpstack.encode?.(
      { kind: 'switch', on: false },
      { nativeId: EUI, session, serial: 42, topicPrefix: 'application/app' },
    );
    expect(told?.topic).toBe(`application/app/device/${EUI}/command/down`);
    expect(JSON.parse(Buffer.from(told?.bytes ?? []).toString())).toEqual({
      id: '67726964-0000-4000-8000-00000000002a',
      devEui: EUI,
      confirmed: true,
      fPort: 85,
      data: 'CAAA/w==',
    });
    expect(told?.confirmedBy).toEqual({ signal: 'breaker_position', value: 'open' });
    expect(
      chirpstack.encode?.({ kind: 'locate_now' }, { nativeId: EUI, session, serial: 1 }),
    ).toBeUndefined();
  });

  it('asks for a codec where the server has none, and never for what is encrypted', () => {
    const ask = (message: Record<string, unknown>) =>
      chirpstack.payloadOf?.(
        {
          bytes: Buffer.from(
            JSON.stringify({
              deviceInfo: { devEui: EUI, deviceProfileName: 'P', tags: { model: 'm' } },
              fPort: 5,
              data: 'AQI=',
              ...message,
            }),
          ),
          topic: `application/app/device/${EUI}/event/up`,
          receivedAt: NOW,
        },
        {},
      );
    expect(ask({})).toEqual({
      nativeId: EUI,
      models: ['m', 'P'],
      codec: { bytes: Buffer.from([1, 2]), fPort: 5, receivedAt: NOW },
    });
    expect(ask({ object: { a: 1 } })).toEqual({ nativeId: EUI, models: ['m', 'P'] });
    expect(ask({ joinServerContext: {} })).toEqual({ nativeId: EUI, models: ['m', 'P'] });
  });

  it('is told by its topics', () => {
    expect(chirpstack.gateway?.guessPrefix(`eu/application/7/device/${EUI}/event/up`)).toBe(
      'eu/application/7',
    );
    expect(chirpstack.gateway?.guessPrefix('zigbee2mqtt/x')).toBeUndefined();
    expect(chirpstack.gateway?.defaultPrefix('7')).toBe('application/7');
  });
});

describe('The Things Stack', () => {
  const up = {
    end_device_ids: { device_id: 'valve-1', dev_eui: EUI.toUpperCase() },
    uplink_message: {
      f_port: 2,
      frm_payload: 'AQI=',
      version_ids: { brand_id: 'strega', model_id: 'smart-valve' },
    },
  };
  const bytes = Buffer.from(JSON.stringify(up));
  const topic = 'v3/binhu@ttn/devices/valve-1/up';

  it('names the model by its repository and asks for its codec', () => {
    expect(tts.payloadOf?.({ bytes, topic, receivedAt: NOW }, {})).toEqual({
      nativeId: EUI,
      models: ['strega/smart-valve', 'smart-valve', 'valve-1'],
      codec: { bytes: Buffer.from([1, 2]), fPort: 2, receivedAt: NOW },
    });
  });

  it('switches by the id of the device, with a correlation id that comes back', () => {
    const { session } = tts.decode({}, { bytes, topic, receivedAt: NOW });
    const told = tts.encode?.(
      { kind: 'switch', on: true },
      { nativeId: EUI, session, serial: 7, topicPrefix: 'v3/binhu@ttn' },
    );
    expect(told?.topic).toBe('v3/binhu@ttn/devices/valve-1/down/push');
    expect(JSON.parse(Buffer.from(told?.bytes ?? []).toString())).toEqual({
      downlinks: [
        {
          f_port: 1,
          frm_payload: 'MQ==',
          priority: 'NORMAL',
          confirmed: true,
          correlation_ids: ['gridguard:7'],
        },
      ],
    });
    expect(told?.confirmedBy).toEqual({ signal: 'valve_position', value: 'open' });
  });

  it('is told by its topics', () => {
    expect(tts.gateway?.guessPrefix(topic)).toBe('v3/binhu@ttn');
    expect(tts.gateway?.guessPrefix('v3/x')).toBeUndefined();
  });
});
