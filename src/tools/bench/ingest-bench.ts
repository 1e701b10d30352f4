import { cp, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Database } from '../../platform/database.ts';
import { rowsBehind } from './bench-store.ts';
import { startChild } from './children.ts';
import { type Load, type LoadDevice, startLoad } from './mqtt-load.ts';
import { openStage, registerBenchDevices } from './stage.ts';
import { median } from './statistics.ts';

const CONNECTIONS = 200;
const WINDOW = 20;
const RULES = 20;
const WARM_UP_MS = 2_000;

export interface IngestResult {
  /** Readings acknowledged per second, per run and their median. */
  readings: number[];
  median: number;
  /** The broker alone, in the same runs. */
  rawAedes: number[];
  share: number;
  /** Readings that rules and telemetry had still to read when the load ended, and how long that took. */
  behindMs: number[];
}

/**
 * `performance.md`, first row of the goals: one PUBLISH is one reading of 150 bytes, QoS 1, 200 connections; the raw uplink is recorded
 * and committed before the PUBACK, 20 rules evaluated, telemetry stored, 1 % of the readings raise.
 */
export async function benchIngest(options: {
  runs: number;
  seconds: number;
  environment: Record<string, string>;
  progress(text: string): void;
}): Promise<IngestResult> {
  const rulesDir = await writeRules();
  const result: IngestResult = { readings: [], median: 0, rawAedes: [], share: 0, behindMs: [] };
  let devices: LoadDevice[] = [];
  const stage = await openStage({ RULES_DIR: rulesDir, ...options.environment }, async (database) => {
    devices = await registerBenchDevices(database, CONNECTIONS);
  });
  try {
    for (let run = 1; run <= options.runs; run++) {
      const raw = await measureRaw(options.seconds);
      const load = await startLoad({
        host: '127.0.0.1',
        port: stage.mqttPort,
        devices,
        window: WINDOW,
        payload,
      });
      const rate = await measure(load, options.seconds);
      const behind = await untilCaughtUp(stage.database);
      result.rawAedes.push(raw);
      result.readings.push(rate);
      result.behindMs.push(behind);
      options.progress(
        `run ${run}: ${rate} readings/s, raw aedes ${raw} acks/s, caught up after ${behind} ms`,
      );
    }
  } finally {
    await stage.close();
  }
  result.median = median(result.readings);
  result.share = Math.round((result.median / median(result.rawAedes)) * 1000) / 1000;
  return result;
}

async function measureRaw(seconds: number): Promise<number> {
  const broker = await startChild<{ port: number }>(join(import.meta.dirname, 'raw-aedes.ts'), {});
  const devices = Array.from({ length: CONNECTIONS }, (_, i) => ({
    nativeId: `raw-${i}`,
    secret: 'x',
    topic: `raw/${i}/up`,
  }));
  try {
    const load = await startLoad({
      host: '127.0.0.1',
      port: broker.ready.port,
      devices,
      window: WINDOW,
      payload,
    });
    return await measure(load, Math.min(seconds, 3));
  } finally {
    await broker.stop();
  }
}

export async function measure(load: Load, seconds: number): Promise<number> {
  await sleep(WARM_UP_MS);
  const before = load.acknowledged();
  const startedAt = performance.now();
  await sleep(seconds * 1_000);
  const rate = Math.round(((load.acknowledged() - before) * 1_000) / (performance.now() - startedAt));
  await load.stop();
  return rate;
}

/** 150 bytes; one in a hundred crosses the limit of the rules. */
export function payload(device: number, count: number): string {
  const heartRate = (device + count) % 100 === 0 ? 170 : 60 + ((device + count) % 30);
  const time = new Date().toISOString();
  return `{"seq":${count},"time":"${time}","heart_rate":${heartRate}}`.padEnd(150);
}

async function untilCaughtUp(database: Database): Promise<number> {
  const startedAt = performance.now();
  while ((await rowsBehind(database)) > 0) await sleep(20);
  return Math.round(performance.now() - startedAt);
}

/** Nineteen limits that nothing reaches beside one that 1 % of the readings cross, and the rules of the shipped lane of life. */
export async function writeRules(): Promise<string> {
  const shipped = join(import.meta.dirname, '../../../alert-rules');
  const dir = await mkdtemp(join(tmpdir(), 'gg-bench-rules-'));
  for (const folder of ['policies', 'calendars'])
    await cp(join(shipped, folder), join(dir, folder), { recursive: true });
  await cp(join(shipped, 'sos.yaml'), join(dir, 'sos.yaml'));
  for (let i = 0; i < RULES; i++) {
    const limit = i === 0 ? 160 : 200 + i;
    await writeFile(
      join(dir, `bench_${i}.yaml`),
      `name: bench_${i}
title: { zh: 测试${i}, en: bench ${i} }
severity: info
consequence: notice
condition:
  threshold:
    signal: heart_rate
    above: ${limit}
    for: 0s
    clear: { below: ${limit - 5} }
`,
    );
  }
  return dir;
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
