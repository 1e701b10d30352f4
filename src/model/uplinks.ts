import type { DecodedReading } from './readings.ts';
import type { Signal } from './signals.ts';

export type TransportName = 'mqtt' | 'tcp' | 'udp' | 'http' | 'websocket';

/** One inbound unit of raw bytes with its transport facts. */
export interface Uplink {
  protocol: string;
  transport: TransportName;
  bytes: Uint8Array;
  /** MQTT topic, or what follows `/api/push/<source>` in an HTTP request, with its query. */
  topic?: string;
  /** The identity that the transport authenticated, as the device's native id. Absent on open sockets. */
  claimedId?: string;
  /** Milliseconds since 1970, our clock. */
  receivedAt: number;
  /** Remote address, for the guard against floods of unknown devices. */
  source: string;
  /** An outside broker's replay of a retained message; our own broker has none. */
  retained?: boolean;
  /** Of a gateway: the topic below which it speaks, without the last slash. */
  topicPrefix?: string;
  /** What the operator's own files make of it: see `Protocol.payloadOf`. */
  payload?: PayloadReading;
}

/** What of an uplink the operator's files are to be asked about: whose payload it is, and which bytes a codec would be given. */
export interface Payload {
  nativeId: string;
  /** Every name by which the device's model may be known, the surest first; what it is registered as goes before them. */
  models: readonly string[];
  /** Absent where the message brings its values decoded, or where there is nothing to decode. */
  codec?: { bytes: Uint8Array; fPort: number; receivedAt: number };
}

/** What the operator's files made of a payload. */
export interface PayloadReading {
  /** What the codec returned as `data`; absent where none was run. */
  data?: unknown;
  /** Why it returned nothing, in English. */
  error?: string;
  /** The operator's map for this model: its shape is the protocol's. */
  map?: unknown;
}

/**
 * What became of an uplink. `ok`: decoded and attributed. `duplicate`: a retransmission. `unknown_device`: decoded, no
 * registered device. `undecodable`: recorded, not understood. `empty`: understood, carries no reading (a keep-alive).
 * `forbidden`: not allowed for this device. `shed`: refused under overload, not acknowledged.
 */
export type UplinkOutcome =
  | 'ok'
  | 'duplicate'
  | 'unknown_device'
  | 'undecodable'
  | 'empty'
  | 'forbidden'
  | 'shed';

/** What a protocol remembers of one connection; a plain JSON value owned by the protocol. */
export type ProtocolSession = Readonly<Record<string, unknown>>;

export interface Decoded {
  session: ProtocolSession;
  outcome: 'ok' | 'empty' | 'undecodable';
  /** Native id of the device that speaks, where the frame or the session tells it. */
  nativeId?: string;
  readings: DecodedReading[];
  /** What to answer on the same connection once the uplink is committed; over HTTP the first is the body of the answer. */
  replies: Uint8Array[];
  /** What to publish once the uplink is committed, where the transport is MQTT. */
  publish?: Publication[];
  /** Topics on which its device says what it announced here; to be subscribed to where the broker is not ours. */
  listenTo?: string[];
  /** The device's own sequence number, in a form that is unique for this device; absent where it has none. */
  sequence?: string;
  /** Names the kind of frame (`AL`, `LK`, `up`): part of the fallback key of retransmissions and of the uplink log. */
  command: string;
  /** Why it was not understood, or what in it was not: for the person who reads the uplink log, in English. */
  reason?: string;
  /** An answer to one of our downlinks: its serial where the protocol has one, and the command it answers. */
  downlinkAnswer?: { command: string; serial?: string; ok: boolean };
  /** What a gateway says of the devices behind it, all of them. */
  children?: GatewayChild[];
  /** Devices that this message makes known; what was known of others stays. */
  introduces?: GatewayChild[];
  /** What the same message says of other devices. */
  others?: DecodedPart[];
}

export type DecodedPart = Pick<Decoded, 'readings' | 'sequence' | 'reason'> & { nativeId: string };

export interface Publication {
  topic: string;
  bytes: Uint8Array;
}

/** A device behind a gateway as the gateway describes it. */
export interface GatewayChild {
  nativeId: string;
  name?: string;
  model?: string;
  vendor?: string;
}

export const measurements = ['heart_rate', 'blood_pressure', 'spo2', 'temperature'] as const;
export type Measurement = (typeof measurements)[number];

/** A command to a device as the platform says it; a protocol that cannot say one answers `undefined` in `encode`. */
export type DownlinkCommand =
  | { kind: 'locate_now' }
  | { kind: 'measure'; what: Measurement }
  | { kind: 'set_sos_numbers'; numbers: readonly string[] }
  | { kind: 'set_interval'; seconds: number }
  | { kind: 'ring' }
  | { kind: 'message'; text: string }
  | { kind: 'fall_detection'; on: boolean; sensitivity?: 1 | 2 | 3 }
  | { kind: 'power_off' }
  | { kind: 'restart' }
  | { kind: 'switch'; on: boolean; channel?: string };

