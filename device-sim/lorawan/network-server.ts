import { randomUUID } from 'node:crypto';
import { connect, type MqttClient } from 'mqtt';
import type { Surroundings } from '../band.ts';
import { addressOf } from '../broker-login.ts';
import { SWITCHED_OFF } from '../journal.ts';
import type { GatewayCredential } from '../neighbourhood.ts';
import type { LorawanDevice } from './estate.ts';

export interface NetworkServerOptions extends Surroundings {
  /** Its id is that of the application. */
  gateway: GatewayCredential;
  /** `mqtt://host:port`; a name and password in it go before the application's own. */
  url: string;
  devices: readonly LorawanDevice[];
  reconnectMs?: number;
}

type Fields = Readonly<Record<string, unknown>>;
interface Message {
  topic: string;
  text: string;
}

const RECONNECT_MS = 3000;
const TENANT = { tenantId: '52f14cd4-c6f1-4fbd-8f87-4025e1d49242', tenantName: 'GridSim' };
const REGION = 'cn470_10';

/**
 * A ChirpStack v4 with the MQTT integration of one application: `application/<id>/device/<devEui>/event/{up,join,status,log}` in JSON, where
 * fields with default values are written and nothing is retained. Of a device that is gone it says nothing.
 */
export class NetworkServer {
  readonly id: string;
  #options: NetworkServerOptions;
  #counters = new Map<string, number>();
  #client: MqttClient | undefined;

  constructor(options: NetworkServerOptions) {
    this.id = options.gateway.id;
    this.#options = options;
  }

  start(): void {
    const { url, gateway, journal, reconnectMs = RECONNECT_MS } = this.#options;
    const { href, login } = addressOf(url, gateway);
    const client = connect(href, {
      keepalive: 30,
      reconnectPeriod: reconnectMs,
      reconnectOnConnackError: true,
      ...login,
    });
    this.#client = client;
    client.on('error', () => {});
    client.on('connect', () => {
      journal.connection(this.id, 'up');
      client.subscribe(`application/${this.id}/device/+/command/down`, { qos: 1 });
    });
    client.on('message', (topic) =>
      journal.story(`${this.id}  ${topic.split('/')[3]}: an order that waits for its next uplink`),
    );
    client.on('close', () => journal.connection(this.id, 'down'));
  }

  async stop(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    client?.removeAllListeners('close');
    if (client) this.#options.journal.connection(this.id, 'down', SWITCHED_OFF);
    await client?.endAsync().catch(() => {});
  }

  euiOf(device: string): string {
    return this.#device(device).eui;
  }

  /** A device joins the network, for the first time or anew; its frames are counted from 0 again. */
  join(device: string): void {
    this.#counters.set(device, 0);
    this.#publish(this.#message(device, 'join', { devAddr: this.#addressOf(device), relayRxInfo: null }));
  }

  /** A report as its codec decodes it; without `object` there is none. `times` is how often the broker brings the same message. */
  up(device: string, { object, times = 1 }: { object?: Fields; times?: number }): void {
    const fCnt = this.#counters.get(device) ?? 0;
    this.#counters.set(device, fCnt + 1);
    const data = Buffer.from(JSON.stringify(object ?? { fCnt })).toString('base64');
    const message = this.#message(device, 'up', {
      devAddr: this.#addressOf(device),
      adr: true,
      dr: 5,
      fCnt,
      fPort: this.#device(device).fPort,
      confirmed: false,
      data: data.slice(0, 64),
      ...(object ? { object } : {}),
      rxInfo: this.#heardBy(`${device}/${fCnt}`),
      txInfo: { frequency: 486_300_000 },
      regionConfigId: REGION,
    });
    for (let n = 0; n < times; n++) this.#publish(message, { again: n > 0 });
  }

  /** What a device answered when the network server asked for its battery. */
  status(device: string, batteryLevel: number): void {
    this.#publish(
      this.#message(device, 'status', {
        margin: 12,
        externalPowerSource: false,
        batteryLevelUnavailable: false,
        batteryLevel,
      }),
    );
  }

  /** What the network server itself has to say of a device; it repeats the counter of the frame that it is about. */
  log(device: string, code: string, description: string): void {
    const context = { deduplication_id: randomUUID() };
    this.#publish(this.#message(device, 'log', { level: 'ERROR', code, description, context }));
  }

  #device(id: string): LorawanDevice {
    const device = this.#options.devices.find((each) => each.id === id);
    if (!device) throw new Error(`${this.id} has no device ${id}`);
    return device;
  }

  #addressOf(device: string): string {
    return `01${this.euiOf(device).slice(-6)}`;
  }

  /** Two gateways on two roofs hear the same frame. */
  #heardBy(key: string): Fields[] {
    const { noise } = this.#options;
    return ['0016c001f153a14c', '0016c001f153a14d'].map((gatewayId) => ({
      gatewayId,
      uplinkId: Math.floor(noise.uniform(`${gatewayId}/${key}`) * 2 ** 32),
      rssi: Math.round(noise.between(`${gatewayId}/${key}/rssi`, [-112, -70])),
      snr: Math.round(noise.between(`${gatewayId}/${key}/snr`, [-4, 10])),
      crcStatus: 'CRC_OK',
    }));
  }

  #message(id: string, event: string, fields: Fields): Message {
    const { eui, model } = this.#device(id);
    const message = {
      deduplicationId: randomUUID(),
      time: new Date(this.#options.time.now()).toISOString(),
      deviceInfo: {
        ...TENANT,
        applicationId: this.id,
        applicationName: 'estate',
        deviceProfileId: `00000000-0000-4000-8000-${eui.slice(-12)}`,
        deviceProfileName: model,
        deviceName: id,
        devEui: eui,
        deviceClassEnabled: 'CLASS_A',
        tags: {},
      },
      ...fields,
    };
    return { topic: `application/${this.id}/device/${eui}/event/${event}`, text: JSON.stringify(message) };
  }

  #publish({ topic, text }: Message, { again = false } = {}): void {
    const { journal, time } = this.#options;
    const command = `lns:${topic.split('/').at(-1)}`;
    const sentAt = time.now();
    journal.sent(this.id, command, { text: `${topic} ${text.slice(0, 500)}`, ...(again ? { again } : {}) });
    this.#client?.publish(topic, text, { qos: 1 }, (error) => {
      if (!error) journal.answered(this.id, command, time.now() - sentAt);
    });
  }
}
