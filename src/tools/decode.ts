/**
 * `npm run --silent decode -- [--protocol P]`: NDJSON in, NDJSON out, one line per line. In: `{id, protocol?, kind:
 * text|hex|mqtt|http, frame, topic?, device?, retained?}`; out: `{id, outcome, device, readings, replies, publish?, reason?}`.
 * What a gateway teaches (`bridge/devices`) holds for the lines after it. A frame may lack its start and end marks.
 */
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { guessProtocol, protocolByName, protocols } from '../../protocols/index.ts';
import type { DecodedReading } from '../model/readings.ts';
import type { Decoded, Protocol, ProtocolSession } from '../model/uplinks.ts';

const KINDS = ['text', 'hex', 'mqtt', 'http'];

interface Input {
  id: unknown;
  protocol: Protocol | undefined;
  bytes: Uint8Array;
  topic?: string;
  claimedId?: string;
  retained?: boolean;
  receivedAt: number;
}

interface Output {
  outcome: Decoded['outcome'];
  device: string | null;
  readings: unknown[];
  replies: string[];
  publish?: { topic: string; payload: string }[];
  reason?: string;
}

/** What is wrong with a line, told in its output instead of ending the run. */
class BadLine extends Error {
  readonly id: unknown;

  constructor(id: unknown, message: string) {
    super(message);
    this.id = id;
  }
}

const knownNames = () => protocols.flatMap(({ name, alsoCalled = [] }) => [name, ...alsoCalled]).join(', ');

function refused(reason: string): Output {
  return { outcome: 'undecodable', device: null, readings: [], replies: [], reason };
}

function parseLine(line: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(line);
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return { ...parsed };
  } catch {
    // told below, together with JSON that is no object
  }
  throw new BadLine(null, 'the line is not a JSON object');
}

function bytesOf(id: unknown, kind: string, frame: unknown): Uint8Array {
  if (typeof frame === 'object' && frame !== null && kind !== 'hex')
    return Buffer.from(JSON.stringify(frame));
  if (typeof frame !== 'string') throw new BadLine(id, 'frame: expected a string');
  if (kind !== 'hex') return Buffer.from(frame);
  const digits = frame.replace(/\s/g, '');
  if (!/^(?:[0-9a-f]{2})*$/i.test(digits)) throw new BadLine(id, 'frame: expected hex digits, two a byte');
  return Buffer.from(digits, 'hex');
}

function readInput(line: string, options: { protocol?: string; now: number }): Input {
  const {
    id = null,
    kind = 'text',
    frame,
    topic,
    device,
    retained,
    protocol = options.protocol,
  } = parseLine(line);
  if (typeof kind !== 'string' || !KINDS.includes(kind)) {
    throw new BadLine(id, `kind: expected ${KINDS.join(', ')}`);
  }
  const known = typeof protocol === 'string' ? protocolByName(protocol) : undefined;
  if (protocol !== undefined && !known) {
    throw new BadLine(id, `protocol ${JSON.stringify(protocol)} is not known; there are ${knownNames()}`);
  }
  return {
    id,
    protocol: known,
    bytes: bytesOf(id, kind, frame),
    ...(typeof topic === 'string' ? { topic } : {}),
    ...(typeof device === 'string' ? { claimedId: device } : {}),
    ...(typeof retained === 'boolean' ? { retained } : {}),
    receivedAt: options.now,
  };
}

/** The frames of a stream, a last one that was cut among them; a message of any other transport is one. */
function framesOf(protocol: Protocol, bytes: Uint8Array): { frames: Uint8Array[]; discarded: number } {
  if (!protocol.split) return { frames: [bytes], discarded: 0 };
  const { frames, rest, discarded } = protocol.split(bytes);
  return { frames: rest.length > 0 ? [...frames, rest] : frames, discarded };
}

function describeReading(reading: DecodedReading, now: number) {
  const { signal, channel, value, cause, stage, code, observedAt = now, origin } = reading;
  return {
    signal,
    channel,
    value,
    cause,
    stage,
    code,
    observedAt: new Date(observedAt).toISOString(),
    origin,
  };
}

