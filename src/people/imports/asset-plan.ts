import { MOST_ASSET_LEVELS } from '../asset-place-store.ts';
import type { Asset, AssetFields, NewAsset } from '../asset-store.ts';
import type { AssetLine } from './asset-lines.ts';
import { type AssetWorld, type Standing, standingWith } from './asset-standing.ts';
import type { ImportFault } from './import-fault.ts';

export interface AssetPlan {
  /** Parents first. */
  inserts: { asset: NewAsset; parentCode: string | undefined }[];
  /** `parentCode` where it moves. */
  updates: { before: Asset; change: AssetFields; parentCode: string | undefined }[];
  unchanged: number;
  faults: ImportFault[];
}

/**
 * Decides what becomes of every line. A line is taken only where its parent stands, the tree stays one, and the caller is responsible for
 * where it was and where it will be; the others are faults, and so are those that need them.
 */
export function planAssets(lines: readonly AssetLine[], world: AssetWorld): AssetPlan {
  const faults: ImportFault[] = [];
  const now = standingWith([], world);
  const known = new Map(world.assets.map((asset) => [asset.code, asset]));
  let taken = onceEach(lines, faults);
  for (;;) {
    const after = standingWith(taken, world);
    const tooDeep = deepOnes(after);
    const refused = taken.flatMap((line) => {
      const before = known.get(line.code);
      return faultOf(line, { before, now, after, tooDeep, world }) ?? [];
    });
    if (refused.length === 0) return { ...planOf(taken, { known, after, world }), faults };
    faults.push(...refused);
    const bad = new Set(refused.map(({ line }) => line));
    taken = taken.filter(({ line }) => !bad.has(line));
  }
}

function onceEach(lines: readonly AssetLine[], faults: ImportFault[]): AssetLine[] {
  const first = new Map<string, number>();
  return lines.filter(({ code, line }) => {
    const before = first.get(code);
    if (before === undefined) return first.set(code, line);
    faults.push({ line, field: 'code', code: 'IMPORT_TWICE', details: { value: code, first: before } });
    return false;
  });
}

/** What would stand too deep, and everything that it stands in. */
function deepOnes(after: Standing): ReadonlySet<string> {
  const chains = [...after.codes()].map((code) => after.chain(code));
  const deep = chains.filter((chain) => chain.length > MOST_ASSET_LEVELS);
  return new Set(deep.flat().map(({ code }) => code));
}

interface Judged {
  before: Asset | undefined;
  now: Standing;
  after: Standing;
  tooDeep: ReadonlySet<string>;
  world: AssetWorld;
}

function faultOf(line: AssetLine, { before, now, after, tooDeep, world }: Judged): ImportFault | undefined {
  const { code, parent, company, grid } = line;
  const fault = (field: string | null, problem: string, details: ImportFault['details'] = {}) => ({
    line: line.line,
    field,
    code: problem,
    details,
  });
  if (!before && line.name === undefined) return fault('name', 'IMPORT_VALUE_MISSING');
  if (!before && line.kind === undefined) return fault('kind', 'IMPORT_VALUE_MISSING');
  if (parent !== undefined && !after.has(parent))
    return fault('parent', 'IMPORT_PARENT_UNKNOWN', { value: parent });
  if (company !== undefined && !world.companies.has(company))
    return fault('company', 'IMPORT_COMPANY_UNKNOWN', { value: company });
  if (grid !== undefined && !world.grids.has(grid))
    return fault('grid', 'IMPORT_GRID_UNKNOWN', { value: grid });
  if (after.isCircular(code)) return fault('parent', 'IMPORT_CIRCLE');
  if (tooDeep.has(code)) return fault('parent', 'IMPORT_TOO_DEEP', { most: MOST_ASSET_LEVELS });
  return mayWrite(code, { before, now, after, world }) ? undefined : fault(null, 'IMPORT_NOT_YOURS');
}

/** Where it was, where it will be, and what it hangs below: nobody hangs something into the tree of another desk. */
function mayWrite(code: string, { before, now, after, world }: Omit<Judged, 'tooDeep'>): boolean {
  const above = after.gridAbove(code);
  const places = [after.gridOf(code), ...(above === undefined ? [] : [above])];
  return [...places, ...(before ? [now.gridOf(code)] : [])].every((gridId) => world.mayEdit(gridId));
}

function planOf(
  lines: readonly AssetLine[],
  { known, after, world }: { known: ReadonlyMap<string, Asset>; after: Standing; world: AssetWorld },
): Omit<AssetPlan, 'faults'> {
  const plan: Omit<AssetPlan, 'faults'> = { inserts: [], updates: [], unchanged: 0 };
  const depth = new Map(lines.map(({ code }) => [code, after.chain(code).length]));
  const depthOf = ({ code }: AssetLine): number => depth.get(code) ?? 0;
  for (const line of [...lines].sort((a, b) => depthOf(a) - depthOf(b) || a.line - b.line)) {
    const before = known.get(line.code);
    const fields = fieldsOf(line, { after, world });
    const { name = line.code, kind = 'room', parent } = line;
    if (!before) {
      plan.inserts.push({ asset: { ...fields, code: line.code, name, kind }, parentCode: parent });
      continue;
    }
    const change = changesOf(before, fields);
    const isMoved = parent !== undefined && (known.get(parent)?.id ?? 0) !== before.parentId;
    if (Object.keys(change).length === 0 && !isMoved) plan.unchanged++;
    else plan.updates.push({ before, change, parentCode: isMoved ? parent : undefined });
  }
  return plan;
}

/** What the line says of the asset; its grid, where it is to be its own. */
function fieldsOf(line: AssetLine, { after, world }: { after: Standing; world: AssetWorld }): AssetFields {
  const { name, kind, address, latitude, longitude, remoteSwitch, company } = line;
  return {
    name,
    kind,
    address,
    latitude,
    longitude,
    remoteSwitch,
    companyId: company === undefined ? undefined : world.companies.get(company),
    gridId: after.chain(line.code)[0]?.gridId ?? undefined,
  };
}

function changesOf(before: Asset, fields: AssetFields): AssetFields {
  const entries = Object.entries(fields) as [keyof AssetFields, unknown][];
  return Object.fromEntries(entries.filter(([key, value]) => value !== undefined && before[key] !== value));
}
