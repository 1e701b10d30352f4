import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { chirpstack } from '../../protocols/chirpstack/chirpstack.ts';
import { protocols } from '../../protocols/index.ts';
import { jt808 } from '../../protocols/jt808/jt808.ts';
import { native } from '../../protocols/native/native.ts';
import { splitFrames } from '../../protocols/watch/frame.ts';
import { watch } from '../../protocols/watch/watch.ts';
import { zigbee2mqtt } from '../../protocols/zigbee2mqtt/zigbee2mqtt.ts';
import { loadConfig } from '../../src/config.ts';
import { createCodecFolder } from '../../src/ingest/codecs/folder.ts';
import { breakerFaultCauses, isSignal } from '../../src/model/signals.ts';
import { deviceFields, readDeviceLines } from '../../src/people/imports/device-lines.ts';
import { readTable } from '../../src/people/imports/table.ts';
import { createSystemClock } from '../../src/platform/clock.ts';
import { createLogger } from '../../src/platform/logging.ts';
import { decodeLine, type Sessions } from '../../src/tools/decode.ts';
import { type GuideRow, guideRows } from '../harness/guide-rows.ts';
import { signalTable } from '../harness/signal-table.ts';

/** Without the spaces that only align the columns of tables. */
const unaligned = (text: string) => text.replace(/ {2,}/g, ' ').replace(/\| ?-+ ?(?=\|)/g, '|---');
const written = readFileSync(resolve(import.meta.dirname, '../../protocols/README.md'), 'utf8');
const guide = unaligned(written);

const decodeJson = (text: string) =>
  native.decode({}, { bytes: Buffer.from(text), topic: 'gridguard/v1/band-7/up', receivedAt: 0 });

/** The block of code that begins with this line, without it. */
function block(language: string, first: string): string {
  const [, text] = written.split(`\`\`\`${language}\n${first && `${first}\n`}`);
  if (text === undefined) throw new Error(`the guide has no ${first}`);
  return text.split('```')[0] ?? '';
}

describe('the connection guide', () => {
  it('shows every signal with its unit and range, as the glossary has them', () => {
    expect(guide).toContain(unaligned(signalTable()));
  });

  it('names every cause of a breaker fault', () => {
    for (const cause of breakerFaultCauses) expect(guide).toContain(`\`${cause}\``);
  });

  it.each(protocols)(
    'tells of $name how it is reached, by which other names it goes, and more in a section',
    (protocol) => {
      const { name, alsoCalled = [], tcp, udp, http, webSocket } = protocol;
      const row = guide.split('\n').find((line) => line.startsWith(`| \`${name}\` |`)) ?? '';
      for (const other of alsoCalled) expect(row).toContain(`\`${other}\``);
      for (const [word, listener] of [
        ['TCP', tcp],
        ['UDP', udp],
      ] as const)
        if (listener) {
          expect(row).toContain(word);
          expect(row).toContain(`| ${listener.port} | \`${listener.env}\` |`);
        }
      if (http) expect(row).toContain(`\`/api/push/${http.source}\``);
      if (webSocket) expect(row).toContain(`\`${webSocket.path}\``);
      expect(row).toMatch(protocol.mqttTopic || protocol.gateway ? /MQTT/ : /TCP|UDP|HTTP/);
      expect(guide).toMatch(new RegExp(`^## \`${name}\`: `, 'm'));
    },
  );

  it('names the topics that are read on a broker of your own by default', () => {
    const { outsideBroker } = loadConfig({ MQTT_URL: 'mqtt://127.0.0.1' });
    expect(guide).toContain(`\n${outsideBroker?.topics.join(',')}\n`);
  });

  const examples = [
    ...[...guide.matchAll(/```json\n([\s\S]*?)```/g)].map(([, text]) => text ?? ''),
    ...[...guide.matchAll(/-t gridguard\S+ \\\s+-m '(\{.*?\})'/g)].map(([, text]) => text ?? ''),
  ];

  it('has examples of messages', () => expect(examples.length).toBeGreaterThan(8));

  it.each(examples)('has an example that is understood to the last key: %s', (text) => {
    const { outcome, reason } = decodeJson(text);
    expect({ outcome, reason }).toEqual({ outcome: 'ok', reason: undefined });
  });

  it('has a leak for mosquitto_pub that is one', () => {
    const [, topic = '', text = ''] = /-t (zigbee2mqtt\S+) \\\s+-m '(.*)'/.exec(guide) ?? [];
    const { outcome, readings } = zigbee2mqtt.decode({}, { bytes: Buffer.from(text), topic, receivedAt: 0 });
    expect(outcome).toBe('ok');
    expect(readings.map(({ signal, value }) => [signal, value])).toContainEqual(['water_leak', true]);
  });

  it('quotes the reasons that are given', () => {
    for (const payload of ['{"heart_rate":"88"}', '{"heart_rate":0}']) {
      expect(guide).toContain(`\`${decodeJson(payload).reason}\``);
    }
  });

  it('shows a press for netcat that is one', () => {
    const [, frame = ''] = /'(\[3G.*\])' \| nc/.exec(guide) ?? [];
    const { readings } = watch.decode({}, { bytes: Buffer.from(frame), receivedAt: 0 });
    expect(readings.map(({ signal }) => signal)).toEqual(['sos', 'battery', 'steps', 'location']);
  });

  it('shows lines for the decoder that it understands', () => {
    const lines = [...guide.matchAll(/^echo '(\{.*\})' \| npm run --silent decode$/gm)];
    expect(lines).toHaveLength(2);
    for (const [, line = ''] of lines)
      expect(JSON.parse(decodeLine(line, { now: 0 }))).toMatchObject({ outcome: 'ok' });
  });
});

