import type { OutageView } from '../../src/api/outage-schemas.ts';
import { raiseIncident, type StoredIncident } from './mock-incidents.ts';

const MINUTE = 60_000;

/** Thirty sensors of a building fell silent twenty minutes ago. */
export function raiseOutage(id: number, now: number): StoredIncident {
  const outage = { scope: 'building', key: '41', label: '' } as const;
  return {
    ...raiseIncident({ id, at: now - 3 * MINUTE, kind: 'mass_offline', nativeId: '41' }),
    severity: 'warning',
    asset: { id: 41, name: '3 号楼', path: '滨湖花园 / 3 号楼' },
    device: { id: null, protocol: 'building', nativeId: '41' },
    grid: { id: 12, name: '茅圻村二组' },
    responsibleBy: 'registration',
    address: '滨湖路 8 号',
    outage,
    evidence: { signal: 'online', value: false, receivedAt: now, outage: { ...outage, silent: 30, of: 31 } },
    commands: [],
  };
}

/** Two of them are back. */
export function outageView(now: number): OutageView {
  const devices = Array.from({ length: 30 }, (_, n) => ({
    id: 500 + n,
    protocol: 'zigbee2mqtt',
    nativeId: `0x00158d00${String(n).padStart(8, '0')}`,
    name: n % 3 === 0 ? null : (['水浸传感器', '烟感'][n % 2] ?? null),
    model: n % 2 === 0 ? 'SJCGQ11LM' : null,
    subject: n === 4 ? { id: 102, name: '王桂英' } : null,
    path: ['滨湖花园', '3 号楼', `${1 + Math.floor(n / 4)} 层`, `${1 + Math.floor(n / 4)}0${1 + (n % 4)} 室`],
    gateway: n < 16 ? '弱电间网关 A' : '弱电间网关 B',
    silentSince: now - 20 * MINUTE - n * 17_000,
    backAt: n >= 28 ? now - MINUTE : null,
  }));
  return {
    scope: 'building',
    beganAt: now - 3 * MINUTE,
    endedAt: null,
    into: null,
    silent: 28,
    back: 2,
    hidden: 0,
    devices,
  };
}
