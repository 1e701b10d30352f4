import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseFrame as parseMeterFrame } from '../../protocols/dlt645/frame.ts';
import { parseFrame as parsePanelFrame } from '../../protocols/gb26875/frame.ts';
import { components } from '../../protocols/gb26875/tables.ts';
import { protocols } from '../../protocols/index.ts';
import { decodeLine } from '../../src/tools/decode.ts';
import { sharedData } from '../harness/shared-data.ts';

type Expected = Readonly<Record<string, unknown>>;

interface Line {
  id: string;
  protocol: string;
  hex: string;
  expect: Expected;
}

interface Output {
  outcome: string;
  device: string | null;
  readings: { signal: string; channel?: string; value: unknown; code?: string; observedAt: string }[];
  replies: string[];
  reason?: string;
}

const NOW = Date.parse('2026-11-22T08:15:02Z');
/** A clock of a panel that differs from its packet's by more than this is not believed. */
const DAY_MS = 86_400_000;
const ZONE_MS = 8 * 3_600_000;

const path = sharedData('cn-frames.json');
const frames: Line[] = path ? JSON.parse(readFileSync(path, 'utf8')).frames : [];
const of = (protocol: string) => frames.filter((frame) => frame.protocol === protocol);

function decode({ id, hex: frame, protocol }: Line, named = true): Output {
  const line = { id, kind: 'hex', frame, ...(named ? { protocol } : {}) };
  return JSON.parse(decodeLine(JSON.stringify(line), { now: NOW }));
}

const bytesOf = ({ hex }: Line) => Buffer.from(hex, 'hex');
const local = (ms: number | undefined) =>
  ms === undefined ? undefined : new Date(ms + ZONE_MS).toISOString().slice(0, 19);
const utc = (time: unknown) => new Date(`${time}+08:00`).toISOString();

function panel(line: Line) {
  const frame = parsePanelFrame(bytesOf(line));
  if (!frame) throw new Error(`${line.id} is no packet`);
  const control = Buffer.from(frame.control);
  return {
    serial: control.readUInt16LE(0),
    version: `${control[2]}.${control[3]}`,
    time: local(frame.time),
    command: frame.command,
    type: frame.data[0],
    objects: frame.data[1],
    length: frame.data.length,
    data: Buffer.from(frame.data).toString('hex'),
    systemType: frame.data[2],
    systemAddr: frame.data[3],
    componentType: frame.data[4],
    componentTypeName: components[frame.data[4] ?? -1],
    componentAddrLE: Buffer.from(frame.data.subarray(5, 9)).toString('hex'),
    status: (frame.data[9] ?? 0) | ((frame.data[10] ?? 0) << 8),
    deviceStatus: frame.data[2],
    opFlags: frame.data[2],
    operator: frame.data[3],
    faults: frame.faults,
  };
}

/** What the header of a packet holds, and the first bytes of its only object. */
const HELD = [
  ...['serial', 'version', 'time', 'command', 'type', 'objects', 'length', 'data'],
  ...['systemType', 'systemAddr', 'componentType', 'componentTypeName', 'componentAddrLE', 'status'],
  ...['deviceStatus', 'opFlags', 'operator'],
];

function toldOf({ readings }: Output, signal: string): unknown {
  return readings.find((reading) => reading.signal === signal)?.value;
}

/** The words that the data uses for faults and operations, as we say them. */
const WORDS: Readonly<Record<string, string>> = { backupPower: 'backup power fault' };

describe.skipIf(!path)('the recorded Chinese frames', () => {
  it('are counted', () => {
    console.info(
      `cn-frames.json: ${of('gb26875').length} of GB/T 26875.3, ${of('dlt645').length} of DL/T 645`,
    );
    expect(of('gb26875').length + of('dlt645').length).toBe(frames.length);
    expect(frames.length).toBeGreaterThanOrEqual(14);
  });

  it.each(frames)('$id is known for what it is by its checksum', (line) => {
    const sure = protocols.filter(({ looksLike }) => looksLike?.(bytesOf(line)) === 3);
    expect(sure.map(({ name }) => name)).toEqual([line.protocol]);
    expect(decode(line, false)).toEqual(decode(line));
  });

  it.each(of('gb26875'))('$id: the packet, its readings and its confirmation', (line) => {
    const { expect: expected } = line;
    const parsed: Readonly<Record<string, unknown>> = panel(line);
    for (const key of HELD.filter((held) => held in expected))
      expect(parsed[key], key).toEqual(expected[key]);
    expect(parsed.faults).toEqual([]);
    const decoded = decode(line);
    if ('fire' in expected) expect(toldOf(decoded, 'fire')).toBe(expected.fire);
    if ('fault' in expected) expect(toldOf(decoded, 'sensor_fault')).toBe(expected.fault);
    if ('description' in expected)
      expect(decoded.readings.map(({ code }) => code).join()).toContain(expected.description);
    for (const word of Object.keys((expected.bits as Expected | undefined) ?? {}))
      expect(decoded.readings.find(({ value }) => value === true)?.code).toContain(WORDS[word] ?? word);
    for (const word of (expected.op as string[] | undefined) ?? []) expect(decoded.reason).toContain(word);
    const answered = panel({ ...line, hex: decoded.replies.join() });
    expect(answered).toMatchObject({ serial: parsed.serial, command: 3, length: 0, faults: [] });
    const [asked, answer] = [bytesOf(line), Buffer.from(decoded.replies.join(), 'hex')];
    expect(answer.subarray(12, 18)).toEqual(asked.subarray(18, 24));
    expect(answer.subarray(18, 24)).toEqual(asked.subarray(12, 18));
  });

  it.each(of('gb26875').filter((line) => 'occurredAt' in line.expect))('$id: when it happened', (line) => {
    const { occurredAt, time = panel(line).time } = line.expect;
    const near = Math.abs(Date.parse(utc(occurredAt)) - Date.parse(utc(time))) < DAY_MS;
    const at = near ? utc(occurredAt) : utc(time);
    for (const reading of decode(line).readings) expect(reading.observedAt).toBe(at);
  });

  it.each(of('dlt645'))('$id: the frame and its value', (line) => {
    const { expect: expected } = line;
    const frame = parseMeterFrame(bytesOf(line));
    expect(frame).toMatchObject({ address: expected.addr, control: expected.control, faults: [] });
    const decoded = decode(line);
    expect(decoded.device).toBe(expected.addr);
    const identifier = Buffer.from(frame?.data.subarray(0, 4) ?? [])
      .reverse()
      .toString('hex');
    if ('di' in expected) expect(identifier).toBe(expected.di);
    if ('errName' in expected) expect(decoded.reason).toContain(expected.errName);
    const thousands = { kW: 1000, kWh: 1000 }[String(expected.unit)] ?? 1;
    const values = 'value' in expected ? [Number(expected.value) * thousands] : [];
    expect(decoded.readings.map(({ value }) => value)).toEqual(values);
  });
});
