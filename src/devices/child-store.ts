import { sql } from 'kysely';
import { hardwareIdOf } from '../model/hardware-id.ts';
import type { GatewayChild } from '../model/uplinks.ts';
import type { Trx } from '../platform/database.ts';
import { announce } from '../platform/live-store.ts';
import { tellChanged } from './device-store.ts';
import { findTwins, type Twin } from './hardware-store.ts';

/** Zigbee coordinators hold some hundred devices; a gateway that names more is broken or lies. */
const MOST_CHILDREN = 500;
const SOUND_ID = /^[\p{L}\p{N}_.:/@=~-]{1,128}$/u;

export interface Gateway {
  id: number;
  protocol: string;
  nativeId: string;
  /** Others of its language may speak for its devices too: what is registered without a gateway stays so. */
  isOpen?: boolean;
}

export interface Adoption {
  /** Newly registered, taken over from another gateway or from nobody, and told a new name. */
  adopted: number;
  moved: number;
  renamed: number;
  refused: { nativeId: string; why: string }[];
}

interface Existing {
  id: number;
  native_id: string;
  active: boolean;
  gateway_id: number | null;
  is_gateway: boolean;
  name: string | null;
  model: string | null;
  vendor: string | null;
  /** Its gateway has told what is behind it, and it is not among that. */
  unlisted: boolean;
}

/**
 * Brings the devices behind a gateway up to what it says of them, all of them: strangers are registered, names follow. A device of another
 * gateway is taken over only where that one has told its list and it is not in it; then also the other way round: what this gateway no
 * longer lists goes to another one that does. Devices that vanish stay. Every process forgets what it remembers at the commit.
 */
export async function adoptChildren(
  trx: Trx,
  gateway: Gateway,
  given: readonly GatewayChild[],
): Promise<Adoption> {
  const { children, refused } = screen(gateway, given);
  const existing = await lockExisting(trx, gateway, children);
  await saveList(trx, gateway.id, children);
  const adoption: Adoption = { adopted: 0, moved: 0, renamed: 0, refused };
  await takeOver(trx, { gateway, children, existing }, adoption);
  adoption.moved += await handOver(trx, gateway);
  await tellAdopted(trx, gateway, adoption);
  return adoption;
}

/** The same for devices that a gateway makes known one by one: what it said of others before stays. Adds to `before`, where it is given. */
export async function introduceChildren(
  trx: Trx,
  gateway: Gateway,
  given: readonly GatewayChild[],
  before?: Adoption,
): Promise<Adoption> {
  const { children, refused } = screen(gateway, given);
  const existing = await lockExisting(trx, gateway, children);
  const adoption = before ?? { adopted: 0, moved: 0, renamed: 0, refused: [] };
  adoption.refused.push(...refused);
  await takeOver(trx, { gateway, children, existing }, adoption);
  await tellAdopted(trx, gateway, adoption);
  return adoption;
}

async function takeOver(
  trx: Trx,
  of: { gateway: Gateway; children: readonly GatewayChild[]; existing: ReadonlyMap<string, Existing> },
  adoption: Adoption,
): Promise<void> {
  const { gateway, children, existing } = of;
  const strangers: GatewayChild[] = [];
  for (const child of children) {
    const device = existing.get(child.nativeId);
    if (device) await follow(trx, { gateway, child, device }, adoption);
    else strangers.push(child);
  }
  const twins = await findTwins(
    trx,
    gateway.protocol,
    strangers.map(({ nativeId }) => nativeId),
  );
  const fresh = strangers.filter(({ nativeId }) => !twins.has(nativeId));
  const made = new Set(await insertChildren(trx, gateway, fresh));
  adoption.adopted += made.size;
  const left = strangers.filter(({ nativeId }) => !made.has(nativeId));
  adoption.refused.push(...left.map(({ nativeId }) => ({ nativeId, why: whyNot(twins.get(nativeId)) })));
}

const whyNot = (twin: Twin | undefined): string =>
  twin ? `registered as ${twin.protocol} ${twin.nativeId}` : `no room behind a gateway of ${MOST_CHILDREN}`;

