import type { Decoded, EncodedDownlink, Protocol, ProtocolSession } from '../model/uplinks.ts';
import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/database.ts';
import { answerDownlink, failDownlink, noteAnsweredBy, takeQueued } from './downlink-store.ts';

interface DeviceAddress {
  protocol: string;
  nativeId: string;
  session: ProtocolSession;
}

export interface Downlinks {
  take(device: DeviceAddress): Promise<(EncodedDownlink & { id: number })[]>;
  answered(device: DeviceAddress, answer: NonNullable<Decoded['downlinkAnswer']>): Promise<void>;
}

/** Commands to devices: rows with an expiry, said in the device's language by whoever holds its connection. */
export function createDownlinks(deps: {
  database: Database;
  clock: Clock;
  protocols: ReadonlyMap<string, Protocol>;
}): Downlinks {
  const { database, clock, protocols } = deps;
  const spellings = (device: DeviceAddress): string[] => [
    ...new Set([device.nativeId, ...(protocols.get(device.protocol)?.aliases?.(device.nativeId) ?? [])]),
  ];
  const failed = (id: number, reason: string) => failDownlink(database.db, id, reason, clock.now());
  return {
    async take(device) {
      const queued = await takeQueued(
        database.db,
        { protocol: device.protocol, spellings: spellings(device) },
        clock.now(),
      );
      const encoded: (EncodedDownlink & { id: number })[] = [];
      for (const { id, command } of queued) {
        const bytes = protocols
          .get(device.protocol)
          ?.encode?.(command, { nativeId: device.nativeId, session: device.session, serial: id });
        if (!bytes) {
          await failed(id, `${device.protocol} has no ${command.kind}`);
          continue;
        }
        await noteAnsweredBy(database.db, id, bytes.answeredBy);
        encoded.push({ id, ...bytes });
      }
      return encoded;
    },
    answered: (device, answer) =>
      answerDownlink(
        database.db,
        { protocol: device.protocol, spellings: spellings(device), ...answer },
        clock.now(),
      ),
  };
}