function describeReply(reply: Uint8Array): string {
  const text = Buffer.from(reply).toString('latin1');
  return /^[ -~\r\n]*$/.test(text) ? text : Buffer.from(reply).toString('hex');
}

function worst(outcomes: readonly Decoded['outcome'][]): Decoded['outcome'] {
  if (outcomes.includes('ok')) return 'ok';
  return outcomes.length === 0 || outcomes.includes('undecodable') ? 'undecodable' : 'empty';
}

/** What gateways taught so far, by protocol and the start of their topics; and whose the topics are that they announced. */
export type Sessions = Map<Protocol, Map<string, ProtocolSession>> & {
  announced?: Map<string, { protocol: Protocol; topicPrefix: string }>;
};

/** The start of the topics of a line's gateway: one that was heard before, else as the topic looks. */
function prefixOf(
  { gateway }: Protocol,
  topic: string | undefined,
  heard: ReadonlyMap<string, unknown>,
): string | undefined {
  if (!gateway || topic === undefined) return undefined;
  const known = [...heard.keys()].filter((prefix) => topic.startsWith(`${prefix}/`));
  const [longest] = known.sort((a, b) => b.length - a.length);
  const guessed = gateway.guessPrefix(topic) ?? topic.split('/', 1)[0];
  return longest !== undefined && longest.length >= (guessed?.length ?? 0) ? longest : guessed;
}

interface Attempt {
  decoded: Decoded[];
  session: ProtocolSession;
  discarded: number;
}

function attempt(
  protocol: Protocol,
  { frames, discarded }: { frames: readonly Uint8Array[]; discarded: number },
  { input, before, topicPrefix }: { input: Input; before: ProtocolSession; topicPrefix: string | undefined },
): Attempt {
  let session = before;
  const decoded = frames.map((bytes) => {
    const prefix = topicPrefix === undefined ? {} : { topicPrefix };
    const one = protocol.decode(session, { ...input, ...prefix, bytes });
    session = one.session;
    return one;
  });
  return { decoded, session, discarded };
}

/** What was understood of it: the outcome before the number of readings. */
function worth({ decoded }: Attempt): number {
  const outcome = ['undecodable', 'empty', 'ok'].indexOf(worst(decoded.map((one) => one.outcome)));
  const readings = decoded.reduce((sum, one) => sum + one.readings.length, 0);
  return outcome * 100_000 + readings;
}

/** A stream cut into frames; where bytes are left over it may be one frame without its marks. */
function understand(
  protocol: Protocol,
  input: Input,
  context: { before: ProtocolSession; topicPrefix: string | undefined },
): Attempt {
  const cut = framesOf(protocol, input.bytes);
  const asStream = attempt(protocol, cut, { input, ...context });
  if (
    !protocol.split ||
    (cut.discarded === 0 && worst(asStream.decoded.map((d) => d.outcome)) !== 'undecodable')
  )
    return asStream;
  const asFrame = attempt(protocol, { frames: [input.bytes], discarded: 0 }, { input, ...context });
  return worth(asFrame) > worth(asStream) ? asFrame : asStream;
}

function decodeWith(protocol: Protocol, given: Input, sessions: Sessions): Output {
  const input = { ...given, ...(given.topic === undefined ? {} : { topic: given.topic.replace(PUSH, '') }) };
  const heard = sessions.get(protocol) ?? new Map<string, ProtocolSession>();
  const announced = sessions.announced?.get(input.topic ?? '');
  const topicPrefix =
    announced?.protocol === protocol ? announced.topicPrefix : prefixOf(protocol, input.topic, heard);
  const before: ProtocolSession = (topicPrefix === undefined ? undefined : heard.get(topicPrefix)) ?? {};
  const { decoded, session, discarded } = understand(protocol, input, { before, topicPrefix });
  if (topicPrefix !== undefined) {
    sessions.set(protocol, heard.set(topicPrefix, session));
    sessions.announced ??= new Map();
    for (const topic of decoded.flatMap(({ listenTo = [] }) => listenTo))
      sessions.announced.set(topic, { protocol, topicPrefix });
  }
  const reasons = decoded.flatMap(({ reason }) => reason ?? []);
  if (discarded > 0) reasons.push(`${discarded} bytes belong to no frame`);
  const publish = decoded.flatMap((one) => one.publish ?? []);
  return {
    outcome: worst(decoded.map(({ outcome }) => outcome)),
    device: decoded.find(({ nativeId }) => nativeId !== undefined)?.nativeId ?? null,
    readings: decoded.flatMap((one) => readingsOf(one, input.receivedAt)),
    replies: decoded.flatMap(({ replies }) => replies.map(describeReply)),
    ...(publish.length > 0
      ? { publish: publish.map(({ topic, bytes }) => ({ topic, payload: describeReply(bytes) })) }
      : {}),
    ...(reasons.length > 0 ? { reason: reasons.join('; ') } : {}),
  };
}

