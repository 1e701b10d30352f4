import type { DecodedReading } from '../model/readings.ts';
import type { Decoded, EncodedDownlink, ProtocolSession, Uplink, UplinkOutcome } from '../model/uplinks.ts';

export type { Uplink } from '../model/uplinks.ts';

export interface Conversation {
  session: ProtocolSession;
}

export interface Accepted {
  outcome: UplinkOutcome;
  decoded: Decoded;
  device: { id: number; subjectId: number | undefined } | null;
}

/** Where uplinks go; both resolve when the database has them. */
export interface Intake {
  accept(uplink: Uplink, conversation: Conversation): Promise<Accepted>;
  /** What the transport itself knows of the device that claims the uplink. */
  report(uplink: Uplink, readings: DecodedReading[]): Promise<Accepted>;
  refuse(uplink: Uplink, outcome: 'forbidden' | 'undecodable' | 'empty', reason: string): Promise<void>;
  /** Of a registered gateway: the one that all its connections share, to be asked for whenever one begins. */
  conversationOf(protocol: string, nativeId: string): Promise<Conversation>;
}

/** Where commands to devices come from. */
export interface DownlinkSource {
  /** Takes what waits for a device and says how each is to be sent; nobody else will send these. */
  take(device: DeviceAddress): Promise<ReadyDownlink[]>;
  /** The device answered. */
  answered(device: DeviceAddress, answer: NonNullable<Decoded['downlinkAnswer']>): Promise<void>;
}

export interface ReadyDownlink extends EncodedDownlink {
  id: number;
  /** Is not to be sent again after a connection was lost. */
  once: boolean;
}

/** A device, or a gateway with all that is behind it. */
export interface DeviceAddress {
  protocol: string;
  nativeId: string;
  session: ProtocolSession;
  topicPrefix?: string | undefined;
}

/** A way by which devices reach us. */
export interface Door {
  name: string;
  connections(): number;
  /** A command waits for this device, under any of these spellings; nothing happens when it is not connected here. */
  deliver(protocol: string, spellings: readonly string[]): void;
  close(): Promise<void>;
}

/** One socket of ours. */
export interface Listener extends Door {
  /** The port that was taken. */
  port: number;
}
