import { connect, type MqttClient } from 'mqtt';
import type { Surroundings } from '../band.ts';
import { addressOf } from '../broker-login.ts';
import { SWITCHED_OFF } from '../journal.ts';
import type { GatewayCredential } from '../neighbourhood.ts';
import { Timers } from '../time.ts';
import { datatypes, decodeCommand, encodePayload, type Metric, type Value } from './payload.ts';
import type { DevicePlan } from './pump-room.ts';

export interface EdgeNodeOptions extends Surroundings {
  gateway: GatewayCredential;
  /** `mqtt://host:port`; a name and password in it go before the edge node's own. */
  url: string;
  devices: readonly DevicePlan[];
  reconnectMs?: number;
  /** Real time until a switched breaker shows its new position. */
  switchingMs?: number;
}

export const GROUP = 'gridguard';
const REBIRTH = 'Node Control/Rebirth';
const RECONNECT_MS = 3000;
const SWITCHING_MS = 600;
const NUMBERS = 256;

type Values = Readonly<Record<string, Value>>;

interface Device {
  plan: DevicePlan;
  values: Record<string, Value>;
}

/**
 * A Sparkplug B edge node with its devices: `spBv1.0/gridguard/<kind>/<id>`. Births name the metrics and give each a number, data use the number
 * alone; its last will is the death of the session that its birth began.
 */
export class SparkplugEdgeNode {
  readonly id: string;
  #options: EdgeNodeOptions;
  #devices = new Map<string, Device>();
  #aliases = new Map<string, number>();
  #client: MqttClient | undefined;
  #timers = new Timers();
  #bdSeq = 0;
  #seq = 0;

  constructor(options: EdgeNodeOptions) {
    const { gateway, devices, noise, time } = options;
    this.id = gateway.id;
    this.#options = options;
    for (const plan of devices) {
      this.#devices.set(plan.id, { plan, values: { ...plan.quietDay(noise, time.now()) } });
      for (const { name } of plan.metrics) this.#aliases.set(`${plan.id}/${name}`, this.#aliases.size + 1);
    }
  }

