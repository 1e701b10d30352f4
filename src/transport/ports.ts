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
  refuse(uplink: Uplink, outcome: 'forbidden' | 'undecodable', reason: string): Promise<void>;
}

/** Where commands to devices come from. */
export interface DownlinkSource {
  /** Takes what waits for a device and says how each is to be sent; nobody else will send these. */
  take(device: DeviceAddress): Promise<(EncodedDownlink & { id: number })[]>;
  /** The device answered. */
  answered(device: DeviceAddress, answer: NonNullable<Decoded['downlinkAnswer']>): Promise<void>;
}

export interface DeviceAddress {
  protocol: string;
  nativeId: string;
  session: ProtocolSession;
}

/** One socket of ours that devices reach. */
export interface Listener {
  name: string;
  /** The port that was taken. */
  port: number;
  connections(): number;
  /** A command waits for this device, under any of these spellings; nothing happens when it is not connected here. */
  deliver(protocol: string, spellings: readonly string[]): void;
  close(): Promise<void>;
}
