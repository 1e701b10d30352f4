/** Discovery messages: their topics, their abbreviations, the base topic `~`, and the form of one device with its components. */
import { isObject, type JsonObject } from '../sink.ts';
import { deviceAbbreviations, entityAbbreviations, originAbbreviations } from './abbreviations.ts';

const COMPONENT =
  'alarm_control_panel|binary_sensor|button|camera|climate|cover|date|datetime|device_automation|device_tracker|event|fan|humidifier|image|lawn_mower|light|lock|notify|number|scene|select|sensor|siren|switch|tag|text|time|update|vacuum|valve|water_heater';
const CONFIG = new RegExp(`^(.+?)/(device|${COMPONENT})/(?:([\\w-]+)/)?([\\w-]+)/config$`);
const MOST_COMPONENTS = 200;

/** Where a discovery message stands. */
export interface ConfigPlace {
  prefix: string;
  component: string;
  nodeId?: string;
  objectId: string;
  /** Names the topic within the prefix. */
  key: string;
}

/** One entity as its discovery message describes it, every key written out. */
export interface EntityConfig {
  key: string;
  component: string;
  objectId: string;
  config: JsonObject;
}

export function configPlaceOf(topic: string): ConfigPlace | undefined {
  const [, prefix, component, nodeId, objectId] = topic.length > 512 ? [] : (CONFIG.exec(topic) ?? []);
  if (prefix === undefined || component === undefined || objectId === undefined) return undefined;
  const key = topic.slice(prefix.length + 1, -'/config'.length);
  return { prefix, component, ...(nodeId === undefined ? {} : { nodeId }), objectId, key };
}

function written(raw: JsonObject, table: Readonly<Record<string, string>>): Record<string, unknown> {
  const entries = Object.entries(raw).slice(0, 300);
  return Object.fromEntries(
    entries.map(([key, value]) => [Object.hasOwn(table, key) ? (table[key] ?? key) : key, value]),
  );
}

function withBase(value: unknown, base: string): unknown {
  if (typeof value !== 'string' || base === '') return value;
  const begun = value.startsWith('~') ? `${base}${value.slice(1)}` : value;
  return begun.endsWith('~') ? `${begun.slice(0, -1)}${base}` : begun;
}

const isTopic = (key: string) => key.endsWith('topic');

function based(config: JsonObject, base: string): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => [key, isTopic(key) ? withBase(value, base) : value]),
  );
}

/** Keys written out and `~` put in, also within `availability`, `device` and `origin`. */
export function expand(raw: JsonObject, inherited = ''): Record<string, unknown> {
  const plain = written(raw, entityAbbreviations);
  const base = typeof plain['~'] === 'string' ? plain['~'] : inherited;
  const { availability, device, origin } = plain;
  const list = Array.isArray(availability) ? availability : isObject(availability) ? [availability] : [];
  return {
    ...based(plain, base),
    ...(list.length > 0
      ? {
          availability: list
            .slice(0, 16)
            .filter(isObject)
            .map((one) => based(written(one, entityAbbreviations), base)),
        }
      : {}),
    ...(isObject(device) ? { device: written(device, deviceAbbreviations) } : {}),
    ...(isObject(origin) ? { origin: written(origin, originAbbreviations) } : {}),
  };
}

function components(place: ConfigPlace, raw: JsonObject): EntityConfig[] {
  const { components: listed, ...shared } = expand(raw);
  if (!isObject(listed)) return [];
  const base = typeof shared['~'] === 'string' ? shared['~'] : '';
  return Object.entries(listed)
    .slice(0, MOST_COMPONENTS)
    .flatMap(([id, one]) => {
      const own = isObject(one) ? expand(one, base) : {};
      const { platform, ...rest } = own;
      /** Nothing but its platform: the component is taken back. */
      if (typeof platform !== 'string' || Object.keys(rest).length === 0) return [];
      return [
        {
          key: `${place.key}#${id.slice(0, 128)}`,
          component: platform,
          objectId: id,
          config: { ...shared, ...own },
        },
      ];
    });
}

/** The entities that a discovery message describes. One that only says that it moves elsewhere describes none. */
export function entitiesOf(place: ConfigPlace, raw: JsonObject): EntityConfig[] {
  if (place.component === 'device') return components(place, raw);
  const config = expand(raw);
  if (config.migrate_discovery === true) return [];
  return [{ key: place.key, component: place.component, objectId: place.objectId, config }];
}
