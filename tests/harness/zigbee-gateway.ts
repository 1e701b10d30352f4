import mqtt from 'mqtt';
import { protocolByName } from '../../protocols/index.ts';
import { registerDevice } from '../../src/devices/device-store.ts';
import { gatewayPrefix } from '../../src/devices/gateways.ts';
import type { Database } from '../../src/platform/database.ts';

export interface ZigbeeGateway {
  id: number;
  nativeId: string;
  secret: string;
  prefix: string;
}

/** A Zigbee2MQTT gateway as an administrator registers it. */
export async function registerGateway(
  { db }: Pick<Database, 'db'>,
  nativeId: string,
  place: { assetId?: number } = {},
): Promise<ZigbeeGateway> {
  const prefix = gatewayPrefix(protocolByName('zigbee2mqtt') ?? { name: 'zigbee2mqtt' }, nativeId);
  const { id, secret } = await registerDevice(db, {
    protocol: 'zigbee2mqtt',
    nativeId,
    topicPrefix: prefix,
    withSecret: true,
    ...place,
  });
  return { id, nativeId, secret: secret ?? '', prefix };
}

/** Its connection to the broker on a port; what it says is acknowledged. */
export async function connectGateway(
  port: number,
  gateway: ZigbeeGateway,
  options: mqtt.IClientOptions = {},
) {
  const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`, {
    username: gateway.nativeId,
    password: gateway.secret,
    reconnectPeriod: 0,
    ...options,
  });
  return {
    client,
    say: (path: string, payload: unknown) =>
      client.publishAsync(
        `${gateway.prefix}/${path}`,
        typeof payload === 'string' ? payload : JSON.stringify(payload),
        { qos: 1 },
      ),
    /** As a power cut does. */
    cut: () => client.stream.destroy(),
    close: () => client.endAsync(),
  };
}

/** The address of the n-th Zigbee device of a test. */
export const ieeeOf = (n: number) => `0x00158d00${n.toString(16).padStart(8, '0')}`;

const binary = (property: string, access = 1) => ({
  type: 'binary',
  name: property,
  property,
  access,
  value_on: true,
  value_off: false,
});

const describe = (
  n: number,
  name: string,
  definition: { model: string; vendor: string; description?: string; exposes: unknown[] },
) => ({
  ieee_address: ieeeOf(n),
  type: 'EndDevice',
  friendly_name: name,
  supported: true,
  definition: { description: 'Zigbee device', ...definition },
});

/** Entries of `bridge/devices`. */
export const leakSensor = (n: number, name: string) =>
  describe(n, name, {
    model: 'SJCGQ11LM',
    vendor: 'Aqara',
    exposes: [binary('water_leak'), binary('battery_low')],
  });
export const smokeSensor = (n: number, name: string) =>
  describe(n, name, { model: 'JTYJ-GD-01LM/BW', vendor: 'Aqara', exposes: [binary('smoke')] });
export const breaker = (n: number, name: string) =>
  describe(n, name, {
    model: 'TO-Q-SY1-JZT',
    vendor: 'Tongou',
    description: 'Smart circuit breaker',
    exposes: [
      {
        type: 'switch',
        features: [
          {
            type: 'binary',
            name: 'state',
            property: 'state',
            access: 7,
            value_on: 'ON',
            value_off: 'OFF',
          },
        ],
      },
      { type: 'numeric', name: 'voltage', property: 'voltage', access: 1, unit: 'V' },
    ],
  });