export const commandKinds = [
  'locate_now',
  'measure',
  'set_sos_numbers',
  'set_interval',
  'ring',
  'message',
  'fall_detection',
  'power_off',
  'restart',
  'switch',
] as const satisfies readonly DownlinkCommand['kind'][];

export interface EncodedDownlink {
  bytes: Uint8Array;
  /** MQTT topic where the transport is MQTT. */
  topic?: string;
  /** The `command` of the answer that acknowledges it; absent where the device does not answer. */
  answeredBy?: string;
  /**
   * A live reading of this acknowledges it, and nothing else does: a switch counts when the device shows its new position. Of several
   * proofs that of the signal which the device has ever shown is taken, else the first.
   */
  confirmedBy?: PositionProof | readonly PositionProof[];
}

/** The signals that show where a switch or a valve stands. */
export const positionSignals = ['breaker_position', 'valve_position'] as const satisfies readonly Signal[];
export type PositionSignal = (typeof positionSignals)[number];

export interface PositionProof {
  signal: PositionSignal;
  /** Any point of the device where it is absent. */
  channel?: string;
  value: string;
}

/**
 * A device language. `decode` and `encode` are pure; `decode` never throws on any bytes. `split` cuts a byte stream into frames and
 * gives back what is not complete yet; only stream protocols have it.
 */
export interface Protocol {
  name: string;
  /** Other names of the same language, for whoever names it in a command. */
  alsoCalled?: readonly string[];
  title: { zh: string; en: string };
  /** Default TCP listener; `env` is the variable that moves it. */
  tcp?: { env: string; port: number };
  /** The same for datagrams; where both are there, the variable moves both. A datagram is split like a stream that ends with it. */
  udp?: { env: string; port: number };
  /** Path of the WebSocket on the web port, each message of which is an uplink. */
  webSocket?: { path: string };
  /**
   * Clouds and devices that bring messages to `/api/push/<source>`, with whatever path follows. `decode` gets path and query as `topic`;
   * its first reply is the body of the answer, of this type; `{}` where it has none.
   */
  http?: { source: string; contentType: string };
  /** Topic filter below which devices of this protocol speak on our MQTT broker, `+` stands for the native id. */
  mqttTopic?: string;
  /** Topic filter of the downlinks to them. */
  mqttDownTopic?: string;
  /**
   * Devices of this protocol speak through gateways. A gateway logs in with its own id and secret and speaks below its topic prefix (in an
   * outside broker it is told by that alone); `defaultPrefix` is the prefix of a gateway that was registered without one. What it taught is
   * kept in `protocol_sessions` under its id.
   */
  gateway?: {
    defaultPrefix(nativeId: string): string;
    /** The prefix that a topic of an unregistered gateway suggests; undefined where it does not look like one of this protocol. */
    guessPrefix(topic: string): string | undefined;
    /** Whether a gateway with this prefix speaks on a topic; where absent: on all that is below the prefix. Also tells what it may subscribe to. */
    covers?(prefix: string, topic: string): boolean;
    /** Devices may also be registered without a gateway: any that speaks this language may speak for them (network servers, clouds). */
    open?: true;
    /** There is nothing behind it: each device logs in by itself, and its own messages say whether it is online. */
    alone?: true;
  };
  /** Silence after which a device of this protocol counts as silent, in milliseconds. */
  expectedEveryMs: number;
  maxFrameBytes: number;
  split?(buffer: Uint8Array): { frames: Uint8Array[]; rest: Uint8Array; discarded: number };
  /** How surely bytes are of this language: 0 no, 1 perhaps, 2 by their form, 3 by a checksum. For whoever does not know the protocol. */
  looksLike?(bytes: Uint8Array): 0 | 1 | 2 | 3;
  /** What the operator's own codecs, signal maps or register maps are to be asked before `decode`; undefined where nothing. */
  payloadOf?(
    uplink: Pick<Uplink, 'bytes' | 'topic' | 'claimedId' | 'receivedAt' | 'topicPrefix'>,
    session: ProtocolSession,
  ): Payload | undefined;
  /** Every spelling under which one device may announce itself (IMEI, short id), the given one first. */
  aliases?(nativeId: string): string[];
  decode(
    session: ProtocolSession,
    uplink: Pick<
      Uplink,
      'bytes' | 'topic' | 'claimedId' | 'receivedAt' | 'retained' | 'topicPrefix' | 'payload'
    >,
  ): Decoded;
  /** What to ask the device now, for those that speak only when they are asked; asked again at `nextAt`. Pure. */
  poll?(
    session: ProtocolSession,
    device: { nativeId: string; now: number; topicPrefix?: string; map?: unknown },
  ): { session: ProtocolSession; publish: Publication[]; nextAt: number };
  /** Behind a gateway, `nativeId` is the child's; `session` and `topicPrefix` are the gateway's. */
  encode?(
    command: DownlinkCommand,
    device: { nativeId: string; session: ProtocolSession; serial: number; topicPrefix?: string },
  ): EncodedDownlink | undefined;
}