async function tellAdopted(trx: Trx, gateway: Gateway, { adopted, moved, renamed }: Adoption): Promise<void> {
  if (adopted + moved + renamed === 0) return;
  await tellChanged(trx);
  await announce(trx, { type: 'device', id: gateway.id });
}

/** Registers what is in the waiting room behind a gateway, save what is known there by a mere name. Returns how many. */
export async function adoptWaiting(trx: Trx, gateway: Gateway): Promise<number> {
  const waiting = await trx
    .selectFrom('unknown_devices')
    .select(['native_id', 'description'])
    .where('protocol', '=', gateway.protocol)
    .where('gateway_native_id', '=', gateway.nativeId)
    .orderBy('last_seen_at', 'desc')
    .limit(MOST_CHILDREN)
    .execute();
  const sure = waiting.filter((row) => row.description !== null || hardwareIdOf(row.native_id) !== undefined);
  const strangers = sure.map((row) => ({
    nativeId: row.native_id,
    ...(row.description === null ? {} : { name: row.description }),
  }));
  const known = await lockExisting(trx, gateway, strangers);
  const ids = strangers.map(({ nativeId }) => nativeId);
  const twins = await findTwins(trx, gateway.protocol, ids);
  const adopted = await insertChildren(
    trx,
    gateway,
    strangers.filter(({ nativeId }) => !known.has(nativeId) && !twins.has(nativeId)),
  );
  if (adopted.length > 0) await tellChanged(trx);
  return adopted.length;
}

function screen(gateway: Gateway, given: readonly GatewayChild[]) {
  const children = new Map<string, GatewayChild>();
  const refused: Adoption['refused'] = [];
  for (const child of given) {
    if (child.nativeId === gateway.nativeId || children.has(child.nativeId)) continue;
    if (!SOUND_ID.test(child.nativeId)) refused.push({ nativeId: clean(child.nativeId), why: 'no id' });
    else if (children.size < MOST_CHILDREN) children.set(child.nativeId, child);
    else refused.push({ nativeId: child.nativeId, why: `more than ${MOST_CHILDREN} behind one gateway` });
  }
  return { children: [...children.values()], refused };
}

/** What the gateway lists now, in place of what it listed before. */
async function saveList(trx: Trx, gatewayId: number, children: readonly GatewayChild[]): Promise<void> {
  const columns = listColumns(children);
  await sql`
    delete from gateway_children where gateway_id = ${gatewayId} and native_id <> all(${columns.ids}::text[])`.execute(
    trx,
  );
  await sql`
    insert into gateway_children as c (gateway_id, native_id, name, model, vendor)
    select ${gatewayId}, t.* from unnest(${columns.ids}::text[], ${columns.names}::text[], ${columns.models}::text[],
      ${columns.vendors}::text[]) t
    on conflict (gateway_id, native_id) do update
      set name = excluded.name, model = excluded.model, vendor = excluded.vendor
      where (c.name, c.model, c.vendor) is distinct from (excluded.name, excluded.model, excluded.vendor)`.execute(
    trx,
  );
}

function listColumns(children: readonly GatewayChild[]) {
  return {
    ids: children.map((child) => child.nativeId),
    names: children.map((child) => cleanOrNull(child.name)),
    models: children.map((child) => cleanOrNull(child.model)),
    vendors: children.map((child) => cleanOrNull(child.vendor)),
    units: children.map((child) => hardwareIdOf(child.nativeId) ?? null),
  };
}

/** Those that are registered, the gateway and what was behind it, locked in the order in which ingest locks them. */
async function lockExisting(
  trx: Trx,
  gateway: Gateway,
  children: readonly GatewayChild[],
): Promise<Map<string, Existing>> {
  const { rows } = await sql<Existing>`
    select d.id, d.native_id, d.active, d.gateway_id, d.name, d.model, d.vendor,
      d.secret_hash is not null or d.topic_prefix is not null as is_gateway,
      coalesce((
        select exists (select 1 from protocol_sessions s where s.protocol = g.protocol and s.native_id = g.native_id)
          and not exists (select 1 from gateway_children c where c.gateway_id = g.id and c.native_id = d.native_id)
        from devices g where g.id = d.gateway_id
      ), false) as unlisted
    from devices d
    where d.id = ${gateway.id} or d.gateway_id = ${gateway.id}
      or (d.protocol = ${gateway.protocol} and d.native_id = any(${children.map((child) => child.nativeId)}::text[]))
    order by d.id for no key update of d`.execute(trx);
  return new Map(rows.map((row) => [row.native_id, row]));
}

