import { describe, expect, it } from 'vitest';
import { ctwing } from '../../protocols/ctwing/ctwing.ts';
import { g616 } from '../../protocols/g616/g616.ts';
import { onenetPush } from '../../protocols/onenet-push/onenet-push.ts';
import { owntracks } from '../../protocols/owntracks/owntracks.ts';
import { thingModel } from '../../protocols/thing-model/thing-model.ts';
import type { DownlinkCommand, Protocol, ProtocolSession } from '../../src/model/uplinks.ts';
import { AT_MS, bytesOf } from '../fixtures/pushes.ts';

const hear = (protocol: Protocol, topic: string, payload: unknown, session: ProtocolSession = {}) =>
  protocol.decode(session, { bytes: bytesOf(payload), topic, receivedAt: AT_MS });

const say = (
  protocol: Protocol,
  command: DownlinkCommand,
  device: { nativeId: string; session?: ProtocolSession; topicPrefix?: string },
) => {
  const said = protocol.encode?.(command, { session: {}, serial: 7, ...device });
  return said && { ...said, bytes: Buffer.from(said.bytes).toString() };
};

const off: DownlinkCommand = { kind: 'switch', on: false };
const published = ({ publish = [] }: ReturnType<Protocol['decode']>) =>
  publish.map(({ topic, bytes }) => [topic, JSON.parse(Buffer.from(bytes).toString())]);

describe('a breaker of a thing model', () => {
  it.each([
    [
      'OneNET',
      '$sys/P/b1/thing/property/post',
      { id: '1', params: { switch: { value: true }, current: 1 } },
      '$sys/P/b1/thing/property/set',
      { id: '7', version: '1.0', params: { switch: false } },
    ],
    [
      'Aliyun',
      '/sys/K/b1/thing/event/property/post',
      { id: '1', params: { PowerSwitch: 1, Current: 1 } },
      '/sys/K/b1/thing/service/property/set',
      { id: '7', version: '1.0', params: { PowerSwitch: 0 }, method: 'thing.service.property.set' },
    ],
    [
      'Tuya',
      'tylink/b1/thing/property/report',
      { msgId: '1', data: { switch: { value: true } } },
      'tylink/b1/thing/property/set',
      { msgId: '7', data: { switch: false } },
    ],
    [
      'Huawei',
      '$oc/devices/b1/sys/properties/report',
      { services: [{ service_id: 'breaker', properties: { switch: 'ON', current: 2 } }] },
      '$oc/devices/b1/sys/properties/set/request_id=7',
      { services: [{ service_id: 'breaker', properties: { switch: 'OFF' } }] },
    ],
    [
      'Tencent',
      '$thing/up/property/P/b1',
      { method: 'report', params: { power_switch: 1 } },
      '$thing/down/property/P/b1',
      { method: 'control', clientToken: '7', params: { power_switch: 0 } },
    ],
  ])(
    'of %s is switched by the property with which it told its position',
    (_name, topic, report, down, body) => {
      const { session } = hear(thingModel, topic, report);
      const said = say(thingModel, off, { nativeId: 'b1', session });
      expect(said?.topic).toBe(down);
      expect(JSON.parse(said?.bytes ?? '')).toEqual(body);
      expect(said?.confirmedBy).toEqual({ signal: 'breaker_position', value: 'open' });
    },
  );

  it('is not switched before it has told which property that is', () => {
    expect(say(thingModel, off, { nativeId: 'b1' })).toBeUndefined();
    const { session } = hear(thingModel, '$sys/P/b1/thing/property/post', {
      params: { voltage: 220, current: 1 },
    });
    expect(say(thingModel, off, { nativeId: 'b1', session })).toBeUndefined();
  });

  it('of several circuits is switched one by one', () => {
    const { session } = hear(thingModel, 'tylink/b1/thing/property/report', {
      data: { switch_1: true, switch_2: false },
    });
    const said = say(thingModel, { ...off, channel: '2' }, { nativeId: 'b1', session });
    expect(JSON.parse(said?.bytes ?? '')).toEqual({ msgId: '7', data: { switch_2: false } });
  });

  it('behind a gateway of Huawei is named in the command', () => {
    const devices = [
      { device_id: 'sub', services: [{ service_id: 'mcb', properties: { switch: 1, current: 1 } }] },
    ];
    const { session } = hear(thingModel, '$oc/devices/gw/sys/gateway/sub_devices/properties/report', {
      devices,
    });
    const said = say(thingModel, off, { nativeId: 'sub', session });
    expect(said?.topic).toBe('$oc/devices/gw/sys/properties/set/request_id=7');
    expect(JSON.parse(said?.bytes ?? '')).toEqual({
      object_device_id: 'sub',
      services: [{ service_id: 'mcb', properties: { switch: 0 } }],
    });
  });

  it('keeps what it is: a temperature that comes alone is still the breaker’s', () => {
    const { session } = hear(thingModel, '$sys/P/b1/thing/property/post', {
      params: { voltage: 220, current: 1 },
    });
    const { readings } = hear(
      thingModel,
      '$sys/P/b1/thing/property/post',
      { params: { temperature: 41 } },
      session,
    );
    expect(readings).toMatchObject([{ signal: 'breaker_temperature', value: 41 }]);
  });

  it('teaches nothing twice, and a thousand devices at most are remembered', () => {
    const report = { params: { switch: true, current: 1 } };
    const { session } = hear(thingModel, '$sys/P/b1/thing/property/post', report);
    expect(hear(thingModel, '$sys/P/b1/thing/property/post', report, session).session).toBe(session);
    let many = session;
    for (let n = 0; n < 1100; n += 1)
      many = hear(thingModel, `$sys/P/x${n}/thing/property/post`, report, many).session;
    const { devices } = many.taught as { devices: Record<string, unknown> };
    expect(Object.keys(devices)).toHaveLength(1000);
    expect(Object.keys(devices)).toContain('x1099');
  });
});

