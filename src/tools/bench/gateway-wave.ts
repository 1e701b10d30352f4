import mqtt from 'mqtt';
import { registerDevice } from '../../devices/device-store.ts';
import type { Database } from '../../platform/database.ts';

const CHILDREN = 500;
const WAVE_MS = 1_000;
const TICK_MS = 20;

export interface BenchGateway {
  nativeId: string;
  secret: string;
  prefix: string;
}

export async function registerBenchGateway(database: Database): Promise<BenchGateway> {
  const nativeId = 'bench-gateway';
  const prefix = `zigbee2mqtt/${nativeId}`;
  const { secret } = await registerDevice(database.db, {
    protocol: 'zigbee2mqtt',
    nativeId,
    topicPrefix: prefix,
    withSecret: true,
  });
  return { nativeId, secret: secret ?? '', prefix };
}

export interface GatewayWaves {
  /** All children report `online` or `offline` within a second; resolves when every message is acknowledged. */
  wave(state: 'online' | 'offline'): Promise<void>;
  close(): Promise<void>;
}

/** A Zigbee2MQTT gateway with 500 leak sensors whose availability comes and goes all at once. */
export async function connectBenchGateway(gateway: BenchGateway, port: number): Promise<GatewayWaves> {
  const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`, {
    username: gateway.nativeId,
    password: gateway.secret,
    clientId: gateway.nativeId,
  });
  const publish = (topic: string, payload: unknown) =>
    client.publishAsync(`${gateway.prefix}/${topic}`, JSON.stringify(payload), { qos: 1 });
  await publish('bridge/state', { state: 'online' });
  await publish(
    'bridge/devices',
    Array.from({ length: CHILDREN }, (_, n) => description(n)),
  );
  return {
    async wave(state) {
      const acknowledged: Promise<unknown>[] = [];
      const perTick = Math.ceil((CHILDREN * TICK_MS) / WAVE_MS);
      for (let from = 0; from < CHILDREN; from += perTick) {
        for (let n = from; n < Math.min(from + perTick, CHILDREN); n++)
          acknowledged.push(publish(`sensor ${n}/availability`, { state }));
        await new Promise((resolve) => setTimeout(resolve, TICK_MS));
      }
      await Promise.all(acknowledged);
    },
    close: () => client.endAsync(),
  };
}

function description(n: number) {
  const leak = { type: 'binary', name: 'water_leak', property: 'water_leak', access: 1 };
  return {
    ieee_address: `0x00158d${n.toString(16).padStart(10, '0')}`,
    type: 'EndDevice',
    friendly_name: `sensor ${n}`,
    supported: true,
    interview_state: 'SUCCESSFUL',
    definition: {
      model: 'SJCGQ11LM',
      vendor: 'Aqara',
      description: 'Water leak sensor',
      exposes: [{ ...leak, value_on: true, value_off: false }],
    },
  };
}
