import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Reading } from '../../src/model/readings.ts';
import { createLogger } from '../../src/platform/logging.ts';
import { createInfluxStore } from '../../src/telemetry/influx.ts';
import { createReadingsStore } from '../../src/telemetry/readings-store.ts';
import { bucketWidthMs, type SeriesPoint, type TelemetryStore } from '../../src/telemetry/telemetry.ts';
import { startInfluxd, startInfluxProxy, startVictoriaMetrics } from '../harness/influx.ts';
import { openTestDatabase } from '../harness/postgres.ts';
import { dayOfReadings, NOON, reading } from '../harness/readings.ts';
import { requireProgram } from '../harness/requirements.ts';

const influxd = requireProgram('influxdb');
const victoria = requireProgram('victoria-metrics');
const log = createLogger('silent');
const settings = { token: 'token', org: 'gridguard', bucket: 'gridguard', log };

interface Subject {
  store: TelemetryStore;
  close(): Promise<void>;
}

const subjects: { name: string; skip: boolean; open(): Promise<Subject> }[] = [
  {
    name: 'PostgreSQL',
    skip: false,
    async open() {
      const { database, close } = await openTestDatabase();
      return { store: createReadingsStore(database.db), close };
    },
  },
  {
    name: 'InfluxDB, v2 writes and InfluxQL',
    skip: !influxd.path,
    async open() {
      const server = await startInfluxd(influxd.path ?? '');
      const proxy = await startInfluxProxy(server.url);
      return {
        store: createInfluxStore({ ...settings, url: proxy.url }),
        async close() {
          await proxy.close();
          await server.close();
        },
      };
    },
  },
];

