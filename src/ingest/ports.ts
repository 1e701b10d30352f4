import type { DecodedReading } from '../model/readings.ts';
import type { Decoded, Protocol, Uplink, UplinkOutcome } from '../model/uplinks.ts';
import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/database.ts';
import type { Logger } from '../platform/logging.ts';
import type { Precedence } from '../platform/precedence.ts';
import type { AttributedDevice } from './attribute.ts';
import type { CodecFolder } from './codecs/ports.ts';
import type { Conversation, GatewayStore } from './gateways.ts';
import type { SightingStore } from './sightings.ts';

export interface Accepted {
  outcome: UplinkOutcome;
  decoded: Decoded;
  device: AttributedDevice | null;
}

export interface Ingest {
  /**
   * Takes an uplink; resolves once the transaction that holds it has committed, and only then may it be answered.
   * Rejects with INGEST_OVERLOADED (nothing stored, the device is to repeat) or with the failure of the database.
   */
  accept(uplink: Uplink, conversation: Conversation): Promise<Accepted>;
  /** The conversation of a registered gateway, which all its connections share; to be asked for whenever one begins. */
  conversationOf(protocol: string, nativeId: string): Promise<Conversation>;
  /** What a transport itself knows of the device that claims the uplink (its connection is lost): readings without bytes. */
  report(uplink: Uplink, readings: DecodedReading[]): Promise<Accepted>;
  /** Records bytes that were refused before they could be understood; `empty` are understood and mean nothing any more. */
  refuse(uplink: Uplink, outcome: 'forbidden' | 'undecodable' | 'empty', reason: string): Promise<void>;
  /** Counts since the start, for metrics. */
  counts(): Readonly<Record<UplinkOutcome, number>>;
  close(): Promise<void>;
}

export interface IngestDeps {
  database: Database;
  clock: Clock;
  log: Logger;
  protocols: ReadonlyMap<string, Protocol>;
  registry: {
    peek(protocol: string, spelling: string): AttributedDevice | null | undefined;
    load(spellings: readonly { protocol: string; spelling: string }[]): Promise<void>;
    forget(): void;
  };
  /** What the operator's own files make of payloads. */
  codecs: Pick<CodecFolder, 'resolve'>;
  gateways: GatewayStore;
  partitions: number;
  sightings: SightingStore;
  /** Life events before telemetry. */
  precedence: Precedence;
  /** Called after the commit; what it returns for life events is waited for before more telemetry is written. */
  woken(partitions: readonly number[], lifeEvents: number): Promise<unknown> | undefined;
}
