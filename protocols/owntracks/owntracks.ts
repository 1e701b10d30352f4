/** OwnTracks, the app, over HTTP and MQTT. https://owntracks.org/booklet/tech/json/ */
import type {
  Decoded,
  DownlinkCommand,
  EncodedDownlink,
  Protocol,
  ProtocolSession,
  Uplink,
} from '../../src/model/uplinks.ts';
import { utf8 } from '../bytes.ts';
import { at, decodedOf, idOf, newSink, readBody, textOf } from '../json-frame.ts';
import { measure, printable } from '../measure.ts';
import { hardwareAddress, networkScan } from '../network.ts';
import { toNumber } from '../place-fields.ts';
import { locationAt } from '../position.ts';
import { add, clean, isObject, type JsonObject, type Sink } from '../sink.ts';
import { looseTime } from '../time.ts';

const MAX_BYTES = 65_536;
const MAX_BATCH = 200;
/** Where a telephone does not move it speaks every half an hour at best. */
const EXPECTED_EVERY_MS = 6 * 3_600_000;
const TOPIC = /^owntracks\/([^/+#]{1,64})\/([^/+#]{1,64})(?:\/(\w+))?$/;
const KNOWN =
  /^(?:location|lwt|transition|waypoints?|card|steps|status|cmd|configuration|request|encrypted|beacon|dump)$/;
/** The reply of OwnTracks' own recorder: nothing to hand to the app. */
const REPLY = Buffer.from('[]');

/** `user/device`, from the topic, from the one in the message, or from `?u=…&d=…`; else the two letters of the tracker. */
function identify(message: JsonObject, topic: string): string | undefined {
  for (const named of [topic, textOf(message.topic) ?? '']) {
    const [, user, device] = TOPIC.exec(named) ?? [];
    if (user !== undefined) return clean(`${user}/${device}`, 128);
  }
  const query = new URLSearchParams(topic.slice(topic.indexOf('?') + 1 || topic.length));
  const [user, device] = [idOf(query.get('u')), idOf(query.get('d'))];
  if (user !== undefined && device !== undefined) return `${user}/${device}`;
  return idOf(textOf(message.topic)?.replaceAll('/', '.'), message.tid, message.device, user);
}

function readPosition(sink: Sink, message: JsonObject): void {
  const [latitude, longitude] = [toNumber(message.lat), toNumber(message.lon)];
  if (latitude === undefined || longitude === undefined) return;
  const facts = {
    altitude: toNumber(message.alt),
    accuracyM: toNumber(message.acc),
    speedKmh: toNumber(message.vel),
  };
  const told = Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
  const value = locationAt(latitude, longitude, told);
  if (value) add(sink, { signal: 'location', value });
}

function readDevice(sink: Sink, message: JsonObject): void {
  const base = {
    origin: sink.origin,
    ...(sink.observedAt === undefined ? {} : { observedAt: sink.observedAt }),
  };
  const { readings, reasons } = measure('battery', textOf(message.batt), base);
  sink.readings.push(...readings);
  sink.reasons.push(...reasons);
  if (message.t === '9') add(sink, { signal: 'battery_low', value: true });
  if (message.bs === 1 || message.bs === 2) add(sink, { signal: 'charging', value: message.bs === 2 });
  const mac = hardwareAddress(textOf(message.BSSID) ?? '');
  const name = clean(textOf(message.SSID) ?? '');
  const scan = mac === undefined ? undefined : networkScan([], [{ mac, ...(name === '' ? {} : { name }) }]);
  if (scan) add(sink, { signal: 'network_scan', value: scan });
}

function readOne(sink: Sink, type: string, message: JsonObject): void {
  switch (type) {
    case 'location':
      readPosition(sink, message);
      readDevice(sink, message);
      return;
    case 'transition': {
      const entered = /^enter$/i.test(textOf(message.event) ?? '');
      const left = /^(?:leave|exit)$/i.test(textOf(message.event) ?? '');
      const name = textOf(message.desc);
      const code = name === undefined ? {} : { code: clean(name) };
      if (entered || left)
        add(sink, { signal: entered ? 'fence_enter' : 'fence_exit', value: true, ...code });
      readPosition(sink, message);
      return;
    }
    case 'lwt':
      // Its time is when the connection began.
      add({ ...sink, observedAt: undefined }, { signal: 'online', value: false });
      return;
    case 'steps': {
      const steps = toNumber(message.steps);
      if (steps !== undefined && steps >= 0) add(sink, { signal: 'steps', value: steps });
      return;
    }
    case 'encrypted':
      sink.misunderstood = true;
      sink.reasons.push('encrypted by the app: clear its encryption key');
      return;
    default:
      if (!KNOWN.test(type)) sink.misunderstood = true;
  }
}

const typeOf = (message: JsonObject) =>
  printable(textOf(message._type) ?? (message.lat === undefined ? 'unknown' : 'location'), 24);

function decode(
  session: ProtocolSession,
  { bytes, topic = '', claimedId, retained }: Pick<Uplink, 'bytes' | 'topic' | 'claimedId' | 'retained'>,
): Decoded {
  const overMqtt = TOPIC.exec(topic);
  if (overMqtt?.[3] === 'cmd')
    return decodedOf(newSink(), {
      session,
      command: 'cmd',
      nativeId: undefined,
      reason: 'a command to an app',
    });
  const { value, reason } = readBody(bytes, MAX_BYTES);
  const sink = newSink(undefined, retained ? 'retained' : 'live');
  const messages = (Array.isArray(value) ? value.slice(0, MAX_BATCH) : [value]).filter(isObject);
  const [first = {}] = messages;
  for (const message of messages) {
    const into = at(sink, { observedAt: looseTime(message.tst ?? message.to) });
    readOne(into, typeOf(message), message);
    sink.misunderstood ||= into.misunderstood;
  }
  const type = messages.length === 0 ? 'unknown' : typeOf(first);
  const answered = type === 'location' && first.t === 'r';
  return decodedOf(messages.length === 0 ? { ...sink, misunderstood: true } : sink, {
    session,
    command: type,
    nativeId: identify(first, topic) ?? claimedId,
    sequence: idOf(first._id),
    replies: overMqtt ? [] : [REPLY],
    ...(reason === undefined ? {} : { reason }),
    ...(answered ? { downlinkAnswer: { command: 'reportLocation', ok: true } } : {}),
  });
}

/** Over MQTT alone, and where the app allows remote commands. */
function encode(command: DownlinkCommand, { nativeId }: { nativeId: string }): EncodedDownlink | undefined {
  if (command.kind !== 'locate_now' || !nativeId.includes('/')) return undefined;
  const text = JSON.stringify({ _type: 'cmd', action: 'reportLocation' });
  return { bytes: Buffer.from(text), topic: `owntracks/${nativeId}/cmd`, answeredBy: 'reportLocation' };
}

function looksLike(bytes: Uint8Array): 0 | 2 {
  const text = utf8(bytes.subarray(0, 4096));
  return /^\s*[[{]/.test(text) &&
    /"_type"\s*:\s*"(?:location|lwt|transition|waypoint|card|steps|status)/.test(text)
    ? 2
    : 0;
}

export const owntracks: Protocol = {
  name: 'owntracks',
  title: { zh: 'OwnTracks 手机应用', en: 'OwnTracks app' },
  http: { source: 'owntracks', contentType: 'application/json' },
  gateway: {
    defaultPrefix: (nativeId) => `owntracks/${nativeId}`,
    guessPrefix: (topic) => {
      const [, user] = TOPIC.exec(topic) ?? [];
      return user === undefined ? undefined : `owntracks/${user}`;
    },
    open: true,
  },
  expectedEveryMs: EXPECTED_EVERY_MS,
  maxFrameBytes: MAX_BYTES,
  looksLike,
  decode,
  encode,
};
