import { sql } from 'kysely';
import { registerDevice } from '../devices/device-store.ts';
import { hardwareIdOf } from '../model/hardware-id.ts';
import { insertCompany, insertCompanyShift, putMember } from '../people/company-store.ts';
import type { Trx } from '../platform/database.ts';
import { binhu } from './binhu.ts';
import type { DemoChild, DemoGateway, DemoSensor } from './binhu-devices.ts';
import type { DemoAsset } from './binhu-estates.ts';
import { type Ids, idOf } from './ids.ts';

/** A gateway of the demo with what stands behind it, as the simulator's credentials file names it. */
export interface SeededGateway {
  id: string;
  secret: string;
  name: string;
  part?: string;
  children: { address: string; name: string; model: string; part?: string }[];
}

/** A native sensor of the demo, likewise. */
export interface SeededSensor {
  id: string;
  secret: string;
  name: string;
  kind: DemoSensor['kind'];
  part?: string;
}

export const ZIGBEE2MQTT = 'zigbee2mqtt';

/** Companies, assets, gateways and sensors; secrets exist only in what is returned. */
export async function seedNeighbourhood(
  trx: Trx,
  grids: Ids,
  accounts: Ids,
): Promise<{ gateways: SeededGateway[]; sensors: SeededSensor[] }> {
  const companies = await seedCompanies(trx, accounts);
  const assets = await seedAssets(trx, grids, companies);
  const gateways: SeededGateway[] = [];
  for (const gateway of binhu.gateways) gateways.push(await seedGateway(trx, gateway, assets));
  const sensors: SeededSensor[] = [];
  for (const sensor of binhu.sensors) sensors.push(await seedSensor(trx, sensor, assets));
  return { gateways, sensors };
}

async function seedCompanies(trx: Trx, accounts: Ids): Promise<Ids> {
  const ids = new Map<string, number>();
  for (const { members, shifts, ...company } of binhu.companies) {
    const companyId = await insertCompany(trx, company);
    ids.set(company.code, companyId);
    for (const { login, duty } of members)
      await putMember(trx, { companyId, accountId: idOf(accounts, login), duty });
    for (const { login, ...shift } of shifts)
      await insertCompanyShift(trx, { ...shift, companyId, accountId: idOf(accounts, login) });
  }
  return ids;
}

/** All of them in one statement: there are hundreds, and the first start is not to wait for them. */
async function seedAssets(trx: Trx, grids: Ids, companies: Ids): Promise<Ids> {
  const { rows } = await sql<{ id: number }>`
    select nextval(pg_get_serial_sequence('assets', 'id')) as id from generate_series(1, ${binhu.assets.length}::int)`.execute(
    trx,
  );
  const ids: Ids = new Map(binhu.assets.map(({ code }, i) => [code, rows[i]?.id ?? Number.NaN]));
  const written = JSON.stringify(binhu.assets.map((asset) => assetRow(asset, { ids, grids, companies })));
  await sql`
    insert into assets (id, parent_id, site_id, kind, code, name, grid_id, company_id, address, latitude, longitude, remote_switch)
    overriding system value
    select id, parent_id, site_id, kind, code, name, grid_id, company_id, address, latitude, longitude, remote_switch
    from jsonb_to_recordset(${written}::jsonb) a (id bigint, parent_id bigint, site_id bigint, kind text, code text, name text,
      grid_id bigint, company_id bigint, address text, latitude float8, longitude float8, remote_switch text)`.execute(
    trx,
  );
  return ids;
}

function assetRow(asset: DemoAsset, known: { ids: Ids; grids: Ids; companies: Ids }) {
  const { code, parent, kind, name, grid, company, address, latitude, longitude, remoteSwitch } = asset;
  return {
    id: idOf(known.ids, code),
    parent_id: parent === null ? null : idOf(known.ids, parent),
    site_id: idOf(known.ids, siteOf(code)),
    kind,
    code,
    name,
    grid_id: grid === undefined ? null : idOf(known.grids, grid),
    company_id: company === undefined ? null : idOf(known.companies, company),
    address: address ?? null,
    latitude: latitude ?? null,
    longitude: longitude ?? null,
    remote_switch: remoteSwitch ?? 'manual',
  };
}

/** `BH-01` of `BH-01-2-F3`. */
function siteOf(code: string): string {
  return code.split('-').slice(0, 2).join('-');
}

async function seedGateway(trx: Trx, gateway: DemoGateway, assets: Ids): Promise<SeededGateway> {
  const { nativeId, name, asset, part, children } = gateway;
  const { id, secret } = await registerDevice(trx, {
    protocol: ZIGBEE2MQTT,
    nativeId,
    name,
    assetId: idOf(assets, asset),
    topicPrefix: `${ZIGBEE2MQTT}/${nativeId}`,
    withSecret: true,
  });
  await insertChildren(trx, children, { gatewayId: id, assets });
  return {
    id: nativeId,
    secret: secret ?? '',
    name,
    ...(part === undefined ? {} : { part }),
    children: children.map((child) => ({
      address: child.nativeId,
      name: child.name,
      model: child.model,
      ...(child.part === undefined ? {} : { part: child.part }),
    })),
  };
}

async function insertChildren(
  trx: Trx,
  children: readonly DemoChild[],
  of: { gatewayId: number; assets: Ids },
): Promise<void> {
  const made = await trx
    .insertInto('devices')
    .values(
      children.map(({ nativeId, name, model, vendor, asset }) => ({
        protocol: ZIGBEE2MQTT,
        native_id: nativeId,
        hardware_id: hardwareIdOf(nativeId) ?? null,
        name,
        model,
        vendor,
        gateway_id: of.gatewayId,
        asset_id: asset === undefined ? null : idOf(of.assets, asset),
      })),
    )
    .returning(['id', 'native_id'])
    .execute();
  await trx
    .insertInto('device_aliases')
    .values(made.map(({ id, native_id }) => ({ protocol: ZIGBEE2MQTT, alias: native_id, device_id: id })))
    .execute();
}

async function seedSensor(trx: Trx, sensor: DemoSensor, assets: Ids): Promise<SeededSensor> {
  const { nativeId, name, kind, asset, part } = sensor;
  const { secret } = await registerDevice(trx, {
    protocol: 'native',
    nativeId,
    name,
    assetId: idOf(assets, asset),
    withSecret: true,
  });
  return { id: nativeId, secret: secret ?? '', name, kind, ...(part === undefined ? {} : { part }) };
}
