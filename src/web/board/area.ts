import type { AssetView } from '../../api/asset-schemas.ts';
import type { DeviceView, GridView, IncidentSummary, SubjectView } from '../../api/schemas.ts';
import type { TicketSummary } from '../../api/ticket-schemas.ts';

/** The part of the desk's area that the board is narrowed to. */
export type AreaChoice = 'all' | `grid-${number}` | `estate-${number}`;

export interface Area {
  /** The grid that the map stands out, where it is one. */
  gridId: number | undefined;
  holdsIncident: (incident: IncidentSummary) => boolean;
  holdsTicket: (ticket: TicketSummary) => boolean;
  holdsSubject: (subject: SubjectView) => boolean;
  holdsDevice: (device: DeviceView) => boolean;
}

const everything = () => true;
const all: Area = {
  gridId: undefined,
  holdsIncident: everything,
  holdsTicket: everything,
  holdsSubject: everything,
  holdsDevice: everything,
};

/** A grid with all below it, or an estate with all that stands in it and the wearers of its grid. Unknown choices mean everything. */
export function areaOf(
  choice: string,
  { grids, assets }: { grids: readonly GridView[]; assets: readonly AssetView[] },
): Area {
  const [kind, number] = choice.split('-');
  const id = Number(number);
  if (kind === 'grid' && grids.some((grid) => grid.id === id)) return gridArea(id, grids);
  const estate = assets.find((asset) => kind === 'estate' && asset.id === id);
  return estate ? estateArea(estate) : all;
}

interface Placed {
  grid: { id: number } | null;
}

function gridArea(id: number, grids: readonly GridView[]): Area {
  const ids = withBelow(id, grids);
  const holds = ({ grid }: Placed) => grid !== null && ids.has(grid.id);
  return { gridId: id, holdsIncident: holds, holdsTicket: holds, holdsSubject: holds, holdsDevice: holds };
}

/** A grid and all below it. */
export function withBelow(id: number, grids: readonly GridView[]): Set<number> {
  const found = new Set([id]);
  // Each round finds the next level below.
  for (let before = 0; before < found.size; ) {
    before = found.size;
    for (const grid of grids) if (grid.parentId !== null && found.has(grid.parentId)) found.add(grid.id);
  }
  return found;
}

function estateArea(estate: AssetView): Area {
  const inEstate = (asset: { id: number; path: readonly string[] } | null) =>
    asset !== null && (asset.id === estate.id || asset.path[0] === estate.name);
  const inGrid = ({ grid }: Placed) => grid !== null && grid.id === estate.grid?.id;
  return {
    gridId: estate.grid?.id,
    holdsIncident: inGrid,
    holdsSubject: inGrid,
    holdsTicket: (ticket) => inEstate(ticket.asset),
    holdsDevice: (device) => inEstate(device.asset),
  };
}
