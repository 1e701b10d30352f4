import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { protocols } from '../../protocols/index.ts';
import { native } from '../../protocols/native/native.ts';
import { splitFrames } from '../../protocols/watch/frame.ts';
import { watch } from '../../protocols/watch/watch.ts';
import { zigbee2mqtt } from '../../protocols/zigbee2mqtt/zigbee2mqtt.ts';
import { breakerFaultCauses } from '../../src/model/signals.ts';
import { signalTable } from '../harness/signal-table.ts';

/** Without the spaces that only align the columns of tables. */
const unaligned = (text: string) => text.replace(/ {2,}/g, ' ').replace(/\| ?-+ ?(?=\|)/g, '|---');
const guide = unaligned(readFileSync(resolve(import.meta.dirname, '../../protocols/README.md'), 'utf8'));

const decodeJson = (text: string) =>
  native.decode({}, { bytes: Buffer.from(text), topic: 'gridguard/v1/band-7/up', receivedAt: 0 });

describe('the connection guide', () => {
  it('shows every signal with its unit and range, as the glossary has them', () => {
    expect(guide).toContain(unaligned(signalTable()));
  });

  it('names every cause of a breaker fault and every port', () => {
    for (const cause of breakerFaultCauses) expect(guide).toContain(`\`${cause}\``);
    for (const { name, tcp } of protocols) {
      expect(guide).toContain(`\`${name}\``);
      if (tcp) expect(guide).toContain(`| ${tcp.port} | \`${tcp.env}\` |`);
    }
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

  const frames = [...guide.matchAll(/^\| `(\[3G.*?\])` \| .* \| (?:`(.*)`|none) \|$/gm)].map(
    ([, frame = '', answer]) => ({ frame, answer }),
  );

  it('has examples of wristband frames', () => expect(frames.length).toBeGreaterThanOrEqual(10));

  it.each(frames)('has a frame with the right length and answer: $frame', ({ frame, answer }) => {
    const [, length = '', content = ''] = /\*([0-9a-f]{4})\*(.*)\]$/.exec(frame) ?? [];
    expect(Number.parseInt(length, 16)).toBe(content.length);
    expect(splitFrames(Buffer.from(frame)).frames).toHaveLength(1);
    const { outcome, reason, replies } = watch.decode({}, { bytes: Buffer.from(frame), receivedAt: 0 });
    expect({ outcome, reason }).toEqual({ outcome: 'ok', reason: undefined });
    const expected = answer === undefined ? [] : [expect.stringMatching(new RegExp(`\\*${answer}\\]$`))];
    expect(replies.map((reply) => Buffer.from(reply).toString())).toEqual(expected);
  });

  it('shows a press for netcat that is one', () => {
    const [, frame = ''] = /'(\[3G.*\])' \| nc/.exec(guide) ?? [];
    const { readings } = watch.decode({}, { bytes: Buffer.from(frame), receivedAt: 0 });
    expect(readings.map(({ signal }) => signal)).toEqual(['sos', 'battery', 'steps', 'location']);
  });
});
