import { commandsOf, measurementsOf } from '../devices/commands.ts';
import { switchableDevices } from '../devices/switching-store.ts';
import { AppError } from '../platform/errors.ts';
import {
  type DeviceFacts,
  mayEditSubject,
  mayPutOut,
  mayReadVitals,
  maySwitch,
  type Scope,
  seesDevice,
} from './authorisation.ts';
import type { ApiDeps } from './deps.ts';
import type { DownlinkInput } from './downlink-schemas.ts';
import { notFound } from './problems.ts';
import type { DeviceView } from './schemas.ts';
import { isSilent, silencesOf } from './silence.ts';
import { type DeviceRow, readDevices } from './stores/device-view-store.ts';
import { recentIncidents } from './vitals.ts';

/** What decides who sees a device and may do something to it. */
export function deviceFacts(row: DeviceRow): DeviceFacts {
  const gridId = row.subject_id === null ? row.grid_id : row.subject_grid_id;
  return { subjectId: row.subject_id, gridId, companyId: row.company_id };
}

/** Throws NOT_FOUND also for a device that the caller does not see; who helps her in an incident sees her device. */
export async function mustSeeDevice(deps: ApiDeps, scope: Scope, id: number): Promise<DeviceRow> {
  const [row] = await readDevices(deps.database.db, { id });
  if (!row) throw notFound();
  const facts = deviceFacts(row);
  if (seesDevice(scope, facts)) return row;
  if (facts.subjectId === null) throw notFound();
  const incidents = await recentIncidents(deps, scope, [facts.subjectId]);
  const wearer = { id: facts.subjectId, gridId: facts.gridId };
  if (!mayReadVitals(scope, wearer, { incidents, now: deps.clock.now() })) throw notFound();
  return row;
}

export function protocolOf(deps: ApiDeps, name: string): ApiDeps['protocols'][number] {
  const protocol = deps.protocols.find((each) => each.name === name);
  if (!protocol)
    throw new AppError('DEVICE_PROTOCOL_UNKNOWN', `no protocol ${name}`, { details: { protocol: name } });
  return protocol;
}

/** Devices as the caller sees them, each with what he may tell it to do. */
export async function deviceViews(
  deps: ApiDeps,
  scope: Scope,
  rows: readonly DeviceRow[],
): Promise<DeviceView[]> {
  const switchable = await switchableDevices(
    deps.database.db,
    rows.map(({ id }) => id),
  );
  const silences = silencesOf(deps.protocols);
  return rows.map((row) => {
    const silent = isSilent(
      { protocol: row.protocol, model: row.model, lastSeenAt: row.last_seen_at },
      { silences, now: deps.clock.now() },
    );
    return { ...deviceView(row), silent, ...commandsFor(deps, scope, { row, switchable }) };
  });
}

export async function viewOfDevice(deps: ApiDeps, scope: Scope, row: DeviceRow): Promise<DeviceView> {
  const [view] = await deviceViews(deps, scope, [row]);
  if (!view) throw notFound();
  return view;
}

/** What makes sense for the device, and of a switch only what the asset allows at all and the caller may do. */
function commandsFor(
  deps: ApiDeps,
  scope: Scope,
  { row, switchable }: { row: DeviceRow; switchable: ReadonlySet<number> },
): Pick<DeviceView, 'commands' | 'measurements'> {
  const protocol = deps.protocols.find(({ name }) => name === row.protocol);
  const { subject_id: subjectId, native_id: nativeId } = row;
  const sayable = commandsOf(protocol, { subjectId, switchable: switchable.has(row.id), nativeId });
  const maySwitchIt = row.active && allowsSwitching(row) && maySwitch(scope, deviceFacts(row));
  const commands = sayable.filter((kind) => (kind === 'switch' ? maySwitchIt : maySet(scope, row, kind)));
  const measures = commands.includes('measure');
  return { commands, measurements: measures ? measurementsOf(protocol, { nativeId }) : [] };
}

/** Settings are for those who keep her data, and putting it out of action for her guardian and the administrator; the rest for whoever sees it. */
export function maySet(scope: Scope, row: DeviceRow, kind: DownlinkInput['kind']): boolean {
  const { subjectId, gridId } = deviceFacts(row);
  if (kind === 'power_off' || kind === 'restart') return mayPutOut(scope, subjectId);
  if (!settings.has(kind) || subjectId === null) return true;
  return mayEditSubject(scope, { id: subjectId, gridId });
}

const settings: ReadonlySet<DownlinkInput['kind']> = new Set([
  'set_sos_numbers',
  'set_interval',
  'fall_detection',
]);

/** Without an asset there is nobody who allowed it. */
export const allowsSwitching = (row: DeviceRow): boolean =>
  row.remote_switch === 'manual' || row.remote_switch === 'automatic';

function deviceView(row: DeviceRow): Omit<DeviceView, 'silent' | 'commands' | 'measurements'> {
  const { latitude, longitude } = row;
  return {
    id: row.id,
    protocol: row.protocol,
    nativeId: row.native_id,
    name: row.name,
    model: row.model,
    active: row.active,
    subject: row.subject_id === null ? null : { id: row.subject_id, name: row.subject_name ?? '' },
    grid: row.grid_id === null ? null : { id: row.grid_id, name: row.grid_name ?? '' },
    lastSeenAt: row.last_seen_at,
    battery: row.battery,
    vendor: row.vendor,
    asset: assetOf(row),
    gateway: row.gateway_id === null ? null : { id: row.gateway_id, name: row.gateway_name ?? '' },
    topicPrefix: row.topic_prefix,
    children: row.children,
    online: row.online,
    location: latitude === null || longitude === null ? null : { latitude, longitude },
    openTicketId: row.open_ticket_id,
  };
}

function assetOf({ asset_id: id, asset_name, asset_kind: kind, asset_path }: DeviceRow): DeviceView['asset'] {
  if (id === null || kind === null) return null;
  return { id, name: asset_name ?? '', kind, path: asset_path ?? [] };
}
