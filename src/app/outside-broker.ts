import { matchTopic, protocols } from '../../protocols/index.ts';
import type { CleanUp } from '../platform/clean-up.ts';
import { type MqttClientOptions, type OutsideBroker, startMqttClient } from '../transport/mqtt-client.ts';
import type { Parts } from './parts.ts';

/** The outside broker, where one is set: it may be away, the service starts all the same. */
export function startOutsideBroker(
  parts: Parts,
  ingest: Pick<MqttClientOptions, 'registry' | 'intake' | 'downlinks' | 'mapFor'>,
  cleanUp: CleanUp,
): OutsideBroker | undefined {
  const { config, database, clock, log, processId, metrics } = parts;
  if (!config.outsideBroker) return undefined;
  const outside = startMqttClient({
    ...config.outsideBroker,
    ...ingest,
    processId,
    database,
    match: matchTopic,
    protocols,
    clock,
    log,
  });
  cleanUp.add(() => outside.close());
  metrics.watchOutside('outside_broker', () => {
    const { connected, reads, received, stored, waiting } = outside.state();
    return { connected: Number(connected), reads: Number(reads), received, stored, waiting };
  });
  return outside;
}
