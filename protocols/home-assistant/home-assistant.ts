/**
 * Home Assistant's MQTT discovery, the read side: whoever announces entities (ESPHome, OpenMQTTGateway, firmware of any maker) tells by
 * device class and unit what its topics mean. https://www.home-assistant.io/integrations/mqtt/#mqtt-discovery
 */
import type { Decoded, DecodedPart, Protocol, ProtocolSession, Uplink } from '../../src/model/uplinks.ts';
import { clean, type Sink } from '../sink.ts';
import { encode } from './commands.ts';
import { type ConfigPlace, configPlaceOf } from './config.ts';
import { learn } from './learn.ts';
import { type Memory, memoryOf } from './session.ts';
import { readTopic, type Sinks } from './state.ts';

/** A device form with some dozen components has a few ten thousand characters. */
const MAX_BYTES = 256 * 1024;
const MAX_REASON = 500;
/** Entities tell no interval; a battery sensor speaks at least once a day. */
const EXPECTED_EVERY_MS = 25 * 3_600_000;
const PREFIX = 'homeassistant';
const BIRTH = /^(?:homeassistant|hass)\/status$/;

type Inbound = Pick<Uplink, 'bytes' | 'topic' | 'claimedId' | 'receivedAt' | 'retained' | 'topicPrefix'>;

const reasonOf = (reasons: readonly string[]) => {
  const reason = reasons.join('; ').slice(0, MAX_REASON).toWellFormed();
  return reason === '' ? {} : { reason };
};

/** Who speaks where no device does: the gateway that logged in, else the prefix of the discovery. */
function gatewayOf({ claimedId, topicPrefix = PREFIX }: Inbound): string {
  return claimedId ?? clean(topicPrefix.slice(topicPrefix.lastIndexOf('/') + 1), 128);
}

type Plain = Omit<Decoded, 'replies' | 'outcome'> & { outcome?: Decoded['outcome'] };

function decoded({ outcome = 'empty', ...rest }: Plain): Decoded {
  return { outcome, replies: [], ...rest };
}

function parse(text: string): { value?: unknown; bad?: true } {
  if (text.trim() === '') return {};
  try {
    return { value: JSON.parse(text) };
  } catch {
    return { bad: true };
  }
}

function readConfig(
  memory: Memory,
  place: ConfigPlace,
  { text, uplink }: { text: string; uplink: Inbound },
): Decoded {
  const common = { nativeId: gatewayOf(uplink), readings: [], command: 'config' };
  const { value, bad } = parse(text);
  if (bad) return decoded({ ...common, session: memory, outcome: 'undecodable', reason: 'not JSON' });
  const { memory: session, introduces, listenTo, reasons, misunderstood } = learn(memory, place, value);
  return decoded({
    ...common,
    session,
    outcome: introduces.length > 0 ? 'ok' : misunderstood ? 'undecodable' : 'empty',
    ...reasonOf(reasons),
    ...(introduces.length > 0 ? { introduces } : {}),
    ...(listenTo.length > 0 ? { listenTo } : {}),
  });
}

/** The device with the most to say speaks, the others are said beside it. */
function partsOf(sinks: Sinks): { nativeId: string; sink: Sink }[] {
  const parts = [...sinks].map(([nativeId, sink]) => ({ nativeId, sink }));
  return [
    ...parts.filter(({ sink }) => sink.readings.length > 0),
    ...parts.filter(({ sink }) => sink.readings.length === 0),
  ];
}

function spoken(memory: Memory, sinks: Sinks, uplink: Inbound): Decoded {
  const [first, ...rest] = partsOf(sinks);
  const others: DecodedPart[] = rest
    .filter(({ sink }) => sink.readings.length > 0)
    .map(({ nativeId, sink }) => ({ nativeId, readings: sink.readings, ...reasonOf(sink.reasons) }));
  const silent = rest.filter(({ sink }) => sink.readings.length === 0).flatMap(({ sink }) => sink.reasons);
  const misunderstood = [...sinks.values()].some((sink) => sink.misunderstood);
  const said = first !== undefined && first.sink.readings.length > 0;
  return decoded({
    session: memory,
    outcome: said ? 'ok' : misunderstood ? 'undecodable' : 'empty',
    nativeId: first?.nativeId ?? gatewayOf(uplink),
    readings: first?.sink.readings ?? [],
    command: 'state',
    ...reasonOf([...(first?.sink.reasons ?? []), ...silent]),
    ...(others.length > 0 ? { others } : {}),
  });
}

function decode(session: ProtocolSession, uplink: Inbound): Decoded {
  const { bytes, topic, retained = false } = uplink;
  const refused = (outcome: 'empty' | 'undecodable', reason: string) =>
    decoded({ session, outcome, nativeId: gatewayOf(uplink), readings: [], command: 'state', reason });
  if (bytes.byteLength > MAX_BYTES)
    return refused('undecodable', `${bytes.byteLength} bytes are more than ${MAX_BYTES}`);
  if (topic === undefined) return refused('undecodable', 'no topic');
  if (BIRTH.test(topic)) return refused('empty', 'Home Assistant itself comes or goes');
  const memory = memoryOf(session);
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  const place = configPlaceOf(topic);
  if (place) return readConfig(memory, place, { text, uplink });
  const read = readTopic(memory, { topic, text, retained });
  if (!read) return refused('empty', `no discovery message names ${clean(topic, 128)}`);
  return spoken(read.memory, read.sinks, uplink);
}

function looksLike(bytes: Uint8Array): 0 | 2 {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 1000)).toString(
    'latin1',
  );
  const told = /"(?:stat_t|state_topic|cmps|components)"\s*:/.test(head);
  return told && /"(?:uniq_id|unique_id|dev|device|dev_cla|device_class|name|o|origin)"\s*:/.test(head)
    ? 2
    : 0;
}

/** The protocol `home_assistant`: what is announced on the broker, whoever announces it. */
export const homeAssistant: Protocol = {
  name: 'home_assistant',
  alsoCalled: ['homeassistant'],
  title: { zh: 'Home Assistant MQTT 发现', en: 'Home Assistant MQTT discovery' },
  gateway: {
    defaultPrefix: (nativeId) => `${PREFIX}/${nativeId}`,
    guessPrefix: (topic) => (BIRTH.test(topic) ? topic.split('/', 1)[0] : configPlaceOf(topic)?.prefix),
    covers: (prefix, topic) =>
      topic.startsWith(`${prefix}/`) || configPlaceOf(topic) !== undefined || BIRTH.test(topic),
    open: true,
  },
  expectedEveryMs: EXPECTED_EVERY_MS,
  maxFrameBytes: MAX_BYTES,
  looksLike,
  decode,
  encode,
};