describe('an example in a table of the guide', () => {
  const rows = guideRows(written);
  const now = Date.parse('2026-11-22T08:15:02Z');
  // What one example teaches (an announcement, a meter that a device has) the later ones need.
  const sessions: Sessions = new Map();

  /** Languages whose messages are not to be written down in a line, or mean what the operator's map says. */
  const WITHOUT = ['native', 'zigbee2mqtt', 'sparkplug', 'modbus_rtu'];

  it('is there for every language', () => {
    const shown = new Set(rows.map(({ protocol }) => protocol));
    expect([...shown, ...WITHOUT].toSorted()).toEqual(protocols.map(({ name }) => name).toSorted());
    expect(rows.length).toBeGreaterThan(120);
  });

  function kindOf({ topic, frame }: GuideRow): string {
    if (topic !== undefined) return topic.startsWith('/api/push/') ? 'http' : 'mqtt';
    return /^(?:[0-9a-f]{2}){4,}$/.test(frame) ? 'hex' : 'text';
  }

  it.each(rows)('$protocol: $topic $frame', (row) => {
    const { protocol, frame, topic, named, replies } = row;
    const kind = kindOf(row);
    const line = JSON.stringify({ protocol, kind, frame, topic });
    const output = JSON.parse(decodeLine(line, { now, sessions }));
    expect(output.outcome, output.reason).not.toBe('undecodable');
    const signals = output.readings.map(({ signal }: { signal: string }) => signal);
    expect(signals).toEqual(expect.arrayContaining(named.filter(isSignal)));
    const published: { topic: string; payload: string }[] = output.publish ?? [];
    const said = [...output.replies, ...published.flatMap((each) => [each.topic, each.payload])];
    expect(said.length === 0 && kind === 'http' ? ['{}'] : said).toEqual(replies);
  });

  it.each(rows.filter(({ frame }) => frame.startsWith('[3G')))(
    'has the right length: $frame',
    ({ frame }) => {
      const [, length = '', content = ''] = /\*([0-9a-f]{4})\*(.*)\]$/.exec(frame) ?? [];
      expect(Number.parseInt(length, 16)).toBe(content.length);
      expect(splitFrames(Buffer.from(frame)).frames).toHaveLength(1);
    },
  );
});

it('has a map for the items of a JT/T 808 vendor that gives vital signs', () => {
  const map = parse(block('yaml', 'models: [my-band]'));
  const frame =
    '7e020000260139123456780007000000000000000201cfb76806d8ef54001f000c005d261122161502310109f1044880000000007e';
  const uplink = { bytes: Buffer.from(frame, 'hex'), receivedAt: 0, payload: { map } };
  const { readings } = jt808.decode({}, uplink);
  const told = readings.map(({ signal, value }) => [signal, value]);
  expect(told).toEqual(
    expect.arrayContaining([
      ['heart_rate', 72],
      ['systolic', 128],
    ]),
  );
});

it('has a file of devices that may be imported, of columns that the guide names', () => {
  const { rows, faults } = readTable(block('csv', ''), deviceFields);
  expect(faults).toEqual([]);
  const read = readDeviceLines(rows);
  expect(read.faults).toEqual([]);
  expect(read.lines.map(({ protocol, gateway }) => [protocol, gateway])).toEqual([
    ['chirpstack', undefined],
    ['chirpstack', read.lines[0]?.nativeId],
    ['gt06', undefined],
  ]);
  for (const { name, zh } of deviceFields) {
    expect(guide).toContain(`\`${name}\``);
    expect(guide).toContain(zh);
  }
});

describe('the codec and the map of the guide', () => {
  const dir = mkdtempSync(join(tmpdir(), 'gg-guide-'));
  afterAll(() => rmSync(dir, { recursive: true }));

  it('turn a payload into readings', async () => {
    writeFileSync(join(dir, 'own-probe.js'), block('js', '// own-probe.js'));
    writeFileSync(join(dir, 'own-probe.yaml'), block('yaml', '# own-probe.yaml'));
    const codecs = await createCodecFolder({ dir, clock: createSystemClock(), log: createLogger('silent') });
    try {
      expect(codecs.problems()).toEqual([]);
      const uplink = {
        topic: 'application/app-1/device/24e124136b000101/event/up',
        bytes: Buffer.from(
          JSON.stringify({
            deviceInfo: { devEui: '24e124136b000101', deviceProfileName: 'own probe' },
            fPort: 2,
            data: Buffer.from([0x0c, 0x1c, 1, 9]).toString('base64'),
          }),
        ),
        receivedAt: 0,
      };
      const asked = chirpstack.payloadOf?.(uplink, {});
      const payload = asked && (await codecs.resolve(asked));
      const { readings } = chirpstack.decode({}, { ...uplink, ...(payload ? { payload } : {}) });
      expect(readings.map(({ signal, value }) => [signal, value])).toEqual([
        ['water_pressure', 310],
        ['cover_open', true],
      ]);
    } finally {
      await codecs.close();
    }
  });
});
