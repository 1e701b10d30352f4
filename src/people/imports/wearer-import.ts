import type { SubjectFields } from '../../model/subjects.ts';
import type { Trx } from '../../platform/database.ts';
import { readGrids } from '../grid-store.ts';
import { withHomeGrid } from '../home-grid.ts';
import { createSubject, updateSubject } from '../subject-store.ts';
import type { ImportFault, ImportFile, ImportOutcome } from './import-fault.ts';
import type { Degrees, ToWgs84 } from './places.ts';
import { lockWearersNamed, type WearerBefore } from './wearer-import-store.ts';
import { readWearerLines, type WearerLine } from './wearer-lines.ts';

interface WearerImporter {
  mayEdit(subject: { id: number; gridId: number | null }): boolean;
  gridAt(point: Degrees): Promise<number | undefined>;
  toWgs84: ToWgs84;
  dryRun: boolean;
}

interface World extends WearerImporter {
  byName: ReadonlyMap<string, WearerBefore[]>;
  grids: ReadonlyMap<string, number>;
  /** Line of the file in which a wearer came first. */
  first: Map<string, number>;
}

type Fault = Omit<ImportFault, 'line'>;

/**
 * Brings wearers in, in the caller's transaction: found by name and phone, else by name and address, so that the same file again changes
 * nothing; what a line leaves empty stays. With `dryRun` it only says what it would do.
 */
export async function importWearers(trx: Trx, file: ImportFile, by: WearerImporter): Promise<ImportOutcome> {
  const read = readWearerLines(file.rows, by.toWgs84);
  const before = await lockWearersNamed(trx, [...new Set(read.lines.map(({ name }) => name))]);
  const world: World = {
    ...by,
    byName: Map.groupBy(before, ({ fields }) => fields.name ?? ''),
    grids: new Map((await readGrids(trx)).map(({ code, id }) => [code, id])),
    first: new Map(),
  };
  const faults = [...file.faults, ...read.faults];
  const outcome: ImportOutcome = { created: 0, updated: 0, unchanged: 0, faults };
  for (const line of read.lines) {
    const fault = await take(trx, line, { world, outcome });
    if (fault) faults.push({ line: line.line, ...fault });
  }
  faults.sort((a, b) => a.line - b.line);
  return outcome;
}

async function take(
  trx: Trx,
  line: WearerLine,
  { world, outcome }: { world: World; outcome: ImportOutcome },
): Promise<Fault | undefined> {
  const known = knownAs(line, world);
  const fault = faultOf(line, known, world);
  if (fault) return fault;
  const [before] = known;
  const fields = await fieldsOf(line, world);
  if (!world.mayEdit({ id: before?.id ?? 0, gridId: fields.homeGridId ?? before?.gridId ?? null }))
    return { field: null, code: 'IMPORT_NOT_YOURS' };
  if (!before) {
    outcome.created++;
    if (!world.dryRun) await createSubject(trx, { ...fields, name: line.name, kind: line.kind ?? 'elder' });
  } else if (changes(fields, before.fields)) {
    outcome.updated++;
    if (!world.dryRun) await updateSubject(trx, before.id, fields);
  } else outcome.unchanged++;
  return undefined;
}

/** Two of a name are told apart by what else is said of both. */
function knownAs({ name, phone, homeAddress }: WearerLine, { byName }: World): WearerBefore[] {
  const named = byName.get(name) ?? [];
  if (phone === undefined && homeAddress === undefined) return named;
  return named.filter(({ fields }) => {
    if (phone !== undefined && fields.phone) return fields.phone === phone;
    return homeAddress === undefined || !fields.homeAddress || fields.homeAddress === homeAddress;
  });
}

function faultOf(line: WearerLine, known: readonly WearerBefore[], world: World): Fault | undefined {
  const { name, phone, homeAddress, grid } = line;
  if (known.length > 1)
    return { field: 'name', code: 'IMPORT_WEARER_AMBIGUOUS', details: { value: name, count: known.length } };
  const key = [name, phone ?? '', phone === undefined ? (homeAddress ?? '') : ''].join('\n');
  const first = world.first.get(key);
  if (first !== undefined) return { field: 'name', code: 'IMPORT_TWICE', details: { value: name, first } };
  world.first.set(key, line.line);
  if (grid !== undefined && !world.grids.has(grid))
    return { field: 'grid', code: 'IMPORT_GRID_UNKNOWN', details: { value: grid } };
  const [before] = known;
  const hasHome = line.homeLatitude !== undefined || before?.fields.homeLatitude != null;
  if (line.watchHome && !hasHome) return { field: 'watch_home', code: 'IMPORT_WATCH_NEEDS_HOME' };
  const { mayEdit } = world;
  return before && !mayEdit(before) ? { field: null, code: 'IMPORT_NOT_YOURS' } : undefined;
}

/** What the line says; the grid of the home is that of its place, else the one that it names. */
async function fieldsOf(line: WearerLine, { grids, gridAt }: World): Promise<SubjectFields> {
  const { line: _line, grid, ...said } = line;
  const homeGridId = grid === undefined ? undefined : grids.get(grid);
  return withHomeGrid({ ...said, homeGridId }, gridAt);
}

const changes = (fields: SubjectFields, before: SubjectFields): boolean =>
  (Object.keys(fields) as (keyof SubjectFields)[]).some(
    (key) => fields[key] !== undefined && JSON.stringify(fields[key]) !== JSON.stringify(before[key]),
  );