/** Readings of the device that speaks, then those of others in the same message, which name theirs. */
function readingsOf({ readings, others = [] }: Decoded, now: number) {
  return [
    ...readings.map((reading) => describeReading(reading, now)),
    ...others.flatMap((other) =>
      other.readings.map((reading) => ({ device: other.nativeId, ...describeReading(reading, now) })),
    ),
  ];
}

/** The source of a push by its path. */
const PUSH = /^\/?api\/push\/([\w-]+)(?=\/|\?|$)/;

/** The protocol whose topic it is, or one that was heard on it. */
function protocolOf(topic: string, sessions: Sessions): Protocol | undefined {
  const [, source] = PUSH.exec(topic) ?? [];
  if (source !== undefined) return protocols.find(({ http }) => http?.source === source);
  const speaks = ([, heard]: [Protocol, Map<string, unknown>]) =>
    [...heard.keys()].some((prefix) => topic.startsWith(`${prefix}/`));
  return guessProtocol(topic) ?? sessions.announced?.get(topic)?.protocol ?? [...sessions].find(speaks)?.[0];
}

/** The protocol that the line names or that its topic belongs to, else the one that the bytes look like most. */
function decodeInput(input: Input, sessions: Sessions): Output {
  const named = input.protocol ?? (input.topic === undefined ? undefined : protocolOf(input.topic, sessions));
  if (named) return decodeWith(named, input, sessions);
  if (input.topic !== undefined) return refused(`no protocol speaks on the topic ${input.topic}`);
  const looks = protocols.map((protocol) => ({ protocol, sure: protocol.looksLike?.(input.bytes) ?? 0 }));
  const likely = looks.filter(({ sure }) => sure > 0).sort((a, b) => b.sure - a.sure);
  for (const { protocol } of likely) {
    const output = decodeWith(protocol, input, sessions);
    if (output.outcome !== 'undecodable') return output;
  }
  const tried = likely.map(
    ({ protocol }) => `${protocol.name}: ${decodeWith(protocol, input, sessions).reason}`,
  );
  return refused(`no protocol understands it${tried.length > 0 ? ` (${tried.join('; ')})` : ''}`);
}

/** Decodes one line of input; never throws. `now` stands in where a device tells no time; `sessions` is added to. */
export function decodeLine(
  line: string,
  { sessions = new Map(), ...options }: { protocol?: string; now: number; sessions?: Sessions },
): string {
  try {
    const input = readInput(line, options);
    return JSON.stringify({ id: input.id, ...decodeInput(input, sessions) });
  } catch (error) {
    if (error instanceof BadLine) return JSON.stringify({ id: error.id, ...refused(error.message) });
    throw error;
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { protocol: { type: 'string' } } });
  if (values.protocol !== undefined && !protocolByName(values.protocol)) {
    process.stderr.write(`--protocol ${values.protocol} is not known; there are ${knownNames()}\n`);
    process.exitCode = 2;
    return;
  }
  const sessions: Sessions = new Map();
  process.stdout.on('error', () => process.exit());
  for await (const line of createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY })) {
    const output = decodeLine(line, { ...values, now: Date.now(), sessions });
    if (!process.stdout.write(`${output}\n`)) await once(process.stdout, 'drain');
  }
}

if (import.meta.main) await main();
