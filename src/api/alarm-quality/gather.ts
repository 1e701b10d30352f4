import type { Queryable } from '../../platform/database.ts';
import type { Visible } from '../authorisation.ts';
import {
  type AlarmDevice,
  type AlarmGrid,
  readAlarmDevices,
  readAlarmGrids,
} from '../stores/alarm-names-store.ts';
import {
  type AlarmRow,
  findingIn,
  type HeldRow,
  type MatterRow,
  type ReceiptRow,
  readAcknowledgements,
  readAlarms,
  readHeld,
  readMatters,
  readReceipts,
  readStanding,
  readTrials,
} from '../stores/alarm-quality-store.ts';
import type { Period } from './alarm-rate.ts';
import type { AlarmFact, HeldFact, Matter, Receipt } from './facts.ts';
import { STALE_ABOVE_MS } from './limits.ts';
import type { Material } from './report.ts';

/** What a report is asked about; a grid stands for all below it. */
export interface Wanted extends Period {
  grid?: number | undefined;
  worker?: number | undefined;
  model?: string | undefined;
  rule?: string | undefined;
}

export interface Gathered extends Omit<Material, 'time' | 'now'> {
  devices: ReadonlyMap<number, AlarmDevice>;
  grids: ReadonlyMap<number, AlarmGrid>;
}

/** Read piece by piece, so that neither the database nor this process is held up by a long report. */
const SLICE_MS = 6 * 3_600_000;
const MOST_STANDING = 2_000;

/** The alarms of the period that the reader sees and asked for, with who heard them. */
export async function gather(
  db: Queryable,
  wanted: Wanted,
  { visible, now }: { visible: Visible; now: number },
): Promise<Gathered> {
  const { from, to } = wanted;
  const period = { from, to };
  const [devices, grids] = [await readAlarmDevices(db), await readAlarmGrids(db)];
  const isSeen = placeFilter(visible, wanted.grid === undefined ? undefined : below(grids, wanted.grid));
  const isAsked = (alarm: HeldFact) =>
    isSeen(alarm.gridId) &&
    (wanted.rule === undefined || alarm.rule === wanted.rule) &&
    (wanted.model === undefined || alarm.model === wanted.model);
  const factOf = (row: AlarmRow) => toFact(row, devices);
  const alarms: AlarmFact[] = [];
  const matters: Matters = new Map();
  const heard: ReceiptRow[] = [];
  for (const slice of slices(period)) {
    for (const row of await readAlarms(db, slice)) {
      const alarm = factOf(row);
      matters.set(alarm.matter, alarm);
      if (isAsked(alarm)) alarms.push(alarm);
    }
    for (const row of await readReceipts(db, slice))
      if ((wanted.worker ?? row.account_id) === row.account_id) heard.push(row);
  }
  await addOlder(db, { heard, matters, devices });
  const standing = await readStanding(db, Math.min(from, now - STALE_ABOVE_MS), MOST_STANDING);
  return narrowed(wanted, {
    period,
    devices,
    grids,
    alarms,
    receipts: toReceipts(heard, matters).filter(({ gridId }) => isSeen(gridId)),
    acknowledgements: (await readAcknowledgements(db, period)).filter(({ matter }) =>
      isSeen(matters.get(matter)?.gridId ?? null),
    ),
    trials: (await readTrials(db, period)).filter(({ rule }) => (wanted.rule ?? rule) === rule),
    standing: standing.map(factOf).filter(isAsked),
    held: (await readHeld(db, period)).map((row) => heldFact(row, devices)).filter(isAsked),
  });
}

function heldFact(row: HeldRow, devices: ReadonlyMap<number, AlarmDevice>): HeldFact {
  const device = devices.get(row.device_id);
  return { rule: row.rule, gridId: row.grid_id ?? device?.gridId ?? null, model: device?.model ?? null };
}

/** Of a rule or a model only what people heard of it; of a worker only the alarms that reached that person. */
function narrowed({ worker, rule, model }: Wanted, gathered: Gathered): Gathered {
  const all = worker === undefined ? gathered : ofWorker(worker, gathered);
  if (rule === undefined && model === undefined) return all;
  const matters = new Set(all.alarms.map(({ matter }) => matter));
  const isOfThem = ({ matter }: { matter: Matter }) => matters.has(matter);
  return {
    ...all,
    receipts: all.receipts.filter(isOfThem),
    acknowledgements: all.acknowledgements.filter(isOfThem),
  };
}

