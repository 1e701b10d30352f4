import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Database } from '../../platform/database.ts';
import { countStored } from './bench-store.ts';
import { payload } from './ingest-bench.ts';
import { type LoadDevice, startLoad } from './mqtt-load.ts';
import { openStage, registerBenchDevices } from './stage.ts';
import { median } from './statistics.ts';

const DEVICES = 200;
const MESSAGES = 40_000;
const WINDOW = 20;

export interface OutsideResult {
  /** Messages per second from Mosquitto into committed rows, per run and their median. */
  committed: number[];
  median: number;
  /** mqtt.js alone on the same broker, in the same runs. */
  bare: number[];
  share: number;
}

/** What one process reads from a broker that is not ours: 40,000 messages of 150 bytes, QoS 1, acknowledged when they are stored. */
export async function benchOutside(options: {
  runs: number;
  environment: Record<string, string>;
  progress(text: string): void;
}): Promise<OutsideResult> {
  const broker = await startMosquitto();
  let devices: LoadDevice[] = [];
  const result: OutsideResult = { committed: [], median: 0, bare: [], share: 0 };
  try {
    const environment = { ...options.environment, MQTT_URL: broker.url };
    const stage = await openStage(environment, async (database) => {
      devices = await registerBenchDevices(database, DEVICES);
    });
    try {
      for (let run = 1; run <= options.runs; run++) {
        const committed = await measureService(stage.database, { port: broker.port, devices });
        const bare = await measureBare(broker, devices);
        result.committed.push(committed);
        result.bare.push(bare);
        options.progress(`run ${run}: ${committed} messages/s committed, bare mqtt.js ${bare}`);
      }
    } finally {
      await stage.close();
    }
  } finally {
    await broker.stop();
  }
  result.median = median(result.committed);
  result.share = Math.round((result.median / median(result.bare)) * 1000) / 1000;
  return result;
}

async function measureService(
  database: Database,
  load: { port: number; devices: readonly LoadDevice[] },
): Promise<number> {
  const before = (await countStored(database)).uplinks;
  const startedAt = performance.now();
  await publishAll(load);
  while ((await countStored(database)).uplinks < before + MESSAGES) await sleep(50);
  return perSecond(performance.now() - startedAt);
}

async function measureBare(
  broker: { url: string; port: number },
  devices: readonly LoadDevice[],
): Promise<number> {
  const reader = spawn(process.execPath, [
    join(import.meta.dirname, 'raw-mqtt-reader.ts'),
    broker.url,
    String(MESSAGES),
  ]);
  try {
    const lines = createInterface({ input: reader.stdout })[Symbol.asyncIterator]();
    await lines.next();
    const startedAt = Date.now();
    await publishAll({
      port: broker.port,
      devices: devices.map((device) => ({ ...device, topic: `bare/${device.topic}` })),
    });
    const { value } = await lines.next();
    return perSecond((JSON.parse(value ?? '{}') as { at: number }).at - startedAt);
  } finally {
    reader.kill('SIGKILL');
  }
}

const perSecond = (ms: number) => Math.round((MESSAGES * 1_000) / ms);

async function publishAll({
  port,
  devices,
}: {
  port: number;
  devices: readonly LoadDevice[];
}): Promise<void> {
  let left = MESSAGES;
  const load = await startLoad({
    host: '127.0.0.1',
    port,
    devices,
    window: WINDOW,
    payload: (device, count) => (left-- > 0 ? payload(device, count) : undefined),
  });
  while (load.acknowledged() < MESSAGES) await sleep(10);
  await load.stop();
}

async function startMosquitto(): Promise<{ url: string; port: number; stop(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'gg-bench-mosquitto-'));
  const port = await freePort();
  const file = join(folder, 'mosquitto.conf');
  await writeFile(file, `listener ${port} 127.0.0.1\nallow_anonymous true\nmax_queued_messages 0\n`);
  const broker = spawn('mosquitto', ['-c', file], {
    stdio: 'ignore',
    env: { PATH: `${process.env.PATH ?? ''}:/usr/local/sbin:/usr/sbin` },
  });
  await Promise.race([answering(port), failed(broker)]);
  return {
    url: `mqtt://127.0.0.1:${port}`,
    port,
    async stop() {
      broker.kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function failed(broker: ChildProcess): Promise<never> {
  return new Promise((_resolve, reject) => {
    broker.once('error', () => reject(new Error('mosquitto is not installed; this measures against it')));
    broker.once('exit', () => reject(new Error('mosquitto ended')));
  });
}

async function answering(port: number): Promise<void> {
  for (;;) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = net.connect(port, '127.0.0.1', () => socket.end(() => resolve(true)));
      socket.on('error', () => resolve(false));
    });
    if (open) return;
    await sleep(20);
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as net.AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
