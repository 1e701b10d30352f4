import type { LogBatch } from '../model/alerts.ts';
import type { Reading } from '../model/readings.ts';
import type { LogConsumer, LogRow } from '../platform/log-consumer.ts';
import { saveLatest } from './latest-store.ts';
import type { TelemetryStore } from './telemetry.ts';

/** Small enough that reading one batch does not hold up an SOS on the same event loop. */
const ROWS_AT_ONCE = 40;

/**
 * Stores what is in the log. Its cursor is its own: while the telemetry store is away, nothing but this cursor waits, and nothing is
 * missing afterwards. A batch may be written twice, which changes nothing.
 */
export function createTelemetryConsumer(deps: { store: TelemetryStore }): LogConsumer {
  const { store } = deps;
  const parsed = new WeakMap<readonly LogRow[], Reading[]>();
  const readingsOf = (rows: readonly LogRow[]): Reading[] => {
    const known = parsed.get(rows) ?? parse(rows);
    parsed.set(rows, known);
    return known;
  };
  const write: Pick<LogConsumer, 'prepare'> = store.transactional
    ? {}
    : { prepare: async (_partition, rows) => store.write(readingsOf(rows)) };
  return {
    name: 'telemetry',
    batch: ROWS_AT_ONCE,
    ...write,
    async handle(trx, _partition, rows) {
      const readings = readingsOf(rows);
      if (store.transactional) await store.write(readings, trx);
      await saveLatest(trx, readings);
      return undefined;
    },
    forget() {},
  };
}

function parse(rows: readonly LogRow[]): Reading[] {
  return rows.flatMap((row) => (JSON.parse(row.payload) as LogBatch).readings);
}
