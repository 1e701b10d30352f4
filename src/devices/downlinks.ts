import type {
  Decoded,
  DownlinkCommand,
  EncodedDownlink,
  PositionProof,
  Protocol,
  ProtocolSession,
} from '../model/uplinks.ts';
import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/database.ts';
import { answerDownlink, failDownlink, noteSent, type QueuedDownlink, takeQueued } from './downlink-store.ts';
import { shownPositions } from './switching-store.ts';

/** A device, or a gateway with what speaks through it, as its connection knows it. */
interface DeviceAddress {
  protocol: string;
  nativeId: string;
  session: ProtocolSession;
  topicPrefix?: string | undefined;
}

export interface ReadyDownlink extends EncodedDownlink {
  id: number;
  kind: DownlinkCommand['kind'];
  /** Must not be sent again by the transport after a connection was lost: by then it may do harm. */
  once: boolean;
}

export interface Downlinks {
  take(device: DeviceAddress): Promise<ReadyDownlink[]>;
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
  const ready = async (device: DeviceAddress, queued: QueuedDownlink): Promise<ReadyDownlink[]> => {
    const { id, command } = queued;
    const protocol = protocols.get(device.protocol);
    const encoded = protocol?.encode?.(command, {
      nativeId: protocol.gateway ? queued.nativeId : device.nativeId,
      session: device.session,
      serial: id,
      ...(device.topicPrefix === undefined ? {} : { topicPrefix: device.topicPrefix }),
    });
    if (!encoded) {
      await failDownlink(database.db, id, `${device.protocol} has no ${command.kind}`, clock.now());
      return [];
    }
    const confirm = await proofFor(database, queued, encoded);
    await noteSent(database.db, id, { answeredBy: encoded.answeredBy, confirm });
    return [{ id, kind: command.kind, once: command.kind === 'switch', ...encoded }];
  };
  return {
    async take(device) {
      const isGateway = protocols.get(device.protocol)?.gateway !== undefined;
      const waiting = { protocol: device.protocol, spellings: spellings(device), isGateway };
      const sent: ReadyDownlink[] = [];
      for (const one of await takeQueued(database.db, waiting, clock.now()))
        sent.push(...(await ready(device, one)));
      return sent;
    },
    answered: (device, answer) =>
      answerDownlink(
        database.db,
        { protocol: device.protocol, spellings: spellings(device), ...answer },
        clock.now(),
      ),
  };
}

/** Of several proofs the one whose signal this device has shown. */
async function proofFor(
  database: Database,
  { deviceId }: QueuedDownlink,
  { confirmedBy = [] }: EncodedDownlink,
): Promise<PositionProof | undefined> {
  const proofs = [confirmedBy].flat() as PositionProof[];
  if (proofs.length < 2 || deviceId === null) return proofs[0];
  const shown = await shownPositions(database.db, deviceId);
  return proofs.find((proof) => shown.has(proof.signal)) ?? proofs[0];
}
