import { spellingsOf } from '../../devices/command-store.ts';
import { changeDevice, type DeviceChange } from '../../devices/device-change-store.ts';
import { registerDevice, speaksForItself } from '../../devices/device-store.ts';
import { gatewayPrefix, hasTopicPrefix } from '../../devices/gateways.ts';
import type { Protocol } from '../../model/uplinks.ts';
import type { Trx } from '../../platform/database.ts';
import { AppError } from '../../platform/errors.ts';
import { readGrids } from '../grid-store.ts';
import {
  type DeviceBefore,
  lockDevicesByAlias,
  readAssetGrids,
  readPrefixes,
} from './device-import-store.ts';
import { type DeviceLine, readDeviceLines } from './device-lines.ts';
import type { ImportFault, ImportFile, ImportOutcome } from './import-fault.ts';
import { type TopicPrefixes, topicPrefixes } from './topic-prefixes.ts';
import { readUnits, type Units } from './units.ts';

type Spoken = Pick<Protocol, 'name' | 'aliases' | 'mqttTopic' | 'gateway'>;

export interface DeviceImporter {
  accountId: number;
  protocols: readonly Spoken[];
  mayEdit(gridId: number | null): boolean;
  now: number;
  dryRun: boolean;
}

/** What the lines refer to. */
interface World extends DeviceImporter {
  known: Map<string, DeviceBefore>;
  assets: ReadonlyMap<string, { id: number; gridId: number | null }>;
  grids: ReadonlyMap<string, number>;
  /** Of devices; 0 stands for one that a dry run would bring. */
  prefixes: TopicPrefixes;
  units: Units;
  /** Line of the file in which a device came first. */
  first: Map<string, number>;
}

/**
 * Brings devices in, in the caller's transaction: by protocol and id, so that the same file again changes nothing; what a line leaves empty
 * stays. Gateways go first, wherever in the file they stand. With `dryRun` it only says what it would do.
 */
export async function importDevices(trx: Trx, file: ImportFile, by: DeviceImporter): Promise<ImportOutcome> {
  const read = readDeviceLines(file.rows);
  const world = await worldOf(trx, read.lines, by);
  const faults = [...file.faults, ...read.faults];
  const outcome: ImportOutcome = { created: 0, updated: 0, unchanged: 0, faults, secrets: [] };
  const isBehind = ({ gateway }: DeviceLine): number => (gateway === undefined ? 0 : 1);
  for (const line of [...read.lines].sort((a, b) => isBehind(a) - isBehind(b) || a.line - b.line)) {
    const fault = faultOf(line, world);
    if (fault) faults.push({ line: line.line, ...fault });
    else await take(trx, line, { world, outcome });
  }
  faults.sort((a, b) => a.line - b.line);
  return outcome;
}

const keyOf = (protocol: string, spelling: string): string => `${protocol}\n${spelling}`;

async function worldOf(trx: Trx, lines: readonly DeviceLine[], by: DeviceImporter): Promise<World> {
  const spellings = lines.flatMap((line) => {
    const protocol = by.protocols.find(({ name }) => name === line.protocol);
    const ids = [line.nativeId, ...(line.gateway === undefined ? [] : [line.gateway])];
    return protocol
      ? ids.flatMap((id) => spellingsOf(protocol, id)).map((alias) => ({ protocol: protocol.name, alias }))
      : [];
  });
  const known = await lockDevicesByAlias(trx, spellings);
  const codes = lines.flatMap(({ assetCode }) => assetCode ?? []);
  return {
    ...by,
    known: new Map(known.map((device) => [keyOf(device.protocol, device.alias), device])),
    assets: await readAssetGrids(trx, codes),
    grids: new Map((await readGrids(trx)).map(({ code, id }) => [code, id])),
    prefixes: topicPrefixes(await readPrefixes(trx)),
    units: await readUnits(trx, lines),
    first: new Map(),
  };
}