describe.each(subjects)('telemetry in $name', ({ skip, open }) => {
  let subject: Subject;
  let store: TelemetryStore;
  let devices = 0;
  const nextDevice = () => ++devices;

  beforeAll(async () => {
    if (skip) return;
    subject = await open();
    store = subject.store;
  });
  afterAll(() => subject?.close());

  const all = (deviceId: number, signal: Reading['signal'], span = { from: 0, to: 4_000_000_000_000 }) =>
    store.series({ deviceIds: [deviceId], signal, ...span, maxPoints: 100_000 });

  it.skipIf(skip)('gives back every point with its own time and value', async () => {
    const deviceId = nextDevice();
    const batch = Array.from({ length: 3_000 }, (_, i) =>
      reading({ deviceId, observedAt: NOON + i * 977, value: 40 + (i % 100) / 8 }),
    );
    await store.write(batch);
    expect(await all(deviceId, 'heart_rate')).toEqual(
      batch.map(({ observedAt, value }) => ({ at: observedAt, value })),
    );
  });

  it.skipIf(skip)('keeps devices, signals and channels apart, and draws booleans as 0 and 1', async () => {
    const [one, two] = [nextDevice(), nextDevice()];
    const leak = { deviceId: one, signal: 'water_leak' } as const;
    await store.write([
      reading({ ...leak, channel: '1', value: true }),
      reading({ ...leak, channel: '2', value: false }),
      reading({ ...leak, channel: '屋顶, "a b"=\\', value: true, observedAt: NOON + 1 }),
      reading({ deviceId: one, value: 60 }),
      reading({ deviceId: two, value: 90 }),
    ]);
    expect(await all(one, 'water_leak')).toEqual([
      { at: NOON, value: 0 },
      { at: NOON, value: 1 },
      { at: NOON + 1, value: 1 },
    ]);
    expect(await all(one, 'heart_rate')).toEqual([{ at: NOON, value: 60 }]);
    const both = await store.series({
      deviceIds: [one, two],
      signal: 'heart_rate',
      from: NOON,
      to: NOON + 1,
      maxPoints: 10,
    });
    expect(both).toEqual([
      { at: NOON, value: 60 },
      { at: NOON, value: 90 },
    ]);
  });

  it.skipIf(skip)('takes values that are no numbers, and draws none of them', async () => {
    const deviceId = nextDevice();
    const location = { latitude: 30.39, longitude: 114.88, source: 'gps' } as const;
    await store.write([
      reading({ deviceId, signal: 'location', value: location }),
      reading({ deviceId, signal: 'valve_position', value: 'open "\\\n, =' }),
    ]);
    expect(await all(deviceId, 'location')).toEqual([]);
    expect(await all(deviceId, 'valve_position')).toEqual([]);
  });

  it.skipIf(skip)(
    'gives the points of one channel alone, and of a word its place among the words',
    async () => {
      const deviceId = nextDevice();
      await store.write([
        reading({ deviceId, signal: 'voltage', channel: 'a', value: 220 }),
        reading({ deviceId, signal: 'voltage', channel: "b'\\", value: 230 }),
        reading({ deviceId, signal: 'voltage', value: 0 }),
        reading({ deviceId, signal: 'breaker_position', value: 'closed' }),
        reading({ deviceId, signal: 'breaker_position', value: 'open', observedAt: NOON + 1 }),
      ]);
      const voltage = (channel: string) =>
        store.series({
          deviceIds: [deviceId],
          signal: 'voltage',
          channel,
          from: NOON,
          to: NOON + 1,
          maxPoints: 10,
        });
      expect(await voltage('a')).toEqual([{ at: NOON, value: 220 }]);
      expect(await voltage("b'\\")).toEqual([{ at: NOON, value: 230 }]);
      expect(await voltage('')).toEqual([{ at: NOON, value: 0 }]);
      expect(await all(deviceId, 'breaker_position')).toEqual([
        { at: NOON, value: 0 },
        { at: NOON + 1, value: 1 },
      ]);
    },
  );

  it.skipIf(skip)('keeps each of several faults of one moment with its cause, stage and code', async () => {
    const deviceId = nextDevice();
    const fault = { deviceId, signal: 'breaker_fault', value: true, observedAt: NOON + 5 } as const;
    const faults = [
      { ...fault, channel: 'l1', cause: 'overload', stage: 'trip', code: 'overload_alarm "x"\\' },
      { ...fault, channel: 'l1', cause: 'over_current', stage: 'warning' },
      { ...fault, channel: 'l1', cause: 'over_current', stage: 'trip' },
      { ...fault, cause: 'unspecified', code: '4096' },
      { ...fault, cause: 'unspecified', code: '8192' },
      { ...fault },
    ] as const;
    const position = { deviceId, signal: 'breaker_position', value: 'open', observedAt: NOON + 9 } as const;
    const batch = [...faults, position, { deviceId, value: 80 }].map(reading);
    await store.write(batch);
    await store.write(batch);
    const found = await store.events({
      deviceIds: [deviceId],
      signals: ['breaker_fault', 'breaker_position'],
      from: NOON,
      to: NOON + 60_000,
      most: 100,
    });
    expect(found[0]).toEqual({
      deviceId,
      signal: 'breaker_position',
      channel: '',
      at: NOON + 9,
      value: 'open',
      origin: 'live',
    });
    expect(found).toHaveLength(7);
    const stored = faults.map(
      ({ observedAt: at, channel = '', ...rest }: Partial<Reading> & typeof fault) => ({
        channel,
        ...rest,
        at,
        origin: 'live',
      }),
    );
    expect(found.slice(1)).toEqual(expect.arrayContaining(stored));
  });

  it.skipIf(skip)('gives the latest events first, and no more than are asked for', async () => {
    const deviceId = nextDevice();
    const leak = { deviceId, signal: 'water_leak' } as const;
    await store.write(
      [0, 1, 2, 3].map((i) => reading({ ...leak, observedAt: NOON + i, value: i % 2 === 0 })),
    );
    const query = {
      deviceIds: [deviceId],
      signals: ['water_leak'],
      from: NOON,
      to: NOON + 3,
      most: 2,
    } as const;
    const found = await store.events(query);
    expect(found.map(({ at, value }) => ({ at, value }))).toEqual([
      { at: NOON + 2, value: true },
      { at: NOON + 1, value: false },
    ]);
    expect(await store.events({ ...query, deviceIds: [] })).toEqual([]);
    expect(await store.events({ ...query, signals: [] })).toEqual([]);
  });

  it.skipIf(skip)('stores a batch that comes twice once, whatever its origin the second time', async () => {
    const deviceId = nextDevice();
    const batch = dayOfReadings(50, deviceId);
    await store.write(batch);
    await store.write(batch.map((r) => ({ ...r, origin: 'history' })));
    expect(await all(deviceId, 'spo2')).toHaveLength(50);
  });

  it.skipIf(skip)(
    'puts what came late and out of order in its place; the range has its beginning, not its end',
    async () => {
      const deviceId = nextDevice();
      const at = (hours: number) => NOON + hours * 3_600_000;
      for (const hours of [0, -150, -3, -20])
        await store.write([reading({ deviceId, observedAt: at(hours), value: 100 + hours / 10 })]);
      const inside = await all(deviceId, 'heart_rate', { from: at(-20), to: at(0) });
      expect(inside.map((p) => p.at)).toEqual([at(-20), at(-3)]);
      expect((await all(deviceId, 'heart_rate')).map((p) => p.at)).toEqual([-150, -20, -3, 0].map(at));
    },
  );

  it.skipIf(skip)('thins a long series to its lowest and highest points, and keeps a short dip', async () => {
    const deviceId = nextDevice();
    const batch = dayOfReadings(20_000, deviceId);
    await store.write(batch);
    const query = {
      deviceIds: [deviceId],
      signal: 'spo2',
      from: NOON,
      to: NOON + 20_000_000,
      maxPoints: 100,
    } as const;
    const points = await store.series(query);
    expect(points.length).toBeLessThanOrEqual(100);
    expect(points).toContainEqual({ at: NOON + 4_321_000, value: 71 });
    expect(points).toEqual(extremesOf(batch, bucketWidthMs(query)));
  });

  it.skipIf(skip)('answers nothing for no device', async () => {
    expect(await store.series({ deviceIds: [], signal: 'spo2', from: 0, to: 1, maxPoints: 10 })).toEqual([]);
  });

  it.skipIf(skip)('gives back whatever numbers it was given', async () => {
    const point = fc.record({
      observedAt: fc.integer({ min: NOON, max: NOON + 3_600_000 }),
      value: fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 }),
    });
    const batches = fc.uniqueArray(point, { selector: (p) => p.observedAt, minLength: 1, maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(batches, async (points) => {
        const deviceId = nextDevice();
        await store.write(points.map((p) => reading({ deviceId, signal: 'power', ...p })));
        const expected = points
          .map((p) => ({ at: p.observedAt, value: p.value + 0 }))
          .sort((a, b) => a.at - b.at);
        const found = await all(deviceId, 'power');
        expect(found.map((p) => ({ at: p.at, value: p.value + 0 }))).toEqual(expected);
      }),
      { numRuns: 30 },
    );
  });
});

