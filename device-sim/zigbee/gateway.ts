import { connect, type IClientOptions, type MqttClient } from 'mqtt';
import type { Surroundings } from '../band.ts';
import { addressOf } from '../broker-login.ts';
import { SWITCHED_OFF } from '../journal.ts';
import type { ChildCredential, GatewayCredential } from '../neighbourhood.ts';
import { Timers } from '../time.ts';
import { type BridgeSettings, bridgeDevices, bridgeInfo, modelOf } from './bridge.ts';
import type { Values } from './models.ts';

export interface ZigbeeGatewayOptions extends Surroundings {
  gateway: GatewayCredential;
  /** `mqtt://host:port`; a name and password in it go before the gateway's own. */
  url: string;
  settings: Omit<BridgeSettings, 'baseTopic'>;
  /** Real time until a switched breaker shows its new state. */
  switchingMs?: number;
  reconnectMs?: number;
}

interface Child {
  about: ChildCredential;
  /** The whole state as Zigbee2MQTT caches it: every message repeats it. */
  cache: Record<string, unknown>;
  lastSeen: number;
}

const SWITCHING_MS = 600;
const RECONNECT_MS = 3_000;
/** How long ago the devices of a cache were heard when the program starts. */
const HEARD_BEFORE_MS = 20 * 60_000;

/**
 * A Zigbee2MQTT with what it has paired. Its base topic is `zigbee2mqtt/<id>`; on every start it tells that it is online, what it knows, and
 * all it has cached; it dies with a last will.
 */
export class ZigbeeGateway {
  readonly id: string;
  readonly baseTopic: string;
  #options: ZigbeeGatewayOptions;
  #children = new Map<string, Child>();
  #client: MqttClient | undefined;
  #timers = new Timers();
  #count = 0;

