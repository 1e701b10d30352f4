import { silencesOf } from '../api/silence.ts';
import { createRescueCommands } from '../devices/rescue-commands.ts';
import { partitionOf } from '../ingest/speaker.ts';
import type { AlertChange } from '../model/alerts.ts';
import type { CleanUp } from '../platform/clean-up.ts';
import type { AfterCommit, Trx } from '../platform/database.ts';
import { startPartitions } from '../platform/partitions.ts';
import { countPartitions } from '../platform/partitions-store.ts';
import { createInboxWorker } from '../rules/inbox-worker.ts';
import { createOutages } from '../rules/outages.ts';
import { createRulesConsumer } from '../rules/rules-consumer.ts';
import { createTelemetryConsumer } from '../telemetry/consumer.ts';
import { guarded } from './guarded.ts';
import type { Parts } from './parts.ts';

const INBOX_SWEEP_MS = 200;
const OUTAGE_SWEEP_MS = 15_000;
const DEFAULT_SILENCE_MS = 25 * 3_600_000;

/** What the rules of this process could not judge. */
export interface RulesHere {
  /** Readings since the start that came too late, by protocol. */
  tooLate(): Readonly<Record<string, number>>;
}

/** The log, drained by the workers of the queue. */
export async function startRules(parts: Parts, cleanUp: CleanUp): Promise<RulesHere> {
  const { config, database, clock, log, queue } = parts;
  const tooLate: Record<string, number> = {};
  parts.metrics.countTooLate(() => tooLate);
  const partitions = await countPartitions(database.db);
  const silences = silencesOf([...parts.protocols.values()]);
  const outages = createOutages({
    ...{ database, clock, silences, respond: respondWith(parts) },
    fold: parts.incidents.fold,
  });
  const engine = await startPartitions({
    processId: parts.processId,
    roles: [...config.roles],
    database: parts.bulk,
    free: parts.precedence.free,
    clock,
    log,
    consumers: [
      createRulesConsumer({
        clock,
        database,
        log,
        rules: () => parts.library.current().rules,
        calendar: parts.calendar,
        respond: outages.respond,
        alone: standAlone(parts.protocols),
        partitionOf: (device) => partitionOf(device, partitions),
        onTooLate: ({ protocol }) => {
          tooLate[protocol] = (tooLate[protocol] ?? 0) + 1;
        },
        expectedEveryMs: (protocol: string, model?: string) =>
          silences.of({ protocol, model: model ?? null }) || DEFAULT_SILENCE_MS,
      }),
      createTelemetryConsumer({ store: parts.telemetry }),
    ],
  });
  cleanUp.add(() => engine.close());
  queue.work('log', 8, (partitions) => engine.wake(partitions));
  const sweep = clock.every(OUTAGE_SWEEP_MS, () => guarded(log, () => outages.sweep()));
  cleanUp.add(() => sweep.cancel());
  return { tooLate: () => tooLate };
}

const standAlone = (protocols: Parts['protocols']): string[] =>
  [...protocols.values()].filter(({ gateway }) => gateway?.alone).map(({ name }) => name);

/**
 * The lane of life. Every process that has a database looks for events that nobody took within a moment, whatever its roles, so that no
 * dead process holds an SOS. Returns what drains the inbox at once.
 */
export function startInbox(parts: Parts, cleanUp: CleanUp): () => Promise<void> {
  const { config, database, clock, log, queue, claims } = parts;
  const inbox = createInboxWorker({
    database,
    clock,
    log,
    rules: () => parts.library.current().rules,
    respond: respondWith(parts),
    onLifeEvent: (trx, event) => claims.pressed(trx, event),
  });
  if (config.roles.has('rules')) queue.work('inbox', 4, async () => void (await inbox.drain()));
  const sweep = clock.every(INBOX_SWEEP_MS, () =>
    guarded(log, () => inbox.drain({ olderThanMs: INBOX_SWEEP_MS })),
  );
  cleanUp.add(() => sweep.cancel());
  return () => guarded(log, () => inbox.drain());
}

/** Each alert goes to those whose it is; all of it is one transaction. Her wristband is asked after it. */
function respondWith({ incidents, tickets, database, clock, log, protocols }: Parts) {
  const rescue = createRescueCommands({ database, clock, log, protocols });
  return async (trx: Trx, changes: readonly AlertChange[]): Promise<AfterCommit> => {
    const after = [await incidents.respond(trx, changes)];
    if (changes.some(({ consequence }) => consequence === 'ticket'))
      after.push(await tickets.respond(trx, changes));
    return () => {
      for (const run of after) run();
      void rescue.ask(changes);
    };
  };
}
