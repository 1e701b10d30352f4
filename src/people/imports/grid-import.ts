import { type GridLevel, gridLevels } from '../../model/incidents.ts';
import type { Trx } from '../../platform/database.ts';
import type { GridPolygon } from '../grid-index.ts';
import { insertGrid, type readGrids as ReadGrids, readGrids, updateGrid } from '../grid-store.ts';
import { isPolygonFault, readPolygon } from '../polygon.ts';
import { cellsOf, wordsOf } from './cells.ts';
import type { ImportFault, ImportField, ImportFile, ImportOutcome, ImportRow } from './import-fault.ts';
import { datumWords, type ToWgs84 } from './places.ts';

/** Properties of a feature that is a grid. */
export const gridFields: readonly ImportField[] = [
  { name: 'code', zh: '编码', en: 'code', others: ['编号', '网格编码'] },
  { name: 'name', zh: '名称', en: 'name', others: ['网格名称'] },
  { name: 'level', zh: '级别', en: 'level', others: ['层级'] },
  { name: 'parent', zh: '上级编码', en: 'parent', others: ['上级', 'parent_code'] },
  { name: 'datum', zh: '坐标系', en: 'datum' },
];

const levels = wordsOf<GridLevel>({
  city: ['市', '城市'],
  street: ['街道', '乡镇', '镇'],
  community: ['社区', '村'],
  grid: ['网格'],
});

interface GridLine {
  line: number;
  code: string;
  name: string | undefined;
  level: GridLevel | undefined;
  parent: string | undefined;
  polygon: GridPolygon | undefined;
}

type Known = Awaited<ReturnType<typeof ReadGrids>>[number];

/**
 * Brings grids in, in the caller's transaction: by code, so that the same file again changes nothing. Level and parent of a grid that is
 * there stay as they are. With `dryRun` it only says what it would do.
 */
export async function importGrids(
  trx: Trx,
  file: ImportFile,
  by: { toWgs84: ToWgs84; dryRun: boolean },
): Promise<ImportOutcome> {
  const known = new Map((await readGrids(trx)).map((grid) => [grid.code, grid]));
  const read = readGridLines(file.rows, by.toWgs84);
  const faults = [...file.faults, ...read.faults];
  const taken = takenOf(read.lines, known, faults);
  const outcome: ImportOutcome = { created: 0, updated: 0, unchanged: 0, faults };
  const ids = new Map([...known].map(([code, { id }]) => [code, id]));
  for (const line of taken) {
    const before = known.get(line.code);
    if (!before) {
      outcome.created++;
      const made = by.dryRun ? 0 : await insertGrid(trx, newGrid(line, ids));
      ids.set(line.code, made);
    } else if (isSame(before, line)) outcome.unchanged++;
    else {
      outcome.updated++;
      if (!by.dryRun) await updateGrid(trx, before.id, { name: line.name, polygon: line.polygon });
    }
  }
  faults.sort((a, b) => a.line - b.line);
  return outcome;
}

function readGridLines(
  rows: readonly ImportRow[],
  toWgs84: ToWgs84,
): { lines: GridLine[]; faults: ImportFault[] } {
  const faults: ImportFault[] = [];
  const lines = rows.flatMap((row) => {
    const cells = cellsOf(row);
    const code = cells.code('code', true);
    const line = {
      name: cells.text('name', { most: 100 }),
      level: cells.choice('level', levels),
      parent: cells.code('parent'),
    };
    const datum = cells.choice('datum', datumWords) ?? 'wgs84';
    const polygon = row.geometry && readPolygon(row.geometry);
    if (polygon && isPolygonFault(polygon)) cells.faults.push({ line: row.line, field: null, code: polygon });
    faults.push(...cells.faults);
    if (code === undefined || cells.faults.length > 0 || (polygon && isPolygonFault(polygon))) return [];
    return [
      { line: row.line, code, ...line, polygon: polygon && inWgs84(polygon, (at) => toWgs84(at, datum)) },
    ];
  });
  return { lines, faults };
}

function inWgs84(
  polygon: GridPolygon,
  convert: (at: { latitude: number; longitude: number }) => { latitude: number; longitude: number },
): GridPolygon {
  const ring = (points: readonly number[][]): number[][] =>
    points.map(([x = 0, y = 0]) => {
      const { latitude, longitude } = convert({ latitude: y, longitude: x });
      return [longitude, latitude];
    });
  return polygon.type === 'Polygon'
    ? { type: 'Polygon', coordinates: polygon.coordinates.map(ring) }
    : { type: 'MultiPolygon', coordinates: polygon.coordinates.map((rings) => rings.map(ring)) };
}

/** The lines that can be taken, higher levels first; a grid stands below one of a higher level. */
function takenOf(
  lines: readonly GridLine[],
  known: ReadonlyMap<string, Known>,
  faults: ImportFault[],
): GridLine[] {
  const rank = (level: GridLevel | undefined): number =>
    level ? gridLevels.indexOf(level) : gridLevels.length;
  const standing = new Map([...known].map(([code, { level }]) => [code, level]));
  const first = new Map<string, number>();
  const levelOf = (line: GridLine) => known.get(line.code)?.level ?? line.level;
  const inOrder = [...lines].sort((a, b) => rank(levelOf(a)) - rank(levelOf(b)) || a.line - b.line);
  return inOrder.filter((line) => {
    const fault = faultOf(line, { before: known.get(line.code), standing, first: first.get(line.code) });
    if (fault) {
      faults.push({ line: line.line, ...fault });
      return false;
    }
    first.set(line.code, line.line);
    standing.set(line.code, levelOf(line) ?? 'grid');
    return true;
  });
}

function faultOf(
  line: GridLine,
  {
    before,
    standing,
    first,
  }: { before: Known | undefined; standing: ReadonlyMap<string, GridLevel>; first: number | undefined },
): Omit<ImportFault, 'line'> | undefined {
  const { code, level, parent } = line;
  if (first !== undefined) return { field: 'code', code: 'IMPORT_TWICE', details: { value: code, first } };
  if (before) return undefined;
  const missing = (['name', 'level'] as const).find((field) => line[field] === undefined);
  if (missing || level === undefined) return { field: missing ?? 'level', code: 'IMPORT_VALUE_MISSING' };
  if (line.polygon === undefined) return { field: null, code: 'POLYGON_BROKEN' };
  if (parent === undefined) return undefined;
  const above = standing.get(parent);
  if (above === undefined)
    return { field: 'parent', code: 'IMPORT_PARENT_UNKNOWN', details: { value: parent } };
  return gridLevels.indexOf(above) < gridLevels.indexOf(level)
    ? undefined
    : { field: 'parent', code: 'GRID_PARENT_LEVEL' };
}

function newGrid(line: GridLine, ids: ReadonlyMap<string, number>) {
  const { code, name = code, level = 'grid', parent, polygon = { type: 'Polygon', coordinates: [] } } = line;
  return { code, name, level, parentId: parent === undefined ? null : (ids.get(parent) ?? null), polygon };
}

function isSame(before: Known, { name, polygon }: GridLine): boolean {
  const isDrawnSo =
    polygon === undefined || JSON.stringify(polygon) === JSON.stringify(drawn(before.polygon));
  return (name === undefined || name === before.name) && isDrawnSo;
}

/** In the order of keys in which it is read from a file. */
const drawn = ({ type, coordinates }: GridPolygon) => ({ type, coordinates });
