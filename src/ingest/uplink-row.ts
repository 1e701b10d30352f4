import type { Uplink } from '../model/uplinks.ts';
import type { UplinkRow } from './commit-store.ts';

type RowFacts = Pick<UplinkRow, 'outcome' | 'reason' | 'nativeId' | 'command'> &
  Partial<Pick<UplinkRow, 'deviceId' | 'readingCount'>>;

/** An uplink as it is recorded, with what became of it. */
export function rowOf(uplink: Uplink, facts: RowFacts): UplinkRow {
  return {
    receivedAt: uplink.receivedAt,
    protocol: uplink.protocol,
    transport: uplink.transport,
    source: uplink.source,
    topic: uplink.topic ?? null,
    bytes: uplink.bytes,
    deviceId: null,
    readingCount: 0,
    ...facts,
  };
}