describe('thing models on a broker', () => {
  it('answers what a device waits for, and only that', () => {
    const post = { id: '5', version: '1.0', params: { battery: 50 } };
    expect(published(hear(thingModel, '$sys/P/d/thing/property/post', post))).toEqual([
      ['$sys/P/d/thing/property/post/reply', { id: '5', code: 200, msg: 'success' }],
    ]);
    expect(
      published(hear(thingModel, '/sys/K/d/thing/event/property/post', { ...post, sys: { ack: 0 } })),
    ).toEqual([]);
    const tuya = { msgId: 'm', time: AT_MS, data: { battery_percentage: 50 } };
    expect(published(hear(thingModel, 'tylink/d/thing/property/report', tuya))).toEqual([]);
    expect(
      published(hear(thingModel, 'tylink/d/thing/property/report', { ...tuya, sys: { ack: 1 } })),
    ).toEqual([['tylink/d/thing/property/report_response', { msgId: 'm', time: AT_MS, code: 0 }]]);
  });

  it('tells what sub-devices say as theirs', () => {
    const { nativeId, readings, others } = hear(thingModel, '$sys/P/gw/thing/pack/post', {
      params: [
        { identity: { productID: 'P', deviceName: 'leak-1' }, properties: { water_leak: { value: 1 } } },
        { identity: { productID: 'P', deviceName: 'sos-1' }, events: { sos: { value: {} } } },
      ],
    });
    expect({ nativeId, readings }).toEqual({ nativeId: 'gw', readings: [] });
    expect(others).toMatchObject([
      { nativeId: 'leak-1', readings: [{ signal: 'water_leak', value: true }] },
      { nativeId: 'sos-1', readings: [{ signal: 'sos', value: true }] },
    ]);
  });

  it('covers a device’s own topics, all of a forwarder, and nobody else’s', () => {
    const covers = thingModel.gateway?.covers ?? (() => false);
    expect(thingModel.gateway?.guessPrefix('$thing/up/property/P/d')).toBe('$thing/P/d');
    for (const [prefix, topic, covered] of [
      ['$sys/P/d', '$sys/P/d/thing/property/post', true],
      ['$sys/P/d', '$sys/P/d2/thing/property/post', false],
      ['$sys/P', '$sys/P/d2/thing/property/post', true],
      ['$thing/P/d', '$thing/down/property/P/d', true],
      ['$thing/P/d', '$thing/up/property/P/e', false],
      ['ctwing/d', 'data_report', true],
      ['$sys/P/d', 'data_report', false],
    ] as const)
      expect(covers(prefix, topic), `${prefix} ${topic}`).toBe(covered);
  });
});

describe('other clouds', () => {
  it('sends a short text to a G616, under the model by which it speaks', () => {
    const said = say(
      g616,
      { kind: 'message', text: '回'.repeat(60) },
      { nativeId: '861234567890123', topicPrefix: 'atom/g618' },
    );
    expect(said).toMatchObject({
      topic: 'atom/g618/cmd/861234567890123/MESSAGE',
      answeredBy: 'MESSAGE',
      bytes: '回'.repeat(49),
    });
    expect(say(g616, { kind: 'locate_now' }, { nativeId: '861234567890123' })).toBeUndefined();
  });

  it('asks an OwnTracks app where it is', () => {
    expect(say(owntracks, { kind: 'locate_now' }, { nativeId: 'wang/phone' })).toMatchObject({
      topic: 'owntracks/wang/phone/cmd',
      bytes: '{"_type":"cmd","action":"reportLocation"}',
    });
  });

  it('gives each device of a push that brings several its own readings', () => {
    const report = (IMEI: string, payload: object) => ({
      messageType: 'dataReport',
      IMEI,
      timestamp: AT_MS,
      payload,
    });
    const decoded = hear(ctwing, '', [
      report('861234567890201', { battery: 50 }),
      report('861234567890202', { sos: 1 }),
    ]);
    expect(decoded).toMatchObject({
      nativeId: '861234567890201',
      others: [{ nativeId: '861234567890202', readings: [{ signal: 'sos', value: true }] }],
    });
    const point = (dev_id: number, value: number) => ({ type: 1, dev_id, ds_id: 'sos', at: AT_MS, value });
    const pushed = hear(onenetPush, '', { msg: [point(1, 1), point(2, 1)], msg_signature: 'x', nonce: 'y' });
    expect(pushed).toMatchObject({
      nativeId: '1',
      readings: [{ signal: 'sos' }],
      others: [{ nativeId: '2' }],
    });
  });
});
