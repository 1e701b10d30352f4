import { createCodecRunner } from '../../ingest/codecs/runner.ts';
import { loadEngine, Sandbox } from '../../ingest/codecs/sandbox.ts';
import { createSystemClock } from '../../platform/clock.ts';
import { createLogger } from '../../platform/logging.ts';
import { median, quantile } from './statistics.ts';

/** Codecs of the usual kinds: channels and types, a fixed header with bits, readings behind a mask. */
const CODECS: readonly { name: string; source: string; bytes: number[] }[] = [
  {
    name: 'channels and types',
    source: `function decodeUplink(input) {
      var b = input.bytes, data = {};
      for (var i = 0; i < b.length; ) {
        var channel = b[i++], type = b[i++];
        if (channel === 1 && type === 0x75) data.battery = b[i++];
        else if (channel === 3 && type === 0x67) { var t = (b[i + 1] << 8) | b[i]; data.temperature = (t > 0x7fff ? t - 0x10000 : t) / 10; i += 2; }
        else if (channel === 4 && type === 0x68) data.humidity = b[i++] / 2;
        else if (channel === 5 && type === 0) data.leakage_status = b[i++] === 0 ? 'normal' : 'leak';
        else break;
      }
      return { data: data };
    }`,
    bytes: [0x01, 0x75, 0x5c, 0x03, 0x67, 0x34, 0x01, 0x04, 0x68, 0x65, 0x05, 0x00, 0x00],
  },
  {
    name: 'a header with bits',
    source: `function Decode(fPort, bytes, variables) {
      var value = (bytes[0] << 8 | bytes[1]) & 0x3fff;
      return { BAT_V: value / 1000, MOD: bytes[2], WATER_LEAK_STATUS: bytes[0] & 0x40 ? 1 : 0,
        WATER_LEAK_TIMES: bytes[3] << 16 | bytes[4] << 8 | bytes[5], LAST_WATER_LEAK_DURATION: bytes[6] << 16 | bytes[7] << 8 | bytes[8] };
    }`,
    bytes: [0x0c, 0x1e, 0x02, 0, 0, 4, 0, 0, 0, 0],
  },
  {
    name: 'values with units behind a mask',
    source: `var SENSORS = [
        { length: 3, values: [{ name: 'water_depth', convert: function (x) { return x[0] - 32768 }, unit: 'mm' },
          { name: 'temperature', convert: function (x) { return (x[1] - 32768) / 10 }, unit: 'C' },
          { name: 'conductivity', convert: function (x) { return x[2] } , unit: 'uS' }] },
        { length: 1, values: [{ name: 'battery_voltage', convert: function (x) { return x[0] / 1000 }, unit: 'V' }] }];
      function word(b, at) { return b[at] * 256 + b[at + 1] }
      function decodeUplink(input) {
        var b = input.bytes, flags = word(b, 3), at = 5, data = { protocol_version: b[0], device_id: word(b, 1) };
        for (var i = 0; i < SENSORS.length; i++, flags >>= 1) {
          if ((flags & 1) !== 1) continue;
          var x = [];
          for (var j = 0; j < SENSORS[i].length; j++, at += 2) x.push(word(b, at));
          SENSORS[i].values.forEach(function (v) { data[v.name] = { displayName: v.name, value: v.convert(x), unit: v.unit } });
        }
        return { data: data };
      }`,
    bytes: [0x02, 0x07, 0xd9, 0, 0x03, 0x90, 0x88, 0x80, 0x81, 0, 0x64, 0x0c, 0x60],
  },
];
const PER_RUN = 40_000;
const WAITING = 512;
const recvTime = Date.parse('2026-11-22T08:15:02Z');

export interface CodecsResult {
  /** Decodes each second on one core, by codec: the median of the runs. */
  warm: { name: string; perSecond: number; p99Us: number; runs: number[] }[];
  /** All codecs in turn through the thread and back. */
  thread: { perSecond: number; runs: number[] };
}

function warmRun(sandbox: Sandbox, bytes: readonly number[]): { perSecond: number; p99Us: number } {
  const input = { bytes, fPort: 85, recvTime };
  const times: number[] = [];
  const began = performance.now();
  for (let i = 0; i < PER_RUN; i += 1) {
    const at = performance.now();
    const result = sandbox.run(input);
    times.push((performance.now() - at) * 1000);
    if ('error' in result) throw new Error(result.error);
  }
  const perSecond = Math.round((PER_RUN * 1000) / (performance.now() - began));
  return { perSecond, p99Us: Math.round(quantile(times, 0.99)) };
}

async function threadRun(runner: ReturnType<typeof createCodecRunner>): Promise<number> {
  const began = performance.now();
  const lane = async (_: unknown, lane: number) => {
    for (let i = lane; i < PER_RUN; i += WAITING) {
      const { name, source, bytes } = CODECS[i % CODECS.length] ?? { name: '', source: '', bytes: [] };
      const result = await runner.run({ key: name, source }, { bytes, fPort: 85, recvTime });
      if ('error' in result) throw new Error(result.error);
    }
  };
  await Promise.all(Array.from({ length: WAITING }, lane));
  return Math.round((PER_RUN * 1000) / (performance.now() - began));
}

/** Payload codecs: warm in one sandbox on this core, then through the thread that runs them. */
export async function benchCodecs({
  runs,
  progress,
}: {
  runs: number;
  progress: (text: string) => void;
}): Promise<CodecsResult> {
  const engine = await loadEngine();
  const warm = CODECS.map(({ name, source, bytes }) => {
    const sandbox = new Sandbox(engine, { name, source, beat: () => undefined });
    warmRun(sandbox, bytes);
    const all = Array.from({ length: runs }, () => warmRun(sandbox, bytes));
    progress(`${name}: ${all.map(({ perSecond }) => perSecond).join(', ')}`);
    sandbox.dispose();
    const speeds = all.map(({ perSecond }) => perSecond);
    return { name, perSecond: median(speeds), p99Us: median(all.map(({ p99Us }) => p99Us)), runs: speeds };
  });
  const runner = createCodecRunner({ clock: createSystemClock(), log: createLogger('warn') });
  await threadRun(runner);
  const through: number[] = [];
  for (let run = 0; run < runs; run += 1) through.push(await threadRun(runner));
  await runner.close();
  return { warm, thread: { perSecond: median(through), runs: through } };
}
