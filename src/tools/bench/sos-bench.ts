import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import mqtt from 'mqtt';
import type { Database } from '../../platform/database.ts';
import { LIVE_CHANNEL } from '../../platform/live-store.ts';

import { connectBenchGateway, registerBenchGateway } from './gateway-wave.ts';
import { payload, writeRules } from './ingest-bench.ts';
import { type LoadDevice, startLoad } from './mqtt-load.ts';
import { buildRescueStage } from './rescue-stage-store.ts';
import { openStage, registerBenchDevices } from './stage.ts';
import { summary } from './statistics.ts';

const LOAD_DEVICES = 200;
const WINDOW = 20;

/** Presses before the counted ones: the first after a start also pays for plans and code that nobody has run yet. */
const WARM_UP = 5;

type Figures = ReturnType<typeof summary>;
export interface SosResult {
  /** The very first press after the start, until its message arrived. */
  firstEver: number;
  idle: { acknowledged: Figures; committed: Figures; firstChannel: Figures };
  /** While the 500 sensors of one gateway go offline, and online again, all within a second. */
  gatewayFails: { acknowledged: Figures; committed: Figures; firstChannel: Figures };
  saturated: { acknowledged: Figures; committed: Figures; firstChannel: Figures; readingsPerSecond: number };
}

/**
 * PUBLISH → PUBACK, → incident committed (its announcement is heard at the commit), → the first channel's message has arrived at a
 * receiver, whose sending began after the commit. Milliseconds.
 */
export async function benchSos(options: {
  presses: number;
  environment: Record<string, string>;
  progress(text: string): void;
}): Promise<SosResult> {
  const receiver = await startReceiver();
  const rulesDir = await writeRules();
  let devices: LoadDevice[] = [];
  let gateway: Awaited<ReturnType<typeof registerBenchGateway>> | undefined;
  const wearers = WARM_UP + options.presses * 3;
  const stage = await openStage({ RULES_DIR: rulesDir, ...options.environment }, async (database) => {
    const { native } = await buildRescueStage(database, {
      native: wearers,
      watch: 0,
      webhookUrl: receiver.url,
    });
    const pressing = native.map((device) => ({ ...device, topic: `gridguard/v1/${device.nativeId}/up` }));
    devices = [...pressing, ...(await registerBenchDevices(database, LOAD_DEVICES))];
    gateway = await registerBenchGateway(database);
  });
  try {
    const heard = await listen(stage.database);
    const press = (from: number, count = options.presses) =>
      pressAll({ devices: devices.slice(from, from + count), port: stage.mqttPort, receiver, heard });
    const firstEver = (await press(0, 1)).firstChannel.p50;
    await press(1, WARM_UP - 1);
    options.progress('idle');
    const idle = await press(WARM_UP);
    options.progress('while the 500 sensors of a gateway fail');
    const gatewayFails = await duringWaves(gateway, stage.mqttPort, () => press(WARM_UP + options.presses));
    options.progress('while telemetry saturates');
    const load = await startLoad({
      host: '127.0.0.1',
      port: stage.mqttPort,
      devices: devices.slice(wearers),
      window: WINDOW,
      payload,
    });
    await sleep(2_000);
    const before = load.acknowledged();
    const startedAt = performance.now();
    const saturated = await press(WARM_UP + options.presses * 2);
    const readingsPerSecond = Math.round(
      ((load.acknowledged() - before) * 1_000) / (performance.now() - startedAt),
    );
    await load.stop();
    return { firstEver, idle, gatewayFails, saturated: { ...saturated, readingsPerSecond } };
  } finally {
    await stage.close();
    receiver.server.close();
  }
}

/** Runs `press` while wave follows wave. */
async function duringWaves<T>(
  gateway: Awaited<ReturnType<typeof registerBenchGateway>> | undefined,
  port: number,
  press: () => Promise<T>,
): Promise<T> {
  if (!gateway) throw new Error('the stage has no gateway');
  const waves = await connectBenchGateway(gateway, port);
  await waves.wave('online');
  let pressing = true;
  const rolling = (async () => {
    for (
      let state: 'online' | 'offline' = 'offline';
      pressing;
      state = state === 'online' ? 'offline' : 'online'
    )
      await waves.wave(state);
  })();
  try {
    return await press();
  } finally {
    pressing = false;
    await rolling;
    await waves.close();
  }
}

interface Receiver {
  server: Server;
  url: string;
  /** When the message about a device arrived. */
  arrived: Map<string, number>;
}

async function startReceiver(): Promise<Receiver> {
  const arrived = new Map<string, number>();
  const server = createServer((request, response) => {
    const now = performance.now();
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      const device = /"native-\d+"/.exec(body)?.[0].slice(1, -1);
      if (device && !arrived.has(device)) arrived.set(device, now);
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, arrived };
}

/** Hears an incident's first announcement, in the order in which they commit. */
async function listen(database: Database): Promise<{ times: number[] }> {
  const heard = { times: [] as number[] };
  const seen = new Set<number>();
  await database.listen(LIVE_CHANNEL, (text) => {
    const change = JSON.parse(text) as { type: string; id: number };
    if (change.type !== 'incident' || seen.has(change.id)) return;
    seen.add(change.id);
    heard.times.push(performance.now());
  });
  return heard;
}

async function pressAll(stage: {
  devices: readonly LoadDevice[];
  port: number;
  receiver: Receiver;
  heard: { times: number[] };
}): Promise<SosResult['idle']> {
  const acknowledged: number[] = [];
  const committed: number[] = [];
  const firstChannel: number[] = [];
  for (const device of stage.devices) {
    const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${stage.port}`, {
      username: device.nativeId,
      password: device.secret,
      clientId: device.nativeId,
    });
    const incidents = stage.heard.times.length;
    const startedAt = performance.now();
    await client.publishAsync(device.topic, JSON.stringify({ seq: 1, time: Date.now(), sos: true }), {
      qos: 1,
    });
    acknowledged.push(performance.now() - startedAt);
    const arrivedAt = await until(() => stage.receiver.arrived.get(device.nativeId));
    firstChannel.push(arrivedAt - startedAt);
    committed.push((await until(() => stage.heard.times[incidents])) - startedAt);
    await client.endAsync();
    await sleep(20);
  }
  return {
    acknowledged: summary(acknowledged),
    committed: summary(committed),
    firstChannel: summary(firstChannel),
  };
}

async function until(check: () => number | undefined): Promise<number> {
  const giveUpAt = performance.now() + 30_000;
  for (;;) {
    const value = check();
    if (value !== undefined) return value;
    if (performance.now() > giveUpAt) throw new Error('an SOS did not arrive within 30 s');
    await sleep(1);
  }
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
