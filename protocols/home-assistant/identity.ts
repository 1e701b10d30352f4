import type { GatewayChild } from '../../src/model/uplinks.ts';
import { clean, isObject } from '../sink.ts';
import type { EntityConfig } from './config.ts';

/** Whose entity it is. */
export interface Owner {
  child: GatewayChild;
  /** Every identifier and connection, for whoever describes the same device by another of them. */
  ids: string[];
  /** The device through which it speaks, where it names one. */
  via?: string;
}

const ADDRESS =
  /^(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}$|^(?:[0-9a-f]{2}[:-]){7}[0-9a-f]{2}$|^[0-9a-f]{12}$|^[0-9a-f]{16}$/i;
const MOST_IDS = 8;

/** What an id may not hold here: `Kitchen leak` is `Kitchen-leak`. */
const UNFIT = /[^\p{L}\p{N}_.:/@=~-]+/gu;

/** An address as lower-case hex, whatever stands between its bytes; any other text with dashes for what no id may hold. */
export function plainId(id: string): string {
  const text = clean(id.trim(), 128);
  return ADDRESS.test(text) ? text.replaceAll(/[:-]/g, '').toLowerCase() : text.replace(UNFIT, '-');
}

const texts = (value: unknown): string[] =>
  (Array.isArray(value) ? value : [value])
    .filter((one) => (typeof one === 'string' && one.trim() !== '') || typeof one === 'number')
    .slice(0, MOST_IDS)
    .map((one) => plainId(String(one)));

function connectionsOf(value: unknown): string[] {
  const pairs = Array.isArray(value) ? value.slice(0, MOST_IDS) : [];
  return pairs.flatMap((pair: unknown) => (Array.isArray(pair) ? texts(pair[1]) : []));
}

const word = (value: unknown) =>
  typeof value === 'string' && value.trim() !== '' ? clean(value.trim(), 128) : undefined;

/** By identifiers, connections, the entity's own id or its place among the topics, the first that is there. */
export function ownerOf({ config, key }: EntityConfig): Owner {
  const device = isObject(config.device) ? config.device : {};
  const named = [...new Set([...texts(device.identifiers), ...connectionsOf(device.connections)])];
  const [own = plainId(key.split('/').slice(1).join('/'))] = texts(config.unique_id);
  const ids = named.length > 0 ? named : [own];
  const name = word(device.name) ?? (named.length > 0 ? undefined : word(config.name));
  const model = word(device.model) ?? word(device.model_id);
  const vendor = word(device.manufacturer);
  const [via] = texts(device.via_device);
  return {
    child: {
      nativeId: ids[0] ?? own,
      ...(name ? { name } : {}),
      ...(model ? { model } : {}),
      ...(vendor ? { vendor } : {}),
    },
    ids,
    ...(via === undefined ? {} : { via }),
  };
}
