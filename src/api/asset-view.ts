import type { AssetView } from './asset-schemas.ts';
import type { AssetRow } from './stores/asset-view-store.ts';

/** What is counted of an asset and everything below it. */
interface Sums {
  devices: number;
  silentDevices: number;
  openTickets: number;
  /** 2 critical, 1 warning, 0 info; -1 none. */
  worst: number;
}

const severities = ['info', 'warning', 'critical'] as const;
/** "2 栋" before "10 栋". */
const byName = new Intl.Collator('zh-CN', { numeric: true });

/** The rows as the pages show them: parents before children, those side by side by name, each with the sums of what is below it. */
export function assetViews(rows: readonly AssetRow[]): AssetView[] {
  const known = new Set(rows.map((row) => row.id));
  const children = new Map<number | null, AssetRow[]>();
  for (const row of rows) {
    const parent = row.parent_id !== null && known.has(row.parent_id) ? row.parent_id : null;
    children.set(parent, [...(children.get(parent) ?? []), row]);
  }
  const views: AssetView[] = [];
  const visit = (row: AssetRow): Sums => {
    const place = views.push(assetView(row, sumsOf(row))) - 1;
    const sums = sortedBelow(children, row.id).map(visit).reduce(add, sumsOf(row));
    views[place] = assetView(row, sums);
    return sums;
  };
  for (const root of sortedBelow(children, null)) visit(root);
  return views;
}

function sortedBelow(children: ReadonlyMap<number | null, AssetRow[]>, parent: number | null): AssetRow[] {
  const found = children.get(parent) ?? [];
  return found.sort((a, b) => byName.compare(a.name, b.name) || a.id - b.id);
}

const sumsOf = (row: AssetRow): Sums => ({
  devices: row.devices,
  silentDevices: row.silent_devices,
  openTickets: row.open_tickets,
  worst: row.worst ?? -1,
});

const add = (a: Sums, b: Sums): Sums => ({
  devices: a.devices + b.devices,
  silentDevices: a.silentDevices + b.silentDevices,
  openTickets: a.openTickets + b.openTickets,
  worst: Math.max(a.worst, b.worst),
});

function assetView(row: AssetRow, { worst, ...sums }: Sums): AssetView {
  const { latitude, longitude } = row;
  return {
    id: row.id,
    parentId: row.parent_id,
    kind: row.kind,
    code: row.code,
    name: row.name,
    grid: named(row.place_grid_id, row.place_grid_name),
    company: named(row.place_company_id, row.place_company_name),
    ownGridId: row.grid_id,
    ownCompanyId: row.company_id,
    address: row.address,
    location: latitude === null || longitude === null ? null : { latitude, longitude },
    remoteSwitch: row.remote_switch,
    ...sums,
    worstSeverity: severities[worst] ?? null,
  };
}

const named = (id: number | null, name: string | null) => (id === null ? null : { id, name: name ?? '' });
