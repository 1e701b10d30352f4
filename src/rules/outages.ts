import type { AlertChange } from '../model/alerts.ts';
import { operators } from '../model/operators.ts';
import { MASS_OFFLINE, type Outage, type OutageScope } from '../model/outages.ts';
import type { Clock } from '../platform/clock.ts';
import type { AfterCommit, Database, Trx } from '../platform/database.ts';
import { readIntakeGaps } from '../platform/intake-times-store.ts';
import { causeOf, isOver, isSilence } from './outage-causes.ts';
import type { AllowedSilence, Look } from './outage-fleet-store.ts';
import { foldNarrower } from './outage-folding-store.ts';
import {
  endOutage,
  holdAlerts,
  insertOutage,
  lockOutages,
  noteBack,
  noteMembers,
  type OpenOutage,
  readExplained,
  readGroups,
  tryLockOutages,
} from './outage-store.ts';

interface OutagesDeps {
  database: Pick<Database, 'db'>;
  clock: Clock;
  silences: AllowedSilence;
  /** What follows from alerts. */
  respond(trx: Trx, changes: readonly AlertChange[]): Promise<AfterCommit>;
  /** The incident of an outage is part of that of a wider one from now on. */
  fold(trx: Trx, incidentId: number, into: number): Promise<AfterCommit>;
}

export interface Outages {
  /** What follows from alerts where one cause made many devices silent: one incident, and nothing for each of them. */
  respond(trx: Trx, changes: readonly AlertChange[]): Promise<AfterCommit>;
  /** Notes who is back, who fell silent later, and what is over. */
  sweep(): Promise<void>;
}

/** No device is allowed to be silent for longer: what was before says nothing. */
const LONGEST_MS = 8 * 86_400_000;

/** Silences that have one cause become one incident, and those of each device wait until it is over. Nothing else passes here. */
export function createOutages(deps: OutagesDeps): Outages {
  const lookAt = async (trx: Trx): Promise<Look> => {
    const now = deps.clock.now();
    return {
      now,
      silences: deps.silences,
      gaps: await readIntakeGaps(trx, { since: now - LONGEST_MS, now }),
    };
  };
  return {
    async respond(trx, changes) {
      const silences = changes.filter(isSilence);
      if (silences.length === 0) return deps.respond(trx, changes);
      await lockOutages(trx);
      return explain(trx, changes, { look: await lookAt(trx), deps });
    },
    async sweep() {
      const after = await deps.database.db.transaction().execute(async (trx) => {
        if (!(await tryLockOutages(trx))) return [];
        const look = await lookAt(trx);
        const all = await noteBack(trx);
        const over = all.filter((outage) => isOver(outage, look.now));
        for (const outage of all)
          if (!over.includes(outage)) await noteMembers(trx, { ...outage, since: outage.beganAt }, look);
        // What begins with the end of one may take others in.
        const done: AfterCommit[] = [];
        for (const outage of over) done.push(await end(trx, outage, { look, deps }));
        return done;
      });
      for (const run of after) run();
    },
  };
}

const idsOf = (changes: readonly AlertChange[]): number[] => [
  ...new Set(changes.flatMap(({ deviceId }) => deviceId ?? [])),
];

/** What one cause explains, known or new, is kept with it; the rest is told. */
async function explain(
  trx: Trx,
  changes: readonly AlertChange[],
  { look, deps }: { look: Look; deps: OutagesDeps },
): Promise<AfterCommit> {
  const silences = changes.filter(isSilence);
  const held = await hold(trx, silences, look);
  const loose = silences.filter((change) => !held.has(change));
  const raised = await raise(trx, loose, { look, deps });
  if (raised) for (const change of await hold(trx, loose, look)) held.add(change);
  const rest = changes.filter((change) => !held.has(change));
  const after = rest.length > 0 ? await deps.respond(trx, rest) : undefined;
  return () => {
    raised?.();
    after?.();
  };
}

/** Those that an outage explains are kept with it. */
async function hold(trx: Trx, silences: readonly AlertChange[], look: Look): Promise<Set<AlertChange>> {
  if (silences.length === 0) return new Set();
  const explained = new Map(
    (await readExplained(trx, idsOf(silences), look)).map((each) => [each.deviceId, each]),
  );
  const held = silences.flatMap((change) => {
    const by = explained.get(change.deviceId ?? 0);
    return by ? [{ ...by, change }] : [];
  });
  if (held.length > 0) await holdAlerts(trx, held);
  return new Set(held.map(({ change }) => change));
}

/** One incident where so many fell silent with these that something which they share has failed. */
async function raise(
  trx: Trx,
  silences: readonly AlertChange[],
  { look, deps }: { look: Look; deps: OutagesDeps },
): Promise<AfterCommit | undefined> {
  if (silences.length === 0) return undefined;
  const cause = causeOf(await readGroups(trx, idsOf(silences), look));
  if (!cause) return undefined;
  const { scope, key, quiet, alive } = cause;
  const outage: Outage = { ...nameOf(scope, key), silent: quiet, of: quiet + alive };
  const since = Math.min(...silences.map(({ evidence, at }) => Number(evidence.heardAt ?? at)));
  const after = await deps.respond(trx, [changeOf(outage, { state: 'firing', at: since, now: look.now })]);
  const dedupKey = `${MASS_OFFLINE}:${scope}:${key}`;
  const opened = await insertOutage(trx, { scope, key, dedupKey }, look.now);
  if (!opened) return after;
  await noteMembers(trx, { id: opened.id, scope, key, since }, look);
  const done = [after];
  for (const incidentId of await foldNarrower(trx, opened, look.now))
    done.push(await deps.fold(trx, incidentId, opened.incidentId));
  return () => {
    for (const run of done) run();
  };
}

async function end(
  trx: Trx,
  outage: OpenOutage,
  { look, deps }: { look: Look; deps: OutagesDeps },
): Promise<AfterCommit> {
  const left = await endOutage(trx, outage.id, look.now);
  const { members, back } = outage;
  const told = { ...outage.told, silent: members - back, of: members };
  const over = changeOf(told, { state: 'resolved', at: look.now, now: look.now });
  const after = await deps.respond(trx, [over]);
  // What is left may have a narrower cause, which this one took in or hid.
  const rest = await explain(trx, left, { look, deps });
  return () => {
    after();
    rest();
  };
}

function changeOf(
  outage: Outage,
  { state, at, now }: { state: AlertChange['state']; at: number; now: number },
): AlertChange {
  return {
    rule: MASS_OFFLINE,
    kind: MASS_OFFLINE,
    severity: 'warning',
    consequence: 'incident',
    state,
    at,
    receivedAt: now,
    protocol: outage.scope,
    nativeId: outage.key,
    source: '',
    late: false,
    outage,
    evidence: { signal: 'online', value: false, receivedAt: now, outage },
  };
}

function nameOf(scope: OutageScope, key: string): Omit<Outage, 'silent' | 'of'> {
  if (scope === 'building' || scope === 'estate') return { scope, key, label: '', assetId: Number(key) };
  if (scope === 'grid') return { scope, key, label: '', gridId: Number(key) };
  const operator = operators.find(({ code }) => code === key);
  const label = operator ? `${operator.zh} ${operator.en}` : key;
  return { scope, key, label: scope === 'everything' ? '全部设备 all devices' : label };
}
