/** Raw frames of a serial bus in MQTT, as transparent data terminals (DTU) carry them: up on `<prefix>/up`, down on `<prefix>/down`. */
import type { Decoded, Protocol, ProtocolSession, Publication, Uplink } from '../src/model/uplinks.ts';
import { fromHex, hex } from './bytes.ts';
import { clean, isObject } from './sink.ts';

/** Each terminal logs in by itself; its prefix is `<root>/<native id>` unless it was registered with another. */
export function dtuGateway(root: string): NonNullable<Protocol['gateway']> {
  const start = new RegExp(`^${root}/[^/]+(?=/)`);
  return {
    defaultPrefix: (nativeId) => `${root}/${nativeId}`,
    guessPrefix: (topic) => start.exec(topic)?.[0],
    alone: true,
  };
}

type Addressed = Pick<Uplink, 'topic' | 'claimedId' | 'topicPrefix'>;

/** The topics of a terminal: what precedes the last level where it is not registered. */
export function prefixOf({ topic, topicPrefix }: Addressed): string | undefined {
  return (
    topicPrefix ?? (topic === undefined ? undefined : topic.slice(0, Math.max(0, topic.lastIndexOf('/'))))
  );
}

/** The terminal itself, where the transport tells it. */
export function terminalOf(uplink: Addressed): string | undefined {
  if (uplink.claimedId !== undefined) return uplink.claimedId;
  const prefix = prefixOf(uplink);
  if (prefix === undefined) return undefined;
  const id = clean(prefix.slice(prefix.lastIndexOf('/') + 1));
  return id === '' ? undefined : id;
}

/** An outside broker shows us our own commands, too. */
export const isDown = ({ topic }: Addressed): boolean => topic?.endsWith('/down') === true;

export const fromUs = (session: ProtocolSession): Decoded => ({
  session,
  outcome: 'empty',
  readings: [],
  replies: [],
  command: 'down',
  reason: 'a frame to the device',
});

export function toDown(uplink: Addressed, bytes: Uint8Array): Publication[] {
  const prefix = prefixOf(uplink);
  return prefix ? [{ topic: `${prefix}/down`, bytes }] : [];
}

/** A frame that is torn apart arrives whole within this, or never. */
const TOGETHER_MS = 3000;

/** The begin of a frame that came in the message before, and the new bytes behind it. */
function joined(remnant: unknown, bytes: Uint8Array, receivedAt: number): Uint8Array {
  const { begun, at } = isObject(remnant) ? remnant : {};
  if (typeof begun !== 'string' || typeof at !== 'number') return bytes;
  if (receivedAt - at > TOGETHER_MS || receivedAt < at) return bytes;
  return Buffer.concat([fromHex(begun), bytes]);
}

type Message = Pick<Uplink, 'bytes' | 'receivedAt'>;

export interface Framing {
  split(bytes: Uint8Array): { frames: Uint8Array[]; rest: Uint8Array };
  decode(session: ProtocolSession, frame: Uint8Array): Decoded;
}

/** A message may hold several frames, or a piece of one: a terminal cuts where the bus was silent for a moment. */
export function decodeMessage(session: ProtocolSession, message: Message, framing: Framing): Decoded {
  const { remnant, ...before } = session;
  const bytes = joined(remnant, message.bytes, message.receivedAt);
  const { frames, rest } = framing.split(bytes);
  let latest: ProtocolSession = before;
  const parts = (frames.length > 0 ? frames : [bytes]).map((frame) => {
    const decoded = framing.decode(latest, frame);
    latest = decoded.session;
    return decoded;
  });
  const kept = rest.length === 0 ? {} : { remnant: { begun: hex(rest), at: message.receivedAt } };
  return { ...together(parts), session: { ...latest, ...kept } };
}

function together(parts: readonly Decoded[]): Decoded {
  const [first] = parts;
  if (first === undefined) throw new Error('a message has at least one part');
  if (parts.length === 1) return first;
  const best = (['ok', 'empty'] as const).find((outcome) => parts.some((part) => part.outcome === outcome));
  const publish = parts.flatMap((part) => part.publish ?? []);
  const nativeId = parts.find((part) => part.nativeId !== undefined)?.nativeId;
  const answer = parts.find((part) => part.downlinkAnswer)?.downlinkAnswer;
  const reason = parts.flatMap((part) => part.reason ?? []).join('; ');
  return {
    session: first.session,
    outcome: best ?? 'undecodable',
    ...(nativeId === undefined ? {} : { nativeId }),
    readings: parts.flatMap(({ readings }) => readings),
    replies: parts.flatMap(({ replies }) => replies),
    ...(publish.length > 0 ? { publish } : {}),
    command: first.command,
    ...(reason === '' ? {} : { reason: clean(reason, 500) }),
    ...(answer ? { downlinkAnswer: answer } : {}),
  };
}
