import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { readCredentials } from '../../device-sim/credentials.ts';
import { createJournal, type JournalEntry } from '../../device-sim/journal.ts';
import type { SensorKind } from '../../device-sim/neighbourhood.ts';
import { createNoise } from '../../device-sim/noise.ts';
import {
  castOfNeighbourhood,
  neighbourhoodParts,
  planNeighbourhoodDay,
} from '../../device-sim/scenarios/binhu-plan.ts';
import { NativeSensor } from '../../device-sim/sensor.ts';
import { createSimTime } from '../../device-sim/time.ts';
import { binhu } from '../../src/demo/binhu.ts';
import { openSimBroker } from '../harness/sim-broker.ts';
import { until } from '../harness/until.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

function written(value: unknown): string {
  const file = join(mkdtempSync(join(tmpdir(), 'sim-')), 'devices.json');
  writeFileSync(file, JSON.stringify(value));
  return file;
}

const gateways = binhu.gateways.map(({ nativeId, children, part }) => ({
  id: nativeId,
  secret: 's',
  part,
  children: children.map(({ nativeId: address, name, model, part: own }) => ({
    address,
    name,
    model,
    part: own,
  })),
}));
const sensors = binhu.sensors.map(({ nativeId, kind, part }) => ({ id: nativeId, secret: 's', kind, part }));

describe('the plan of the neighbourhood', () => {
  const cast = castOfNeighbourhood(readCredentials(written({ gateways, sensors })));
  const startedAt = Date.parse('2026-11-22T02:30:00Z');

  it('gives every part to something of the demo', () => {
    expect([...cast.keys()]).toEqual([...neighbourhoodParts]);
    expect(new Set(cast.values()).size).toBe(neighbourhoodParts.length);
  });

  it.each([1, 2, 50])('bursts within a minute, and wets the cellar before two are over (seed %i)', (seed) => {
    const day = planNeighbourhoodDay(createNoise(seed), cast, { day: 0, startedAt });
    const delay = (part: string) => (day.find((event) => event.part === part)?.storyMs ?? 0) - startedAt;
    expect(delay('burst')).toBeLessThan(60_000);
    expect(delay('cellar_leak')).toBeGreaterThan(delay('burst'));
    expect(delay('cellar_leak')).toBeLessThan(120_000);
    expect(day.at(-1)?.storyMs).toBeLessThan(startedAt + 8 * 60_000);
  });
});

describe('the credentials file of a neighbourhood', () => {
  const child = { address: '0x00158d0000000001', name: 'leak', model: 'SJCGQ11LM' };

  it.each([
    [{ gateways: [{ children: [] }] }, 'gateways[0]: id is missing'],
    [{ gateways: [{ id: 'g', part: 'sings' }] }, 'gateways[0]: part is one of restart, dies'],
    [
      { gateways: [{ id: 'g', children: [{ ...child, address: '0x1' }] }] },
      'address is 0x and 16 hex digits',
    ],
    [{ gateways: [{ id: 'g', children: [{ ...child, model: 'X' }] }] }, 'model is one of SJCGQ11LM'],
    [{ sensors: [{ id: 's', secret: 's', kind: 'tree' }] }, 'sensors[0]: kind is one of pipe, manhole, bin'],
    [{ sensors: [{ id: 's', kind: 'pipe' }] }, 'sensors[0]: secret is missing'],
    [{ sensors: {} }, '"sensors" is no list'],
  ])('%j is refused with a reason', (value, message) => {
    expect(() => readCredentials(written(value))).toThrow(message);
  });
});

describe('a simulated native sensor', () => {
  async function openSensor(kind: SensorKind) {
    const broker = await openSimBroker();
    const entries: JournalEntry[] = [];
    const sensor = new NativeSensor({
      sensor: { id: 'sensor-1', secret: 'secret', kind },
      host: '127.0.0.1',
      port: broker.port,
      noise: createNoise(1),
      journal: createJournal((entry) => entries.push(entry)),
      time: createSimTime(1),
    });
    closing.push(
      () => sensor.stop(),
      () => broker.close(),
    );
    const messages = () => broker.on('gridguard/v1/sensor-1/up') as Record<string, unknown>[];
    return { broker, sensor, messages, entries };
  }

  it.each([
    ['pipe', ['water_pressure', 'water_flow']],
    ['manhole', ['cover_open', 'tilt', 'level_distance']],
    ['bin', ['fill']],
  ] as const)('a %s tells its own signals as soon as it is connected', async (kind, signals) => {
    const { broker, sensor, messages } = await openSensor(kind);
    sensor.start();
    await until(() => messages().length, { what: 'the first message' });
    expect(broker.logins).toEqual(['sensor-1:secret']);
    expect(messages()[0]).toMatchObject({ online: true, battery: expect.any(Number) });
    for (const signal of signals) expect(messages()[0]).toHaveProperty(signal);
  });

  it('shows what the story imposes, and its quiet day again after that', async () => {
    const { sensor, messages } = await openSensor('pipe');
    sensor.start();
    await until(() => messages().length, { what: 'the first message' });
    sensor.situation.water_pressure = 171;
    sensor.report();
    await until(() => messages().length === 2, { what: 'the fault' });
    delete sensor.situation.water_pressure;
    sensor.report();
    await until(() => messages().length === 3, { what: 'the end of the fault' });
    const pressures = messages().map((message) => message.water_pressure);
    expect(pressures[1]).toBe(171);
    for (const quiet of [pressures[0], pressures[2]]) expect(quiet).toBeGreaterThan(280);
    expect(new Set(messages().map(({ seq }) => seq)).size).toBe(3);
  });
});
