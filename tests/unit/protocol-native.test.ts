import commonJs from 'gcoord';
import { describe, expect, it } from 'vitest';
import { toWgs84 } from '../../protocols/datum.ts';
import { matchTopic, protocolByName } from '../../protocols/index.ts';
import { native } from '../../protocols/native/native.ts';
import { signals } from '../../src/model/signals.ts';

const gcoord = commonJs as unknown as typeof commonJs.default;
const TOPIC = 'gridguard/v1/band-7/up';
const decode = (payload: unknown) =>
  native.decode({}, { bytes: Buffer.from(JSON.stringify(payload)), topic: TOPIC, receivedAt: 0 });

describe('native JSON', () => {
  it('reads every signal of the glossary', () => {
    const example = (name: string, { kind, values, range }: (typeof definitions)[number][1]) => {
      if (name === 'breaker_fault') return { cause: 'overload' };
      if (kind === 'number') return range?.[1] ?? 5;
      if (kind === 'enum') return values?.[0];
      if (kind === 'location') return { latitude: 30, longitude: 114 };
      if (kind === 'network_scan') return { cells: [{ lac: 1, cid: 2 }] };
      return true;
    };
    const definitions = Object.entries<{
      kind: string;
      values?: readonly string[];
      range?: readonly (number | null)[];
    }>(signals);
    const message = Object.fromEntries(
      definitions.map(([name, definition]) => [name, example(name, definition)]),
    );
    const { readings, reason } = decode(message);
    expect(reason).toBeUndefined();
    expect(readings.map(({ signal }) => signal)).toEqual(Object.keys(signals));
  });

  it('refuses a wrong type for every signal but a call for help, and keeps what stands beside it', () => {
    const calls = ['sos', 'fall', 'service_call', 'breaker_fault'];
    for (const signal of Object.keys(signals)) {
      const { readings, reason } = decode({
        [signal]: ['x'],
        ...(signal === 'battery' ? { rssi: 1 } : { battery: 50 }),
      });
      expect(readings.map((reading) => reading.signal).includes(signal as never), signal).toBe(
        calls.includes(signal),
      );
      expect(readings.length, signal).toBe(calls.includes(signal) ? 2 : 1);
      if (signal !== 'breaker_fault') expect(reason, signal).toContain(`${signal}: expected`);
    }
  });

  it('takes null for "not measured", anywhere and without a word', () => {
    const unknown = {
      heart_rate: null,
      location: null,
      breaker_fault: null,
      voltage: { a: null },
      sensor_fault: { value: null },
    };
    expect(decode(unknown)).toMatchObject({ outcome: 'empty', readings: [] });
    expect(decode({ ...unknown, time: null, history: false })).not.toHaveProperty('reason');
  });

  it('keeps an older fix older than the message that carries it', () => {
    const { readings } = decode({
      time: '2026-11-22T08:00:00Z',
      sos: true,
      location: { latitude: 30, longitude: 114, time: '2026-11-22T07:40:00Z' },
    });
    expect(readings.map(({ observedAt }) => observedAt)).toEqual([
      Date.parse('2026-11-22T08:00:00Z'),
      Date.parse('2026-11-22T07:40:00Z'),
    ]);
  });

  it('does not grow with what a stranger sends', () => {
    const { reason = '' } = decode(
      Object.fromEntries(Array.from({ length: 5000 }, (_, at) => [`k${at}`, at])),
    );
    expect(reason.length).toBeLessThanOrEqual(500);
    const wifi = Array.from({ length: 900 }, () => ({ mac: 'a0:c5:f2:b0:7a:d0' }));
    expect(decode({ network_scan: { wifi } }).readings[0]?.value).toMatchObject({ wifi: { length: 64 } });
  });

  it('hears a press in a message that is too long', () => {
    const bytes = Buffer.from(`{"sos":true,"note":"${'x'.repeat(70_000)}"}`);
    const { readings, reason } = native.decode({}, { bytes, topic: TOPIC, receivedAt: 0 });
    expect(readings).toMatchObject([{ signal: 'sos', value: true }]);
    expect(reason).toMatch(/bytes are more than 65536/);
  });

  it('writes downlinks with a serial, and knows their answers', () => {
    const downlink = native.encode?.(
      { kind: 'measure', what: 'heart_rate' },
      { nativeId: 'band-7', session: {}, serial: 12 },
    );
    expect(downlink?.topic).toBe('gridguard/v1/band-7/down');
    expect(JSON.parse(Buffer.from(downlink?.bytes ?? '').toString())).toEqual({
      cmd: 'measure',
      what: 'heart_rate',
      serial: 12,
    });
    expect(decode({ answer: { serial: 12, ok: false } }).downlinkAnswer).toEqual({
      command: downlink?.answeredBy,
      serial: '12',
      ok: false,
    });
    expect(decode({ answer: 'yes' })).toMatchObject({ outcome: 'undecodable' });
  });
});

describe('Chinese map datums', () => {
  const places = [
    [30.39, 114.88],
    [39.9, 116.4],
    [22.57, 113.86],
    [43.8, 87.6],
    [48.8, 2.3],
  ] as const;

  it.each(places)('are undone to less than a metre at %d, %d', (latitude, longitude) => {
    for (const [datum, crs] of [
      ['gcj02', gcoord.GCJ02],
      ['bd09', gcoord.BD09],
    ] as const) {
      const [x = 0, y = 0] = gcoord.transform([longitude, latitude], gcoord.WGS84, crs);
      const back = toWgs84({ latitude: y, longitude: x }, datum);
      expect(Math.abs(back.latitude - latitude) * 111_000, datum).toBeLessThan(1);
      expect(Math.abs(back.longitude - longitude) * 111_000, datum).toBeLessThan(1);
    }
  });
});

describe('topics', () => {
  it('tell protocol, device and direction', () => {
    expect(matchTopic(TOPIC)).toEqual({ protocol: native, nativeId: 'band-7', direction: 'up' });
    expect(matchTopic('gridguard/v1/861234567890123/down')).toMatchObject({
      nativeId: '861234567890123',
      direction: 'down',
    });
  });

  it.each([
    'gridguard/v1//up',
    'gridguard/v1/up',
    'gridguard/v1/+/up',
    'gridguard/v1/a/b/up',
    'gridguard/v2/a/up',
    'gridguard/v1/a/upp',
    '$SYS/x',
    '',
  ])('that are nobody’s: %j', (topic) => {
    expect(matchTopic(topic)).toBeUndefined();
    expect(native.decode({}, { bytes: Buffer.from('{"sos":true}'), topic, receivedAt: 0 }).outcome).toBe(
      'undecodable',
    );
  });

  it('belong to protocols that are found by name', () => {
    expect(protocolByName('native')).toBe(native);
    expect(protocolByName('toString')).toBeUndefined();
  });
});
