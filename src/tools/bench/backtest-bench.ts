import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { backtest } from '../../rules/lab/backtest.ts';
import { openDay } from '../../rules/lab/day-file.ts';
import type { GenerateOrder } from '../../rules/lab/generate-worker.ts';
import { type GeneratedMix, generatedMixes } from '../../rules/lab/generated-days.ts';
import type { LabDevice } from '../../rules/lab/lab-device.ts';
import { loadRules } from '../../rules/load-rules.ts';

const FIRST_DAY = 20_000;
const EXPECTED_EVERY_MS = 15 * 60_000;

export interface BacktestBench {
  mix: GeneratedMix;
  readings: number;
  rules: number;
  cores: number;
  /** Making the days is no part of the backtest. */
  generateSeconds: number;
  /** From the files to the alerts, with threads started and rules indexed; the files were just written. */
  backtestSeconds: number;
  /** Of all threads: what the cores were busy with it, however many others they served. */
  cpuSeconds: number;
  readingsPerSecond: number;
  alerts: number;
}

/** 30 days of 5,000 wristbands with a reading a minute through every shipped rule. */
export async function benchBacktest({
  devices = 5000,
  days = 30,
  mix,
  progress,
}: {
  devices?: number;
  days?: number;
  mix: GeneratedMix;
  progress(text: string): void;
}): Promise<BacktestBench> {
  const folder = await mkdtemp(join(tmpdir(), 'gg-backtest-'));
  try {
    const { rules } = await loadRules(join(import.meta.dirname, '../../../alert-rules'));
    const start = performance.now();
    const paths = await generate(folder, { devices, days, mix });
    const generated = performance.now();
    const cpu = process.cpuUsage();
    progress(`${mix}: ${days} days of ${devices} devices made in ${seconds(start, generated)} s`);
    const result = await backtest({
      days: paths.map(openDay),
      groups: Array.from({ length: devices }, (_, index) => [wristband(index + 1)]),
      ruleSets: [rules],
    });
    const end = performance.now();
    const { user, system } = process.cpuUsage(cpu);
    return {
      mix,
      readings: result.readings,
      rules: rules.length,
      cores: availableParallelism(),
      generateSeconds: seconds(start, generated),
      backtestSeconds: seconds(generated, end),
      cpuSeconds: Math.round((user + system) / 100_000) / 10,
      readingsPerSecond: Math.round((result.readings / (end - generated)) * 1000),
      alerts: result.changes[0]?.filter(({ state }) => state === 'firing').length ?? 0,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export const backtestMixes = Object.keys(generatedMixes) as GeneratedMix[];

const seconds = (from: number, to: number): number => Math.round((to - from) / 100) / 10;

const wristband = (id: number): LabDevice => ({
  id,
  reading: { deviceId: id, protocol: 'native', nativeId: `bench-${id}`, subjectId: id, origin: 'live' },
  expectedEveryMs: EXPECTED_EVERY_MS,
});

async function generate(
  folder: string,
  { devices, days, mix }: { devices: number; days: number; mix: GeneratedMix },
): Promise<string[]> {
  const orders = Array.from({ length: days }, (_, index): GenerateOrder => {
    const day = FIRST_DAY + index;
    return { path: join(folder, `${day}.days`), day, devices, mix };
  });
  const threads = availableParallelism();
  await Promise.all(
    Array.from({ length: threads }, (_, thread) =>
      run(orders.filter((_, index) => index % threads === thread)),
    ),
  );
  return orders.map(({ path }) => path);
}

function run(orders: readonly GenerateOrder[]): Promise<void> {
  const worker = new Worker(new URL('../../rules/lab/generate-worker.ts', import.meta.url), {
    workerData: orders,
  });
  return new Promise((resolve, reject) => {
    worker.once('error', reject);
    worker.once('exit', () => resolve());
  });
}
