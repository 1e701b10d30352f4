/** The entities of a gateway by the topics on which they speak, ready to be read. */
import type { Signal } from '../../src/model/signals.ts';
import type { Meaning } from './meaning.ts';
import { type Availability, type Entity, own, type Taught } from './session.ts';
import { parseTemplate, type Template } from './template.ts';

export interface Ready {
  key: string;
  entity: Entity;
  channel: { channel?: string };
  template?: Template;
}

export type ReadyAvailability = Availability & { parsed?: Template };

/** The ways in which a device says whether it is there. */
export interface Presence {
  mode: 'all' | 'any' | 'latest';
  topics: readonly ReadyAvailability[];
}

export interface Index {
  states: ReadonlyMap<string, readonly Ready[]>;
  /** By topic, the devices that are there or not by it. */
  presence: ReadonlyMap<string, ReadonlySet<string>>;
  /** By device, every different way that its entities name. */
  presences: ReadonlyMap<string, readonly Presence[]>;
  /** Devices that measure the mains. */
  metering: ReadonlySet<string>;
  all: readonly Ready[];
}

const METERED: ReadonlySet<Signal> = new Set(['current', 'power', 'energy_import', 'apparent_power']);

const known = new WeakMap<Taught['entities'], Index>();
/** An announcement changes the entities of one topic; those of all others stay the same objects. */
const parsed = new WeakMap<Entity | Availability, Template>();

function templateOf(of: Entity | Availability): Template | undefined {
  const { template: text } = of;
  const found = text === undefined ? undefined : (parsed.get(of) ?? parseTemplate(text));
  if (found === undefined || typeof found === 'string') return undefined;
  parsed.set(of, found);
  return found;
}

function signalOf(means: Meaning): Signal | undefined {
  if (means.as === 'breaker') return 'breaker_position';
  if (means.as === 'valve') return 'valve_position';
  return 'signal' in means ? means.signal : undefined;
}

const explicit = (means: Meaning) => ('channel' in means ? (means.channel ?? '') : '');

function placeOf({ device, means }: Entity): string {
  return [device, means.as, signalOf(means) ?? '', explicit(means)].join('\n');
}

function slug(text: string): { channel?: string } {
  const plain = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .slice(0, 32);
  return plain === '' ? {} : { channel: plain };
}

/** Points that nothing else tells apart are called by their entity. */
function ready(entities: Taught['entities']): Ready[] {
  const counts = new Map<string, number>();
  for (const entity of Object.values(entities))
    counts.set(placeOf(entity), (counts.get(placeOf(entity)) ?? 0) + 1);
  return Object.entries(entities).map(([key, entity]) => {
    const several = (counts.get(placeOf(entity)) ?? 0) > 1 && signalOf(entity.means) !== 'online';
    const named = explicit(entity.means);
    const template = templateOf(entity);
    return {
      key,
      entity,
      channel: several ? slug(entity.point) : named === '' ? {} : { channel: named },
      ...(template ? { template } : {}),
    };
  });
}

function append<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

function presenceOf({ availability }: Entity): Presence | undefined {
  if (!availability) return undefined;
  const topics = availability.topics.map((one) => {
    const template = templateOf(one);
    return template ? { ...one, parsed: template } : one;
  });
  return { mode: availability.mode, topics };
}

const meters = ({ means }: Entity) => means.as === 'number' && METERED.has(means.signal);

function build(entities: Taught['entities']): Index {
  const all = ready(entities);
  const states = new Map<string, Ready[]>();
  const presence = new Map<string, Set<string>>();
  const presences = new Map<string, Presence[]>();
  const seen = new Set<string>();
  for (const one of all) {
    const { topic, availability, device } = one.entity;
    if (topic !== undefined) append(states, topic, one);
    for (const { topic: place } of availability?.topics ?? [])
      presence.set(place, (presence.get(place) ?? new Set()).add(device));
    const way = `${device}\n${JSON.stringify(availability ?? '')}`;
    const found = seen.has(way) ? undefined : presenceOf(one.entity);
    seen.add(way);
    if (found) append(presences, device, found);
  }
  const metering = new Set(all.filter(({ entity }) => meters(entity)).map(({ entity }) => entity.device));
  return { states, presence, presences, metering, all };
}

/** Built once for each state of what was announced. */
export function indexOf({ entities }: Taught): Index {
  const found = known.get(entities) ?? build(entities);
  known.set(entities, found);
  return found;
}

/** The device through which another speaks, where both are known. */
export function viaOf({ devices }: Taught, device: string): string | undefined {
  const via = own(devices, device)?.via;
  if (via === undefined) return undefined;
  if (Object.hasOwn(devices, via)) return via;
  return Object.entries(devices).find(([, { ids = [] }]) => ids.includes(via))?.[0];
}
