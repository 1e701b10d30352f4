/** Makes of a description what is kept of an entity; what says nothing to us, or is said by another adapter, is not. */
import { guessPrefix as shellyPrefix } from '../shelly/topics.ts';
import { clean, isObject, type JsonObject } from '../sink.ts';
import { guessPrefix as tasmotaPrefix } from '../tasmota/topics.ts';
import { guessPrefix as zigbeePrefix } from '../zigbee2mqtt/topics.ts';
import type { EntityConfig } from './config.ts';
import type { Meaning } from './meaning.ts';
import { describe, meaningOf } from './means.ts';
import type { Availability, Command, Entity } from './session.ts';
import { MAX_TEMPLATE, parseTemplate } from './template.ts';

const MAX_TOPIC = 256;
const MAX_WORD = 256;
const MOST_TOPICS = 8;
const NATIVE: readonly (readonly [string, (topic: string) => string | undefined])[] = [
  ['zigbee2mqtt', zigbeePrefix],
  ['tasmota', tasmotaPrefix],
  ['shelly', shellyPrefix],
];

/** A topic that can be subscribed to by itself. */
function topicOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' && value.length <= MAX_TOPIC && !/[+#\0]/.test(value)
    ? value
    : undefined;
}

/** A payload as Home Assistant would compare it: `true` in a description is the text that Jinja makes of it. */
function wordOf(value: unknown, usual: string): string {
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value.length <= MAX_WORD ? value : usual;
}

const templateOf = (value: unknown) =>
  typeof value === 'string' && value !== '' ? { template: value.slice(0, MAX_TEMPLATE + 1) } : {};

function availabilityOf(config: JsonObject): Entity['availability'] {
  const { availability, availability_topic: single, availability_mode: mode } = config;
  const listed = Array.isArray(availability) ? availability.filter(isObject) : [];
  const given =
    single === undefined
      ? listed
      : [{ ...config, topic: single, value_template: config.availability_template }];
  const topics = given.slice(0, MOST_TOPICS).flatMap((one: JsonObject): Availability[] => {
    const topic = topicOf(one.topic);
    if (topic === undefined) return [];
    const on = wordOf(one.payload_available, 'online');
    const off = wordOf(one.payload_not_available, 'offline');
    return [{ topic, on, off, ...templateOf(one.value_template) }];
  });
  if (topics.length === 0) return undefined;
  return { mode: mode === 'all' || mode === 'any' ? mode : 'latest', topics };
}

/** The raw words of the two states. */
function statesOf({ config, component }: EntityConfig, means: Meaning): { on?: string; off?: string } {
  if (component === 'valve')
    return { on: wordOf(config.state_open, 'open'), off: wordOf(config.state_closed, 'closed') };
  if (component === 'switch')
    return {
      on: wordOf(config.state_on ?? config.payload_on, 'ON'),
      off: wordOf(config.state_off ?? config.payload_off, 'OFF'),
    };
  return component === 'binary_sensor' && means.as !== 'command'
    ? { on: wordOf(config.payload_on, 'ON'), off: wordOf(config.payload_off, 'OFF') }
    : {};
}

const JSON_ON = '{"state":"ON"}';
const JSON_OFF = '{"state":"OFF"}';

/** What is to be said on the command topic. A siren without a template of its own takes JSON. */
function commandOf({ config, component }: EntityConfig): Command | undefined {
  const topic = topicOf(config.command_topic);
  if (topic === undefined) return undefined;
  const template = templateOf(config.command_template);
  if (component === 'valve') {
    const positions = config.reports_position === true;
    const on = positions ? '100' : wordOf(config.payload_open, 'OPEN');
    return { topic, on, off: positions ? '0' : wordOf(config.payload_close, 'CLOSE'), ...template };
  }
  if (component === 'button')
    return { topic, on: wordOf(config.payload_press, 'PRESS'), off: '', ...template };
  const json =
    component === 'siren' && config.command_template === undefined && config.payload_on === undefined;
  const [on, off] = json ? [JSON_ON, JSON_OFF] : ['ON', 'OFF'];
  return { topic, on: wordOf(config.payload_on, on), off: wordOf(config.payload_off, off), ...template };
}

/** The adapter that reads an entity's state topic by itself: it is taken there, with all that it says. */
export function nativeAdapterOf({ config }: EntityConfig): string | undefined {
  const { origin } = config;
  const maker = isObject(origin) && typeof origin.name === 'string' ? origin.name.toLowerCase() : '';
  if (maker === 'zigbee2mqtt') return 'zigbee2mqtt';
  const topic = topicOf(config.state_topic ?? config.topic) ?? topicOf(config.command_topic);
  return topic === undefined ? undefined : NATIVE.find(([, guess]) => guess(topic) !== undefined)?.[0];
}

/** An entity that is worth keeping; undefined for one that says nothing of the signals that we know. */
export function entityOf(described: EntityConfig, device: string): Entity | undefined {
  const { config, component, objectId } = described;
  const means = meaningOf(described, describe(described));
  const trigger = component === 'device_automation';
  const topic = topicOf(trigger ? config.topic : config.state_topic);
  const command = commandOf(described);
  if (!means || (topic === undefined && !command)) return undefined;
  const { template } = templateOf(config.value_template) as { template?: string };
  const parsed = template === undefined ? undefined : parseTemplate(template);
  const availability = availabilityOf(config);
  const delay = Number(config.off_delay ?? 0);
  return {
    device,
    point: clean(typeof config.object_id === 'string' ? config.object_id : objectId, 64),
    means,
    ...(topic === undefined || means.as === 'command' ? {} : { topic }),
    ...(template === undefined || typeof parsed === 'string' ? {} : { template }),
    ...(typeof parsed === 'string' ? { unsupported: `${clean(template ?? '', 120)} (${parsed})` } : {}),
    ...statesOf(described, means),
    ...(trigger && typeof config.payload === 'string' ? { payload: config.payload.slice(0, MAX_WORD) } : {}),
    ...(delay > 0 ? { momentary: true as const } : {}),
    ...(availability ? { availability } : {}),
    ...(command ? { command } : {}),
  };
}
