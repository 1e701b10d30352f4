import { parseArgs } from 'node:util';
import { backtestMixes, benchBacktest } from './bench/backtest-bench.ts';
import { benchCodecs } from './bench/codecs-bench.ts';
import { benchDecode } from './bench/decode-bench.ts';
import { benchIngest } from './bench/ingest-bench.ts';
import { benchOutside } from './bench/outside-bench.ts';
import { benchRuleEngine } from './bench/rules-bench.ts';
import { benchSos } from './bench/sos-bench.ts';

const usage = `usage: npm run bench -- decode | ingest | sos | outside | codecs | rules | backtest [--json] [--runs N] [--seconds N] [--presses N]
  decode  frames/s of wristbands and of sensors on one core, cut and decoded
  ingest  readings/s from PUBLISH to PUBACK, beside raw aedes in the same run
  sos     PUBLISH → incident committed → first channel, idle, while 500 sensors of a gateway fail, and while telemetry saturates
  outside messages/s from Mosquitto into committed rows, beside mqtt.js alone in the same run
  codecs  decodes/s of payload codecs: warm on one core, and through their thread
  rules   readings/s through twenty rules each on one core, 10,000 devices in memory
  backtest 30 days of 5,000 wristbands, a reading a minute, from day files through every shipped rule [--devices N] [--days N]
Redis and InfluxDB take part where REDIS_URL and INFLUX_URL are set.`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    runs: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '8' },
    presses: { type: 'string', default: '100' },
    devices: { type: 'string', default: '5000' },
    days: { type: 'string', default: '30' },
  },
});
const environment = Object.fromEntries(
  ['REDIS_URL', 'INFLUX_URL', 'INFLUX_TOKEN', 'INFLUX_ORG', 'INFLUX_BUCKET'].flatMap((name) => {
    const value = process.env[name];
    return value ? [[name, value]] : [];
  }),
);
const progress = (text: string) => process.stderr.write(`${text}\n`);

switch (positionals[0]) {
  case 'decode': {
    const results = benchDecode({ runs: Number(values.runs), progress });
    print(
      results,
      results.map(
        ({ protocol, median, framesPerSecond, p50, p99 }) =>
          `${protocol}: ${median} frames/s, median of ${framesPerSecond.join(', ')}; one frame p50 ${p50.toFixed(1)} µs, p99 ${p99.toFixed(1)} µs`,
      ),
    );
    break;
  }
  case 'ingest': {
    const result = await benchIngest({
      runs: Number(values.runs),
      seconds: Number(values.seconds),
      environment,
      progress,
    });
    print(result, [
      `readings/s, PUBLISH to PUBACK: median ${result.median} of ${result.readings.join(', ')}`,
      `raw aedes acks/s: ${result.rawAedes.join(', ')}; share ${result.share}`,
      `rules and telemetry caught up after the load within ms: ${result.behindMs.join(', ')}`,
    ]);
    break;
  }
  case 'sos': {
    const result = await benchSos({ presses: Number(values.presses), environment, progress });
    const line = (name: string, f: { p50: number; p99: number; n: number }) =>
      `  ${name.padEnd(28)} p50 ${String(f.p50).padStart(7)} ms   p99 ${String(f.p99).padStart(7)} ms   (${f.n})`;
    const block = (title: string, r: (typeof result)['idle']) => [
      title,
      line('PUBACK', r.acknowledged),
      line('incident committed', r.committed),
      line('arrived at first channel', r.firstChannel),
    ];
    print(result, [
      `the first press after the start arrived at its channel within ${result.firstEver} ms`,
      ...block('idle', result.idle),
      ...block('while the 500 sensors of one gateway fail within a second', result.gatewayFails),
      ...block(`telemetry saturating at ${result.saturated.readingsPerSecond} readings/s`, result.saturated),
    ]);
    break;
  }
  case 'outside': {
    const result = await benchOutside({ runs: Number(values.runs), environment, progress });
    print(result, [
      `messages/s, Mosquitto to commit: median ${result.median} of ${result.committed.join(', ')}`,
      `mqtt.js alone: ${result.bare.join(', ')}; share ${result.share}`,
    ]);
    break;
  }
  case 'codecs': {
    const result = await benchCodecs({ runs: Number(values.runs), progress });
    print(result, [
      ...result.warm.map(
        ({ name, perSecond, p99Us }) => `${name}: ${perSecond} decodes/s on one core, p99 ${p99Us} µs`,
      ),
      `through the thread: median ${result.thread.perSecond} of ${result.thread.runs.join(', ')} decodes/s`,
    ]);
    break;
  }
  case 'rules': {
    const result = benchRuleEngine({ runs: Number(values.runs), progress });
    print(result, [
      `readings/s through ${result.rules} rules each, ${result.devices} devices: median ${result.median} of ${result.readingsPerSecond.join(', ')}`,
      `by processor time: ${result.perCpuSecond.join(', ')}`,
      `a run: ${result.readings} readings, ${result.changes} changes of alerts, ${result.saved} states written`,
    ]);
    break;
  }
  case 'backtest': {
    const size = { devices: Number(values.devices), days: Number(values.days) };
    const results = [];
    for (const mix of backtestMixes) results.push(await benchBacktest({ ...size, mix, progress }));
    print(
      results,
      results.map(
        (r) =>
          `${r.mix}: ${r.readings} readings through ${r.rules} rules in ${r.backtestSeconds} s on ${r.cores} cores (${r.cpuSeconds} s of processor time, ${r.readingsPerSecond} readings/s, ${r.alerts} alerts); making the days took ${r.generateSeconds} s`,
      ),
    );
    break;
  }
  default:
    process.stderr.write(`${usage}\n`);
    process.exitCode = 2;
}

function print(result: unknown, lines: readonly string[]): void {
  process.stdout.write(`${values.json ? JSON.stringify(result) : lines.join('\n')}\n`);
}