describe('InfluxDB v2 writes as another server reads them', () => {
  it.skipIf(!victoria.path)('VictoriaMetrics has every point', async () => {
    const server = await startVictoriaMetrics(victoria.path ?? '');
    try {
      const store = createInfluxStore({ ...settings, url: server.url });
      const batch = [
        ...dayOfReadings(12_000, 7),
        reading({ deviceId: 8, signal: 'water_leak', channel: '屋顶 1', value: true }),
      ];
      await store.write(batch);
      await fetch(`${server.url}/internal/force_flush`);
      const spo2 = await exported(server.url, '{__name__="reading_number",device="7",signal="spo2"}');
      expect(spo2).toEqual(batch.slice(0, 12_000).map((r) => ({ at: r.observedAt, value: r.value })));
      const leak = await exported(server.url, '{__name__="reading_number",device="8",channel="屋顶 1"}');
      expect(leak).toEqual([{ at: NOON, value: 1 }]);
    } finally {
      await server.close();
    }
  });
});

async function exported(url: string, selector: string): Promise<SeriesPoint[]> {
  const response = await fetch(`${url}/api/v1/export?${new URLSearchParams({ 'match[]': selector })}`);
  const lines = (await response.text()).split('\n').filter(Boolean);
  return lines
    .map((line) => JSON.parse(line) as { values: number[]; timestamps: number[] })
    .flatMap(({ values, timestamps }) => timestamps.map((at, i) => ({ at, value: values[i] ?? Number.NaN })))
    .sort((a, b) => a.at - b.at);
}

/** What thinning means, said the slow way. */
function extremesOf(batch: readonly Reading[], width: number): SeriesPoint[] {
  const points = batch.map((r) => ({ at: r.observedAt, value: Number(r.value) }));
  const buckets = Map.groupBy(points, (p) => Math.floor(p.at / width));
  const extremes = [...buckets.values()].flatMap((bucket) => {
    const lowest = bucket.reduce((a, b) => (b.value < a.value ? b : a));
    const highest = bucket.reduce((a, b) => (b.value > a.value ? b : a));
    return lowest === highest ? [lowest] : [lowest, highest];
  });
  return extremes.sort((a, b) => a.at - b.at || a.value - b.value);
}