/** What is gathered was heard by nobody else. */
function ofWorker(worker: number, all: Gathered): Gathered {
  const heard = new Set(all.receipts.map(({ matter }) => matter));
  const reached = ({ matter }: AlarmFact) => heard.has(matter);
  return {
    ...all,
    alarms: all.alarms.filter(reached),
    standing: all.standing.filter(reached),
    // What was held back reached nobody.
    held: [],
    acknowledgements: all.acknowledgements.filter((one) => one.accountId === worker),
  };
}

function* slices({ from, to }: Period): Generator<Period> {
  for (let at = from; at < to; at += SLICE_MS) yield { from: at, to: Math.min(to, at + SLICE_MS) };
}

/** What belongs to no grid is every desk's, as everywhere. */
function placeFilter(visible: Visible, grids: ReadonlySet<number> | undefined) {
  const seen = new Set(visible.gridIds);
  return (gridId: number | null): boolean => {
    if (grids && (gridId === null || !grids.has(gridId))) return false;
    if (visible.everything) return true;
    return gridId === null ? visible.unplaced : seen.has(gridId);
  };
}

function below(grids: ReadonlyMap<number, AlarmGrid>, top: number): Set<number> {
  const found = new Set([top]);
  for (let size = 0; size !== found.size; ) {
    size = found.size;
    for (const { id, parentId } of grids.values())
      if (parentId !== null && found.has(parentId)) found.add(id);
  }
  return found;
}

function matterOf(row: { incident_id: number | null; ticket_id: number | null }, alertId: number): Matter {
  if (row.incident_id !== null) return `i${row.incident_id}`;
  return row.ticket_id === null ? `a${alertId}` : `t${row.ticket_id}`;
}

function toFact(row: AlarmRow, devices: ReadonlyMap<number, AlarmDevice>): AlarmFact {
  const device = row.device_id === null ? undefined : devices.get(row.device_id);
  return {
    id: row.id,
    matter: matterOf(row, row.id),
    rule: row.rule,
    kind: row.kind,
    severity: row.severity,
    protocol: row.protocol,
    nativeId: row.native_id,
    channel: row.channel,
    deviceId: row.device_id,
    firedAt: row.fired_at,
    resolvedAt: row.resolved_at,
    withdrawn: row.withdrawn,
    held: row.held,
    finding: findingIn(row),
    gridId: row.grid_id ?? device?.gridId ?? null,
    model: device?.model ?? null,
    acknowledgedMs: row.acknowledged_ms,
  };
}

type Matters = Map<Matter, Pick<AlarmFact, 'severity' | 'finding' | 'gridId'>>;

const matterHeard = (row: ReceiptRow): Matter => matterOf(row, row.alert_id ?? 0);

/** What people heard of in the period and began before it. */
async function addOlder(
  db: Queryable,
  {
    heard,
    matters,
    devices,
  }: { heard: readonly ReceiptRow[]; matters: Matters; devices: ReadonlyMap<number, AlarmDevice> },
): Promise<void> {
  const older = heard.filter((row) => !matters.has(matterHeard(row)));
  const idsOf = (id: (row: ReceiptRow) => number | null) => [
    ...new Set(older.flatMap((row) => id(row) ?? [])),
  ];
  const ids = {
    incidents: idsOf((row) => row.incident_id),
    tickets: idsOf((row) => row.ticket_id),
    alerts: idsOf((row) => row.alert_id),
  };
  for (const row of await readMatters(db, ids)) matters.set(row.matter, factOfMatter(row, devices));
}

function factOfMatter(row: MatterRow, devices: ReadonlyMap<number, AlarmDevice>) {
  const device = row.device_id === null ? undefined : devices.get(row.device_id);
  return { severity: row.severity, finding: findingIn(row), gridId: row.grid_id ?? device?.gridId ?? null };
}

function toReceipts(heard: readonly ReceiptRow[], matters: Matters): Receipt[] {
  return heard.flatMap((row) => {
    const matter = matterHeard(row);
    const of = matters.get(matter);
    if (!of) return [];
    const { severity, finding, gridId } = of;
    return [{ accountId: row.account_id, at: row.at, matter, severity, finding, gridId }];
  });
}
