import type { DeviceView } from '../../api/schemas.ts';
import { api } from '../core/endpoints.ts';
import { type QueryState, useQuery } from '../core/query.ts';

/** Under this percentage somebody should bring a battery along. */
const FLAT_BATTERY = 15;

export function isFlat(battery: number): boolean {
  return battery <= FLAT_BATTERY;
}

/** Devices of buildings: those that nobody wears. */
export function useBuildingDevices(): QueryState<DeviceView[]> & { reload: () => void } {
  const query = useQuery('devices', api.devices, { topics: ['device'], pollMs: 30_000 });
  return query.data === undefined
    ? query
    : { ...query, data: query.data.filter((device) => device.subject === null) };
}

export function isGateway(device: DeviceView): boolean {
  return device.topicPrefix !== null;
}

export type DeviceState = 'inactive' | 'never' | 'offline' | 'silent' | 'flat' | 'fine';

/** The worst that is known of a device; a gateway that says it is offline is more than one that is quiet. */
export function deviceState(device: DeviceView): DeviceState {
  if (!device.active) return 'inactive';
  if (device.lastSeenAt === null) return 'never';
  if (device.online === false) return 'offline';
  if (device.silent) return 'silent';
  return device.battery !== null && isFlat(device.battery) ? 'flat' : 'fine';
}

const rank: Readonly<Record<DeviceState, number>> = {
  offline: 0,
  silent: 1,
  never: 2,
  flat: 3,
  fine: 4,
  inactive: 5,
};

/** Lost gateways first, then what is silent or flat; within each, the longest unheard first. */
export function byNeed(a: DeviceView, b: DeviceView): number {
  return (
    rank[deviceState(a)] - rank[deviceState(b)] ||
    Number(isGateway(b)) - Number(isGateway(a)) ||
    (a.lastSeenAt ?? 0) - (b.lastSeenAt ?? 0)
  );
}

export function needsCare(device: DeviceView): boolean {
  return ['offline', 'silent', 'never', 'flat'].includes(deviceState(device));
}

export function deviceName(device: DeviceView): string {
  return device.name ?? device.nativeId;
}
