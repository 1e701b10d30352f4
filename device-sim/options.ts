import { parseArgs } from 'node:util';
import { parseDuration } from './time.ts';

export interface Options {
  scenario: string;
  speed: number;
  /** Undefined: every device of the credentials file, or the scenario's own number. */
  devices?: number;
  host?: string;
  credentials?: string;
  watchPort?: number;
  mqttPort?: number;
  /** Broker of the gateways, where it is not the server's own. */
  mqttUrl?: string;
  seed: number;
  durationMs?: number;
  /** `load` only: readings each second, all devices together. */
  rate: number;
  json: boolean;
}

export const usage = `npm run sim -- <scenario> [options]

  --speed N           the story goes N times as fast (1); device times stay real
  --devices N         how many devices (all of the credentials file)
  --host H            server (127.0.0.1)
  --watch-port N      wristbands over TCP (5093)
  --mqtt-port N       MQTT of the server (1883)
  --mqtt-url URL      binhu, lorawan, sparkplug: the broker of the gateways, such as a Mosquitto
  --credentials FILE  devices that are registered there, as JSON; without it unregistered ones are invented
  --seed N            the same seed gives the same story (1)
  --duration 10m      end after this long
  --rate N            load only: readings a second (100)
  --json              one JSON object a line`;

/** Throws an Error with a sentence for the person at the keyboard. */
export function parseOptions(args: readonly string[]): Options {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      speed: { type: 'string' },
      devices: { type: 'string' },
      host: { type: 'string' },
      credentials: { type: 'string' },
      'watch-port': { type: 'string' },
      'mqtt-port': { type: 'string' },
      'mqtt-url': { type: 'string' },
      seed: { type: 'string' },
      duration: { type: 'string' },
      rate: { type: 'string' },
      json: { type: 'boolean' },
    },
  });
  const [scenario, ...more] = positionals;
  if (scenario === undefined) throw new Error('which scenario?');
  if (more.length) throw new Error(`one scenario at a time, not also ${more.join(', ')}`);
  const durationMs = values.duration === undefined ? undefined : parseDuration(values.duration);
  if (values.duration !== undefined && durationMs === undefined)
    throw new Error(`--duration: ${values.duration} is no duration such as 90s, 10m or 2h`);
  return defined({
    scenario,
    speed: positive('--speed', values.speed) ?? 1,
    devices: whole('--devices', values.devices),
    host: values.host,
    credentials: values.credentials,
    watchPort: whole('--watch-port', values['watch-port']),
    mqttPort: whole('--mqtt-port', values['mqtt-port']),
    mqttUrl: brokerUrl(values['mqtt-url']),
    seed: whole('--seed', values.seed) ?? 1,
    durationMs,
    rate: positive('--rate', values.rate) ?? 100,
    json: values.json ?? false,
  });
}

function positive(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!(value > 0) || !Number.isFinite(value)) throw new Error(`${name}: ${text} is no positive number`);
  return value;
}

function whole(name: string, text: string | undefined): number | undefined {
  const value = positive(name, text);
  if (value !== undefined && !Number.isInteger(value)) throw new Error(`${name}: ${text} is no whole number`);
  return value;
}

function brokerUrl(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  if (!URL.canParse(text) || !/^(mqtts?|wss?):$/.test(new URL(text).protocol))
    throw new Error(`--mqtt-url: ${text} is no address such as mqtt://127.0.0.1:1883`);
  return text;
}

type Defined<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** Without the keys that hold undefined. */
function defined<T extends object>(value: T): Defined<T> {
  return Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as Defined<T>;
}