  constructor(options: ZigbeeGatewayOptions) {
    const { gateway, noise, time } = options;
    this.id = gateway.id;
    this.baseTopic = `zigbee2mqtt/${gateway.id}`;
    this.#options = options;
    for (const about of gateway.children)
      this.#children.set(about.address, {
        about,
        cache: { ...modelOf(about).state(noise.uniform(`${about.address}/load`)) },
        lastSeen: time.now() - noise.between(`${about.address}/heard`, [1, HEARD_BEFORE_MS]),
      });
  }

  get children(): ChildCredential[] {
    return [...this.#children.values()].map(({ about }) => about);
  }

  get running(): boolean {
    return this.#client !== undefined;
  }

  /** Switched on: connects and stays connected. */
  start(): void {
    const { url, gateway, reconnectMs = RECONNECT_MS } = this.#options;
    const topic = this.#topic('bridge/state');
    const { href, login } = addressOf(url, gateway);
    const options: IClientOptions = {
      keepalive: 60,
      reconnectPeriod: reconnectMs,
      // Who is not registered yet goes on trying.
      reconnectOnConnackError: true,
      queueQoSZero: false,
      will: { topic, payload: Buffer.from('{"state":"offline"}'), qos: 1, retain: true },
      ...login,
    };
    const client = connect(href, options);
    this.#client = client;
    let isStart = true;
    client.on('error', () => {});
    client.on('connect', () => {
      this.#options.journal.connection(this.id, 'up');
      client.subscribe(`${this.baseTopic}/#`, { qos: 0 });
      this.#sayHello(isStart);
      isStart = false;
    });
    client.on('close', () => this.#options.journal.connection(this.id, 'down'));
    client.on('message', (at, payload) => this.#receive(at, payload.toString()));
  }

  /** Says goodbye as a program that is ended does. */
  async stop(): Promise<void> {
    const client = this.#forget();
    if (!client) return;
    if (client.connected)
      await client
        .publishAsync(this.#topic('bridge/state'), '{"state":"offline"}', { qos: 1, retain: true })
        .catch(() => {});
    await client.endAsync().catch(() => {});
  }

  /** The power fails: the connection breaks without a word, and the broker tells the last will. */
  die(): void {
    this.#forget()?.end(true);
  }

  /**
   * A device was heard: what it said goes into the cache, and the whole cache onto the wire. What is said while the gateway is off is lost.
   */
  hear(address: string, changes: Values): void {
    const child = this.#child(address);
    if (!this.#client) return;
    Object.assign(child.cache, changes, { linkquality: this.#linkQuality(address) });
    child.lastSeen = this.#options.time.now();
    this.#publishState(child);
  }

  /** Changes what the cache holds without a message, as it would be after something that nobody heard. */
  remember(address: string, changes: Values): void {
    Object.assign(this.#child(address).cache, changes);
  }

  stateOf(address: string): Values {
    return { ...this.#child(address).cache };
  }

  #child(address: string): Child {
    const child = this.#children.get(address);
    if (!child) throw new Error(`${this.id} has no child ${address}`);
    return child;
  }

  #forget(): MqttClient | undefined {
    const client = this.#client;
    this.#client = undefined;
    this.#timers.clear();
    client?.removeAllListeners('close');
    if (client) this.#options.journal.connection(this.id, 'down', SWITCHED_OFF);
    return client;
  }

  #sayHello(isStart: boolean): void {
    const { settings } = this.#options;
    const retain = { retain: true };
    this.#publish('bridge/state', { state: 'online' }, retain);
    this.#publish('bridge/info', bridgeInfo({ ...settings, baseTopic: this.baseTopic }), retain);
    this.#publish('bridge/devices', bridgeDevices(this.children), retain);
    const all = [...this.#children.values()];
    if (settings.availability)
      for (const { about } of all) this.#publish(`${about.name}/availability`, { state: 'online' }, retain);
    if (isStart) for (const child of all) this.#publishState(child);
  }

  #publishState({ about, cache, lastSeen }: Child): void {
    const heard = this.#options.settings.lastSeen ? { last_seen: new Date(lastSeen).toISOString() } : {};
    this.#publish(about.name, { ...cache, ...heard });
  }

  #publish(path: string, payload: unknown, { retain = false }: { retain?: boolean } = {}): void {
    const client = this.#client;
    if (!client?.connected) return;
    const { journal, time } = this.#options;
    const text = JSON.stringify(payload);
    const sentAt = time.now();
    const command = path.startsWith('bridge/') ? 'z2m:bridge' : 'z2m:state';
    journal.sent(this.id, command, { text: `${path} ${text.slice(0, 500)}` });
    client.publish(this.#topic(path), text, { qos: 1, retain }, (error) => {
      if (!error) journal.answered(this.id, command, time.now() - sentAt);
    });
  }

  #topic(path: string): string {
    return `${this.baseTopic}/${path}`;
  }

  #linkQuality(address: string): number {
    return Math.round(this.#options.noise.between(`${address}/lqi/${this.#count++}`, [60, 200]));
  }

  /** `<name>/set`, `<name>/set/<key>` and `<name>/get`; a name may hold slashes. */
  #receive(topic: string, payload: string): void {
    const [, name, order, key] =
      /^(.+?)\/(set|get)(?:\/([^/]+))?$/.exec(topic.slice(this.baseTopic.length + 1)) ?? [];
    const child = [...this.#children.values()].find(({ about }) => about.name === name);
    if (!child) return;
    if (order === 'get') this.#publishState(child);
    else this.#obey(child, wishOf(key, payload));
  }

  #obey(child: Child, wish: Values): void {
    const { journal, switchingMs = SWITCHING_MS } = this.#options;
    const { address, name } = child.about;
    const { state } = wish;
    const settable = 'state' in child.cache && (state === 'ON' || state === 'OFF');
    journal.story(
      `${this.id}  ${name}: ${settable ? `switched ${state} from afar` : 'an order that it does not know'}`,
    );
    if (settable) this.#timers.after(switchingMs, () => this.hear(address, switchedTo(child.cache, state)));
  }
}

function wishOf(key: string | undefined, payload: string): Values {
  if (key !== undefined) return { [key]: payload };
  try {
    const wish: unknown = JSON.parse(payload);
    return typeof wish === 'object' && wish !== null ? (wish as Values) : {};
  } catch {
    return { state: payload };
  }
}

/** What a breaker shows after it was switched from afar. */
function switchedTo(cache: Values, state: 'ON' | 'OFF'): Values {
  const idle = Object.keys(cache).filter((key) => /^(power|current)/.test(key));
  return {
    state,
    ...('event' in cache ? { event: state === 'ON' ? 'remote_on' : 'remote_off' } : {}),
    ...(state === 'OFF' ? Object.fromEntries(idle.map((key) => [key, 0])) : {}),
  };
}
