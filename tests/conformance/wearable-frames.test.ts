import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decodeLine } from '../../src/tools/decode.ts';
import { sharedData } from '../harness/shared-data.ts';

/** What a record says, by canonical signal; `0` is "not measured" where the protocol does not say otherwise, `null` "no usable fix". */
type Expected = Readonly<Record<string, unknown>>;

interface Line {
  id: string;
  protocol: string;
  kind: string;
  frame: string;
  expect: Expected | Expected[];
}

interface Reading {
  signal: string;
  value: unknown;
  observedAt: string;
}

/** What is told otherwise on purpose, by line and key, each with its reason. */
const disagreements: Readonly<Record<string, Readonly<Record<string, string>>>> = {};
/** Not a signal of ours: how often a sleeper rolled over. */
const UNTOLD = new Set(['rolls']);
const ZERO_IS_A_VALUE = new Set(['steps']);
const ALARMS = [
  'sos',
  'fall',
  'general_alarm',
  'vibration',
  'fence_exit',
  'fence_enter',
  'no_motion',
  'service_call',
];
const NOW = Date.parse('2026-11-22T08:15:02Z');

const path = sharedData('wearable-frames.ndjson');
const lines: Line[] = path
  ? readFileSync(path, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
  : [];

const decode = ({ expect: _, ...line }: Line): { outcome: string; readings: Reading[]; replies: string[] } =>
  JSON.parse(decodeLine(JSON.stringify(line), { now: NOW }));

const timeOf = ({ deviceTime, location }: Expected): string | undefined => {
  const told = (location as { fixTime?: string } | null | undefined)?.fixTime ?? deviceTime;
  return typeof told === 'string' && told !== '<now>' ? new Date(told).toISOString() : undefined;
};

/** The value that the readings give for a key of an expectation, in the shape of the expectation. */
function told(
  key: string,
  readings: readonly Reading[],
  replies: readonly string[],
  wanted: unknown,
): unknown {
  const values = readings.filter(({ signal }) => signal === key).map(({ value }) => value);
  if (key === 'cells' || key === 'wifi') {
    const scan = readings.find(({ signal }) => signal === 'network_scan')?.value as
      | { cells: unknown[]; wifi: unknown[] }
      | undefined;
    return scan?.[key].length ?? 0;
  }
  if (key === 'location') {
    const place = values[0] as { latitude: number; longitude: number } | undefined;
    if (!place) return null;
    const near = wanted as { latitude: number; longitude: number } | null;
    const same =
      near !== null &&
      Math.abs(place.latitude - near.latitude) < 2e-5 &&
      Math.abs(place.longitude - near.longitude) < 2e-5;
    return same ? wanted : place;
  }
  if (key === 'reply') return replies.find((reply) => sameReply(reply, String(wanted))) ? wanted : replies;
  if (wanted === 0 && !ZERO_IS_A_VALUE.has(key)) return values.every((value) => value === 0) ? 0 : values;
  if (key === 'battery_low' && wanted === false) return values.includes(true);
  return values.includes(wanted) ? wanted : values;
}

/** Of a bracket frame the expectation names the content alone. */
function sameReply(reply: string, wanted: string): boolean {
  return reply === wanted || reply.endsWith(`*${wanted}]`);
}

function faultsOf({ id, ...line }: Line): string[] {
  const { readings, replies } = decode({ id, ...line });
  const records = [line.expect].flat();
  return records.flatMap((record) => {
    const time = timeOf(record);
    const own =
      records.length > 1 && time !== undefined ? readings.filter((r) => r.observedAt === time) : readings;
    const late =
      time !== undefined && !readings.some(({ observedAt }) => observedAt === time) && readings.length > 0;
    return [
      ...(late ? [`${id}: no reading at ${time}`] : []),
      ...Object.entries(record)
        .filter(([key]) => key !== 'deviceTime' && !UNTOLD.has(key) && disagreements[id]?.[key] === undefined)
        .map(([key, wanted]) => ({ key, wanted, got: told(key, own, replies, wanted) }))
        .filter(({ wanted, got }) => got !== wanted)
        .map(
          ({ key, wanted, got }) =>
            `${id} ${key}: expected ${JSON.stringify(wanted)}, got ${JSON.stringify(got)}`,
        ),
    ];
  });
}

describe('the recorded frames of wristbands', () => {
  it.skipIf(!path)('are decoded to what is expected of them, every key of every line', () => {
    const keys = lines.flatMap(({ expect: wanted }) =>
      [wanted].flat().flatMap((record) => Object.keys(record)),
    );
    process.stdout.write(`wearable-frames.ndjson: ${lines.length} lines, ${keys.length} expectations\n`);
    expect(lines.length).toBeGreaterThanOrEqual(80);
    expect(lines.flatMap(faultsOf)).toEqual([]);
  });

  it.skipIf(!path)('raise no alarm that nobody expects', () => {
    const needless = lines.flatMap((line) => {
      const wanted = [line.expect].flat();
      return decode(line)
        .readings.filter(
          ({ signal }) => ALARMS.includes(signal) && !wanted.some((record) => record[signal] === true),
        )
        .map(({ signal }) => `${line.id} ${signal}`);
    });
    expect(needless).toEqual([]);
  });

  it.skipIf(!path)('are understood without the name of their protocol', () => {
    const guessed = lines.filter((line) => {
      const named = decode(line);
      const { protocol: _, ...anonymous } = line;
      const { readings, outcome } = decode(anonymous as Line);
      return outcome !== named.outcome || JSON.stringify(readings) !== JSON.stringify(named.readings);
    });
    expect(guessed.map(({ id }) => id)).toEqual([]);
  });
});
