/** Learns from a discovery message: what entities there are, of which devices, and on which topics they speak. */
import type { GatewayChild } from '../../src/model/uplinks.ts';
import { clean, isObject } from '../sink.ts';
import { type ConfigPlace, type EntityConfig, entitiesOf } from './config.ts';
import { entityOf, nativeAdapterOf } from './entity.ts';
import { type Owner, ownerOf } from './identity.ts';
import { type Entity, type Memory, replaceEntities, type Taught, taughtOf } from './session.ts';

/** What a discovery message brought. */
export interface Learned {
  memory: Memory;
  introduces: GatewayChild[];
  listenTo: string[];
  reasons: string[];
  misunderstood?: boolean;
}

const MOST_DEVICES = 500;

/** The id under which a device is known already, though this message names another of its identifiers first. */
function knownAs({ ids, child }: Owner, { devices }: Taught): string {
  if (Object.hasOwn(devices, child.nativeId)) return child.nativeId;
  const entries = Object.entries(devices);
  const same = entries.find(([device, { ids: others = [] }]) =>
    ids.some((id) => id === device || others.includes(id)),
  );
  return same?.[0] ?? child.nativeId;
}

function noteOwner(memory: Memory, nativeId: string, { ids, via }: Owner): Memory {
  const taught = taughtOf(memory);
  const before = Object.hasOwn(taught.devices, nativeId) ? taught.devices[nativeId] : undefined;
  const all = [...new Set([...(before?.ids ?? []), ...ids])].filter((id) => id !== nativeId).slice(0, 8);
  const through = via ?? before?.via;
  const entry = { ...(all.length > 0 ? { ids: all } : {}), ...(through ? { via: through } : {}) };
  const crowded = !before && Object.keys(taught.devices).length >= MOST_DEVICES;
  if (crowded || JSON.stringify(before) === JSON.stringify(entry)) return memory;
  return { ...memory, taught: { ...taught, devices: { ...taught.devices, [nativeId]: entry } } };
}

function topicsOf({ topic, availability }: Entity): string[] {
  return [...(topic === undefined ? [] : [topic]), ...(availability?.topics.map((one) => one.topic) ?? [])];
}

interface Found {
  key: string;
  entity: Entity;
  owner: Owner;
}

function take(config: EntityConfig, taught: Taught, reasons: string[]): Found[] {
  const native = nativeAdapterOf(config);
  const label = clean(config.objectId, 64);
  if (native !== undefined) {
    reasons.push(`${label}: read by ${native}, which speaks for it by itself`);
    return [];
  }
  const owner = ownerOf(config);
  const entity = entityOf(config, knownAs(owner, taught));
  if (!entity) return [];
  if (entity.unsupported !== undefined) reasons.push(`${label}: unsupported template ${entity.unsupported}`);
  return [{ key: config.key, entity, owner }];
}

/** `raw` is the message parsed; undefined where it was empty, which takes the topic's entities back. */
export function learn(before: Memory, place: ConfigPlace, raw: unknown): Learned {
  const belongs = (key: string) => key === place.key || key.startsWith(`${place.key}#`);
  const nothing = { introduces: [], listenTo: [] };
  if (raw === undefined)
    return { ...nothing, memory: replaceEntities(before, belongs, {}), reasons: ['taken back'] };
  if (!isObject(raw))
    return {
      ...nothing,
      memory: before,
      reasons: ['discovery: expected a JSON object'],
      misunderstood: true,
    };
  const reasons: string[] = [];
  const found = entitiesOf(place, raw).flatMap((config) => take(config, taughtOf(before), reasons));
  if (found.length === 0 && reasons.length === 0) reasons.push('nothing in it that is read here');
  const entities = Object.fromEntries(found.map(({ key, entity }) => [key, entity]));
  let memory = replaceEntities(before, belongs, entities);
  const kept = found.filter(({ key }) => Object.hasOwn(taughtOf(memory).entities, key));
  if (kept.length < found.length) reasons.push('more entities than are kept');
  const children = new Map<string, GatewayChild>();
  for (const { entity, owner } of kept) {
    memory = noteOwner(memory, entity.device, owner);
    children.set(entity.device, { ...owner.child, nativeId: entity.device });
  }
  const listenTo = [...new Set(kept.flatMap(({ entity }) => topicsOf(entity)))];
  return { memory, introduces: [...children.values()], listenTo, reasons };
}