function faultOf(line: DeviceLine, world: World): Omit<ImportFault, 'line'> | undefined {
  const protocol = world.protocols.find(({ name }) => name === line.protocol);
  if (!protocol)
    return { field: 'protocol', code: 'IMPORT_PROTOCOL_UNKNOWN', details: { value: line.protocol } };
  const spellings = spellingsOf(protocol, line.nativeId).map((each) => keyOf(protocol.name, each));
  const first = spellings.map((each) => world.first.get(each)).find((each) => each !== undefined);
  if (first !== undefined)
    return { field: 'native_id', code: 'IMPORT_TWICE', details: { value: line.nativeId, first } };
  for (const each of spellings) world.first.set(each, line.line);
  const context = { world, protocol };
  return unitFault(line, context) ?? referenceFault(line, context) ?? rightsFault(line, context);
}

interface Context {
  world: World;
  protocol: Spoken;
}

/** One unit is taken once, in whatever language; what is registered already keeps what it is. */
function unitFault(line: DeviceLine, context: Context): Omit<ImportFault, 'line'> | undefined {
  const twin = beforeOf(line, context) ? undefined : context.world.units.twinOf(line);
  return twin && { field: 'native_id', code: 'DEVICE_HARDWARE_TAKEN', details: { ...twin } };
}

function referenceFault(
  line: DeviceLine,
  { world, protocol }: Context,
): Omit<ImportFault, 'line'> | undefined {
  const { assetCode, grid, gateway } = line;
  if (logsIn(line, protocol) && !speaksForItself.test(line.nativeId))
    return { field: 'native_id', code: 'DEVICE_ID_INVALID', details: { nativeId: line.nativeId } };
  if (assetCode !== undefined && !world.assets.has(assetCode))
    return { field: 'asset_code', code: 'IMPORT_ASSET_UNKNOWN', details: { value: assetCode } };
  if (grid !== undefined && !world.grids.has(grid))
    return { field: 'grid', code: 'IMPORT_GRID_UNKNOWN', details: { value: grid } };
  if (gateway !== undefined && !gatewayOf(line, { world, protocol }))
    return { field: 'gateway', code: 'IMPORT_GATEWAY_UNKNOWN', details: { value: gateway } };
  const prefix = prefixOf(line, { world, protocol });
  if (prefix === 'broken')
    return {
      field: 'topic_prefix',
      code: 'DEVICE_PREFIX_INVALID',
      details: { topicPrefix: line.topicPrefix ?? '' },
    };
  const own = beforeOf(line, { world, protocol })?.id;
  return prefix === undefined || !world.prefixes.isTaken(prefix, own)
    ? undefined
    : { field: 'topic_prefix', code: 'DEVICE_PREFIX_TAKEN', details: { topicPrefix: prefix } };
}

const logsIn = ({ gateway, topicPrefix }: DeviceLine, protocol: Spoken): boolean =>
  gateway === undefined &&
  (protocol.mqttTopic !== undefined || hasTopicPrefix(protocol, { isChild: false, given: topicPrefix }));

function rightsFault(line: DeviceLine, { world, protocol }: Context): Omit<ImportFault, 'line'> | undefined {
  const before = beforeOf(line, { world, protocol });
  if (before && before.subjectId !== null) return { field: null, code: 'IMPORT_DEVICE_WORN' };
  const asset = line.assetCode === undefined ? undefined : world.assets.get(line.assetCode);
  const grid = line.grid === undefined ? undefined : world.grids.get(line.grid);
  const places = [
    ...(before ? [before.gridId] : []),
    ...(asset ? [asset.gridId] : []),
    ...(grid === undefined ? [] : [grid]),
    gatewayOf(line, { world, protocol })?.gridId ?? null,
  ];
  return places.every((place) => world.mayEdit(place))
    ? undefined
    : { field: null, code: 'IMPORT_NOT_YOURS' };
}

const beforeOf = (line: DeviceLine, { world, protocol }: Context): DeviceBefore | undefined =>
  spellingsOf(protocol, line.nativeId)
    .map((each) => world.known.get(keyOf(protocol.name, each)))
    .find((each) => each !== undefined);

function gatewayOf({ gateway }: DeviceLine, { world, protocol }: Context): DeviceBefore | undefined {
  return gateway === undefined ? undefined : world.known.get(keyOf(protocol.name, gateway));
}

