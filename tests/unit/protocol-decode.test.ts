import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decodeLine, type Sessions } from '../../src/tools/decode.ts';

const NOW = Date.parse('2026-11-22T08:15:02Z');
const LK = '[3G*8612345678*0002*LK]';
const decode = (line: unknown, protocol?: string) =>
  JSON.parse(
    decodeLine(typeof line === 'string' ? line : JSON.stringify(line), {
      now: NOW,
      ...(protocol ? { protocol } : {}),
    }),
  );

describe('npm run decode', () => {
  it('answers a frame with its readings and the reply in full', () => {
    expect(decode({ id: 'a', kind: 'text', frame: '[3G*8612345678*0008*heart,76]' })).toEqual({
      id: 'a',
      outcome: 'ok',
      device: '8612345678',
      readings: [{ signal: 'heart_rate', value: 76, observedAt: '2026-11-22T08:15:02.000Z', origin: 'live' }],
      replies: ['[3G*8612345678*0005*heart]'],
    });
  });

  it('joins several frames of one line, a cut one among them', () => {
    const frame = `${LK}xx${LK}[3G*8612345678*00ff*AL,221126`;
    const { outcome, readings, replies, reason } = decode({ id: 1, kind: 'text', frame });
    expect([outcome, readings.length, replies.length]).toEqual(['ok', 1, 3]);
    expect(reason).toMatch(/cut.*2 bytes belong to no frame/);
  });

  it('takes hex, a topic, a device, an object for a frame', () => {
    expect(decode({ id: 1, kind: 'hex', frame: Buffer.from(LK).toString('hex') })).toMatchObject({
      outcome: 'empty',
      replies: [LK],
    });
    expect(decode({ id: 2, kind: 'mqtt', topic: 'gridguard/v1/x/up', frame: { battery: 5 } })).toMatchObject({
      device: 'x',
      outcome: 'ok',
    });
    expect(
      decode({
        id: 3,
        kind: 'mqtt',
        device: 'y',
        frame: '{"breaker_fault":{"cause":"surge","stage":"trip"}}',
      }),
    ).toMatchObject({
      device: 'y',
      readings: [{ signal: 'breaker_fault', value: true, cause: 'surge', stage: 'trip' }],
    });
  });

  it('keeps what a gateway taught for the lines after it, each gateway its own', () => {
    const sessions: Sessions = new Map();
    const say = (topic: string, frame: unknown, rest: object = {}) =>
      JSON.parse(
        decodeLine(JSON.stringify({ id: 1, kind: 'mqtt', topic, frame, ...rest }), { now: NOW, sessions }),
      );
    const exposes = [{ type: 'numeric', property: 'flow_rate', unit: 'L/min', access: 1 }];
    const definition = { model: 'M', vendor: 'V', description: 'Water meter', exposes };
    const meter = {
      ieee_address: '0x00158d0004500001',
      type: 'EndDevice',
      friendly_name: 'meter',
      definition,
    };
    expect(say('home/bridge/devices', [meter])).toMatchObject({ outcome: 'ok', device: 'home' });
    expect(say('home/meter', { flow_rate: 2 }, { retained: true })).toMatchObject({
      device: meter.ieee_address,
      readings: [{ signal: 'water_flow', value: 120, origin: 'retained' }],
    });
    expect(say('zigbee2mqtt/meter', { flow_rate: 2 })).toMatchObject({ outcome: 'empty', device: 'meter' });
    expect(say('zigbee2mqtt/gw-1/bridge/state', { state: 'online' })).toMatchObject({ device: 'gw-1' });
    expect(say('zigbee2mqtt/gw-1/leak', { water_leak: true })).toMatchObject({
      device: 'leak',
      readings: [{ origin: 'replay' }],
    });
    expect(say('elsewhere/leak', { water_leak: true })).toMatchObject({
      outcome: 'undecodable',
      readings: [],
    });
    expect(say('elsewhere/leak', { water_leak: true }, { protocol: 'zigbee2mqtt' })).toMatchObject({
      outcome: 'ok',
    });
    expect(say('elsewhere/leak', { water_leak: true })).toMatchObject({ outcome: 'ok', device: 'leak' });
  });

  it('is told the protocol by the line before the option', () => {
    expect(decode({ id: 1, frame: LK }, 'native')).toMatchObject({
      outcome: 'undecodable',
      reason: 'not JSON',
    });
    expect(decode({ id: 1, frame: LK, protocol: 'watch' }, 'native')).toMatchObject({ outcome: 'empty' });
  });

  it.each([
    ['nonsense', /not a JSON object/],
    ['', /not a JSON object/],
    ['[1]', /not a JSON object/],
    [{ id: 1, frame: 5 }, /frame: expected a string/],
    [{ id: 1, kind: 'hex', frame: 'abc' }, /hex digits/],
    [{ id: 1, kind: 'smoke signal', frame: '' }, /kind: expected/],
    [{ id: 1, protocol: 'morse', frame: '' }, /"morse" is not known; there are/],
    [{ id: 1, kind: 'mqtt', topic: 'a/b', frame: '{}' }, /no protocol speaks on the topic/],
    [{ id: 1, frame: 'hello' }, /no protocol understands it/],
    [{ id: 1, frame: '' }, /no protocol understands it/],
  ])('has an answer to the bad line %j', (line, reason) => {
    const { outcome, readings, replies, reason: told } = decode(line);
    expect({ outcome, readings, replies }).toEqual({ outcome: 'undecodable', readings: [], replies: [] });
    expect(told).toMatch(reason);
  });

  it('writes one line for each line it reads, in order', async () => {
    const tool = spawn(process.execPath, [resolve(import.meta.dirname, '../../src/tools/decode.ts')]);
    const lines = Array.from({ length: 3000 }, (_, at) =>
      at % 3 === 0 ? 'x' : JSON.stringify({ id: at, frame: LK }),
    );
    tool.stdin.end(`${lines.join('\n')}\n`);
    let output = '';
    tool.stdout.on('data', (chunk) => {
      output += chunk;
    });
    await once(tool, 'close');
    const ids = output
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).id);
    expect(ids).toEqual(lines.map((_, at) => (at % 3 === 0 ? null : at)));
  });

  it('refuses an unknown --protocol', async () => {
    const tool = spawn(process.execPath, [
      resolve(import.meta.dirname, '../../src/tools/decode.ts'),
      '--protocol',
      'morse',
    ]);
    const [code] = await once(tool, 'close');
    expect(code).toBe(2);
  });
});