async function follow(
  trx: Trx,
  { gateway, child, device }: { gateway: Gateway; child: GatewayChild; device: Existing },
  adoption: Adoption,
): Promise<void> {
  const refuse = (why: string) => void adoption.refused.push({ nativeId: child.nativeId, why });
  if (!device.active) return refuse('out of use');
  if (device.is_gateway) return refuse('a gateway or a device with a login of its own');
  const isOurs = device.gateway_id === gateway.id || (device.gateway_id === null && gateway.isOpen === true);
  if (!isOurs && device.gateway_id !== null && !device.unlisted)
    return refuse('it is behind another gateway');
  const set = {
    name: cleanOrNull(child.name) ?? device.name,
    model: cleanOrNull(child.model) ?? device.model,
    vendor: cleanOrNull(child.vendor) ?? device.vendor,
  };
  const isSame = set.name === device.name && set.model === device.model && set.vendor === device.vendor;
  if (isOurs && isSame) return;
  await trx
    .updateTable('devices')
    .set({ ...set, gateway_id: isOurs ? device.gateway_id : gateway.id })
    .where('id', '=', device.id)
    .execute();
  if (isOurs) adoption.renamed++;
  else adoption.moved++;
}

async function insertChildren(
  trx: Trx,
  gateway: Gateway,
  children: readonly GatewayChild[],
): Promise<string[]> {
  if (children.length === 0) return [];
  const columns = listColumns(children);
  const { rows } = await sql<{ native_id: string }>`
    with given as (
      select * from unnest(${columns.ids}::text[], ${columns.names}::text[], ${columns.models}::text[], ${columns.vendors}::text[],
        ${columns.units}::text[]) t (native_id, name, model, vendor, hardware_id)
      where not exists (
        select 1 from device_aliases a where a.protocol = ${gateway.protocol} and a.alias = t.native_id
      )
      limit greatest(0, ${MOST_CHILDREN} - (select count(*) from devices where gateway_id = ${gateway.id} and active))
    ), made as (
      insert into devices (protocol, native_id, name, model, vendor, hardware_id, gateway_id)
      select ${gateway.protocol}, native_id, name, model, vendor, hardware_id, ${gateway.id} from given
      on conflict (protocol, native_id) do nothing
      returning id, native_id
    ), named as (
      insert into device_aliases (protocol, alias, device_id) select ${gateway.protocol}, native_id, id from made
    ), gone as (
      delete from unknown_devices u using given
      where u.protocol = ${gateway.protocol}
        and (u.native_id = given.native_id or (u.native_id = given.name and u.gateway_native_id = ${gateway.nativeId}))
    )
    select native_id from made`.execute(trx);
  return rows.map((row) => row.native_id);
}

/** What is ours still and listed by another gateway alone is that one's now. */
async function handOver(trx: Trx, gateway: Gateway): Promise<number> {
  const { numAffectedRows } = await sql`
    with leaving as (
      select distinct on (d.id) d.id, c.gateway_id, c.name, c.model, c.vendor
      from devices d join gateway_children c on c.native_id = d.native_id
      join devices other on other.id = c.gateway_id and other.protocol = d.protocol and other.active
      where d.gateway_id = ${gateway.id} and d.active and c.gateway_id <> ${gateway.id}
        and not exists (select 1 from gateway_children o where o.gateway_id = ${gateway.id} and o.native_id = d.native_id)
      order by d.id, c.gateway_id
    )
    update devices d set gateway_id = l.gateway_id, name = coalesce(l.name, d.name), model = coalesce(l.model, d.model),
      vendor = coalesce(l.vendor, d.vendor)
    from leaving l where d.id = l.id`.execute(trx);
  return Number(numAffectedRows ?? 0n);
}

function clean(text: string): string {
  return text
    .slice(0, 120)
    .toWellFormed()
    .replace(/\p{Cc}/gu, '')
    .trim();
}

function cleanOrNull(text: string | undefined): string | null {
  return (text === undefined ? '' : clean(text)) || null;
}