/** Where a gateway is to speak: what the line says, else what it has, else that of its protocol. */
function prefixOf(line: DeviceLine, { world, protocol }: Context): string | undefined | 'broken' {
  const before = beforeOf(line, { world, protocol });
  const isChild = line.gateway !== undefined || Boolean(before?.gatewayId);
  const isGateway = hasTopicPrefix(protocol, { isChild, given: line.topicPrefix });
  if (!isGateway || (before && line.topicPrefix === undefined)) return undefined;
  try {
    return gatewayPrefix(protocol, line.nativeId, line.topicPrefix);
  } catch (error) {
    if (error instanceof AppError) return 'broken';
    throw error;
  }
}

async function take(
  trx: Trx,
  line: DeviceLine,
  { world, outcome }: { world: World; outcome: ImportOutcome },
): Promise<void> {
  const protocol = world.protocols.find(({ name }) => name === line.protocol);
  if (!protocol) return;
  const before = beforeOf(line, { world, protocol });
  const change = changeOf(line, { world, protocol });
  if (!before) {
    outcome.created++;
    await register(trx, line, { world, protocol, change, outcome });
    return;
  }
  const isNew = (field: keyof typeof change): boolean => {
    const now = field === 'gridId' ? before.ownGridId : before[field as keyof DeviceBefore];
    return change[field] !== undefined && change[field] !== now;
  };
  if (!(Object.keys(change) as (keyof typeof change)[]).some(isNew)) {
    outcome.unchanged++;
    return;
  }
  outcome.updated++;
  if (!world.dryRun) await changeDevice(trx, before.id, change, world.now);
}

function changeOf(line: DeviceLine, { world, protocol }: Context): DeviceChange {
  const { name, model, vendor, operator, assetCode, grid } = line;
  const prefix = prefixOf(line, { world, protocol });
  return {
    name,
    model,
    vendor,
    operator,
    assetId: assetCode === undefined ? undefined : world.assets.get(assetCode)?.id,
    gridId: grid === undefined ? undefined : world.grids.get(grid),
    gatewayId: gatewayOf(line, { world, protocol })?.id,
    topicPrefix: prefix === 'broken' ? undefined : prefix,
  };
}

/** Registers it; in a dry run it only counts as known, so that what stands behind it finds it. */
async function register(
  trx: Trx,
  line: DeviceLine,
  { world, protocol, change, outcome }: Context & { change: DeviceChange; outcome: ImportOutcome },
): Promise<void> {
  const aliases = spellingsOf(protocol, line.nativeId);
  const isOnItsOwn = logsIn(line, protocol);
  const { subjectId: _worn, active: _inUse, ...fields } = change;
  const device = { protocol: protocol.name, nativeId: line.nativeId, aliases, ...fields };
  const made = world.dryRun
    ? { id: 0, secret: null }
    : await registerDevice(trx, { ...device, registeredBy: world.accountId, withSecret: isOnItsOwn });
  if (made.secret !== null)
    outcome.secrets?.push({ protocol: protocol.name, nativeId: line.nativeId, secret: made.secret });
  if (change.topicPrefix) world.prefixes.add(change.topicPrefix, made.id);
  world.units.add(line);
  for (const alias of aliases)
    world.known.set(keyOf(protocol.name, alias), asBefore(made.id, { line, change, world }));
}

function asBefore(
  id: number,
  { line, change, world }: { line: DeviceLine; change: DeviceChange; world: World },
): DeviceBefore {
  const asset = line.assetCode === undefined ? undefined : world.assets.get(line.assetCode);
  return {
    id,
    protocol: line.protocol,
    alias: line.nativeId,
    name: change.name ?? null,
    model: change.model ?? null,
    vendor: change.vendor ?? null,
    subjectId: null,
    assetId: change.assetId ?? null,
    gatewayId: change.gatewayId ?? null,
    ownGridId: change.gridId ?? null,
    topicPrefix: change.topicPrefix ?? null,
    operator: change.operator ?? null,
    gridId: asset?.gridId ?? change.gridId ?? null,
  };
}
