import type { DeviceView, SubjectView } from '../../src/api/schemas.ts';
import { company } from './mock-assets.ts';
import { grids } from './mock-data.ts';
import type { MockState } from './mock-routes.ts';
import { drawTicket } from './mock-ticket-data.ts';

const MINUTE = 60_000;
const estates = [
  '湖滨花园',
  '码头新村',
  '江南府',
  '学府里',
  '滨湖一号',
  '荷塘雅苑',
  '锦绣里',
  '望江台',
  '东岸',
];

/** Somewhere in the village, the same for the same number. */
function spot(index: number, count: number): { latitude: number; longitude: number } {
  const column = (index * 7) % count;
  return { latitude: 30.3835 + ((index * 37) % 100) / 6000, longitude: 114.8705 + (column / count) * 0.021 };
}

/** A neighbourhood as large as a desk has to take in: 43 wearers, 500 sensors of nine estates behind nine gateways, 34 tickets. */
export function settleNeighbourhood(state: MockState, now = Date.now()): void {
  const [first] = state.subjects;
  if (first) state.subjects.push(...Array.from({ length: 36 }, (_, index) => wearer(first, index, now)));
  state.devices.push(...estates.map((_, index) => gateway(index, now)));
  state.devices.push(...Array.from({ length: 500 }, (_, index) => sensor(index, now)));
  for (let index = 0; index < 28; index += 1) {
    const { latitude, longitude } = spot(index % 9, 9);
    const ticket = drawTicket(
      {
        id: 100 + index,
        kind: index % 3 === 0 ? 'water_leak' : 'breaker_tripped',
        faultClass: index % 3 === 0 ? 'water_leak' : 'breaker_trip',
        severity: index % 5 === 0 ? 'critical' : 'warning',
        assetId: index % 2 === 0 ? 515 : 513,
        agoMs: (index + 1) * 6 * MINUTE,
        limitMs: 4 * 60 * MINUTE,
        location: { latitude: latitude + index / 90_000, longitude },
        company,
      },
      now,
    );
    state.tickets.push(ticket);
  }
}

function wearer(model: SubjectView, index: number, now: number): SubjectView {
  const { latitude, longitude } = spot(index, 36);
  const grid = grids[3 + (index % 4)];
  return {
    ...model,
    id: 140 + index,
    name: `佩戴人${index + 8}`,
    homeLatitude: latitude,
    homeLongitude: longitude,
    grid: grid ? { id: grid.id, name: grid.name } : null,
    wellBeing: index % 11 === 3 ? 'attention' : index % 9 === 5 ? 'unknown' : 'ok',
    lastSeenAt: now - (index + 1) * MINUTE,
    openIncidentId: null,
    alerts: [],
    family: [],
  };
}

const plain = {
  active: true,
  subject: null,
  vendor: null,
  battery: null,
  commands: [],
  measurements: [],
  openTicketId: null,
} satisfies Partial<DeviceView>;

function gateway(index: number, now: number): DeviceView {
  const online = index !== 4;
  return {
    ...plain,
    id: 1000 + index,
    protocol: 'zigbee2mqtt',
    nativeId: `binhu-gw-0${index + 1}`,
    name: `${estates[index]}网关`,
    model: null,
    grid: { id: 11, name: '茅圻一组' },
    lastSeenAt: now - (online ? 8_000 : 14 * MINUTE),
    silent: !online,
    asset: { id: 900 + index, name: estates[index] ?? '', kind: 'estate', path: [] },
    gateway: null,
    topicPrefix: `zigbee2mqtt/binhu-gw-0${index + 1}`,
    children: 56,
    online,
    location: spot(index, 9),
  };
}

/** Eight to a building: most of them stand at the same place. */
function sensor(index: number, now: number): DeviceView {
  const estate = index % 9;
  const building = Math.floor(index / 9) % 7;
  const base = spot(estate, 9);
  const isSilent = estate === 4 || index % 83 === 0;
  return {
    ...plain,
    id: 2000 + index,
    protocol: 'zigbee2mqtt',
    nativeId: `0x00158d00${String(index).padStart(8, '0')}`,
    name: `${building + 1} 号楼传感器 ${index}`,
    model: 'SJCGQ11LM',
    grid: { id: 11, name: '茅圻一组' },
    lastSeenAt: now - (isSilent ? 400 : index % 50) * MINUTE,
    silent: isSilent,
    battery: 20 + (index % 80),
    asset: {
      id: 3000 + index,
      name: `水表井 ${index}`,
      kind: 'pipe',
      path: [estates[estate] ?? '', `${building + 1} 号楼`],
    },
    gateway: { id: 1000 + estate, name: `${estates[estate]}网关` },
    topicPrefix: null,
    children: 0,
    online: !isSilent,
    location: {
      latitude: base.latitude + building * 0.0003,
      longitude: base.longitude + (building % 3) * 0.0004,
    },
  };
}