  get devices(): string[] {
    return [...this.#devices.keys()];
  }

  /** As the platform names a device behind it. */
  nativeIdOf(device: string): string {
    return `${GROUP}:${this.id}:${device}`;
  }

  /** Switched on: connects and stays connected; each connection is a session of its own. */
  start(): void {
    const { url, gateway, journal, reconnectMs = RECONNECT_MS } = this.#options;
    const bdSeq = this.#bdSeq++ % NUMBERS;
    const { href, login } = addressOf(url, gateway);
    const client = connect(href, {
      keepalive: 30,
      reconnectPeriod: 0,
      will: { topic: this.#topic('NDEATH'), payload: this.#death(bdSeq), qos: 1, retain: false },
      ...login,
    });
    this.#client = client;
    client.on('error', () => {});
    client.on('connect', () => {
      journal.connection(this.id, 'up');
      client.subscribe([this.#topic('NCMD'), `${this.#topic('DCMD')}/+`], { qos: 1 }, () =>
        this.#beBorn(bdSeq),
      );
    });
    client.on('message', (topic, payload) => this.#obey(topic, payload, bdSeq));
    client.on('close', () => {
      journal.connection(this.id, 'down');
      if (this.#client === client) this.#timers.after(reconnectMs, () => this.start());
    });
  }

  /** Says goodbye: an edge node that leaves on purpose tells its own death. */
  async stop(): Promise<void> {
    const client = this.#forget();
    if (!client) return;
    if (client.connected)
      await client
        .publishAsync(this.#topic('NDEATH'), this.#death((this.#bdSeq - 1) % NUMBERS), { qos: 1 })
        .catch(() => {});
    await client.endAsync().catch(() => {});
  }

  /** The power fails: the connection breaks without a word, and the broker tells the last will. */
  die(): void {
    this.#forget()?.end(true);
  }

  /** What changed at a device, and nothing else. */
  tell(device: string, changes: Values): void {
    const { values } = this.#device(device);
    Object.assign(values, changes);
    this.#publish('DDATA', device, this.#metricsOf(device, Object.keys(changes), { named: false }));
  }

  /** What was kept while there was no line, with the time at which it was so. */
  tellLate(device: string, values: Values, at: number): void {
    const metrics = Object.entries(values).map(([name, value]) => ({
      ...this.#metricOf(device, name, { named: false }),
      value,
      timestamp: at,
      historical: true,
    }));
    this.#publish('DDATA', device, metrics);
  }

  valuesOf(device: string): Values {
    return { ...this.#device(device).values };
  }

  /** A message that is lost on its way: the number after it shows that. */
  lose(): void {
    this.#seq = (this.#seq + 1) % NUMBERS;
  }

  #device(id: string): Device {
    const device = this.#devices.get(id);
    if (!device) throw new Error(`${this.id} has no device ${id}`);
    return device;
  }

  #forget(): MqttClient | undefined {
    const client = this.#client;
    this.#client = undefined;
    this.#timers.clear();
    client?.removeAllListeners('close');
    if (client) this.#options.journal.connection(this.id, 'down', SWITCHED_OFF);
    return client;
  }

  #death(bdSeq: number): Buffer {
    const timestamp = this.#options.time.now();
    return encodePayload({
      metrics: [{ name: 'bdSeq', timestamp, datatype: datatypes.int64, value: bdSeq }],
    });
  }

  #beBorn(bdSeq: number): void {
    const timestamp = this.#options.time.now();
    this.#seq = 0;
    this.#publish('NBIRTH', undefined, [
      { name: 'bdSeq', timestamp, datatype: datatypes.int64, value: bdSeq },
      { name: REBIRTH, timestamp, datatype: datatypes.boolean, value: false },
    ]);
    for (const [id, { values }] of this.#devices)
      this.#publish('DBIRTH', id, this.#metricsOf(id, Object.keys(values), { named: true }));
  }

  #metricsOf(device: string, names: readonly string[], how: { named: boolean }): Metric[] {
    return names.map((name) => this.#metricOf(device, name, how));
  }

  #metricOf(device: string, name: string, { named }: { named: boolean }): Metric {
    const { plan, values } = this.#device(device);
    const metric = plan.metrics.find((each) => each.name === name);
    if (!metric) throw new Error(`${device} has no metric ${name}`);
    const { datatype, unit } = metric;
    return {
      ...(named ? { name } : {}),
      alias: this.#aliases.get(`${device}/${name}`) ?? 0,
      timestamp: this.#options.time.now(),
      datatype,
      value: values[name] ?? null,
      ...(named && unit !== undefined ? { unit } : {}),
    };
  }

  #publish(kind: string, device: string | undefined, metrics: readonly Metric[]): void {
    const client = this.#client;
    if (!client?.connected) return;
    const seq = this.#seq;
    this.#seq = (seq + 1) % NUMBERS;
    const { journal, time } = this.#options;
    const said = metrics.map(({ name, alias, value }) => `${name ?? alias}=${value}`).join(' ');
    journal.sent(this.id, `spb:${kind}`, { text: `${device ?? ''} ${said}`.trim().slice(0, 500) });
    const payload = encodePayload({ timestamp: time.now(), seq, metrics });
    client.publish(this.#topic(kind, device), payload, { qos: 0 });
  }

  #topic(kind: string, device?: string): string {
    return ['spBv1.0', GROUP, kind, this.id, ...(device === undefined ? [] : [device])].join('/');
  }

  #obey(topic: string, payload: Buffer, bdSeq: number): void {
    const [, , kind, , device] = topic.split('/');
    for (const { name, on } of decodeCommand(payload)) {
      if (kind === 'NCMD' && name === REBIRTH && on) {
        this.#options.journal.story(`${this.id}  is asked to tell everything anew`);
        this.#beBorn(bdSeq);
      } else if (kind === 'DCMD' && device !== undefined) this.#switch(device, name, on);
    }
  }

  #switch(device: string, name: string, on: boolean): void {
    const { journal, switchingMs = SWITCHING_MS } = this.#options;
    const known = this.#devices.get(device)?.values;
    const settable = typeof known?.[name] === 'boolean';
    journal.story(
      `${this.id}  ${device}: ${settable ? `${name} = ${on} from afar` : 'an order that it does not know'}`,
    );
    if (settable) this.#timers.after(switchingMs, () => this.tell(device, { [name]: on }));
  }
}
