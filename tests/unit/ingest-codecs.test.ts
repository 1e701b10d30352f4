import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkSignalMap } from '../../protocols/lorawan/signal-map.ts';
import { createCodecFolder } from '../../src/ingest/codecs/folder.ts';
import type { CodecFolder } from '../../src/ingest/codecs/ports.ts';
import { type CodecRunner, createCodecRunner } from '../../src/ingest/codecs/runner.ts';
import type { Payload } from '../../src/model/uplinks.ts';
import { createSystemClock } from '../../src/platform/clock.ts';
import { createLogger } from '../../src/platform/logging.ts';
import { formatProblem } from '../../src/platform/problem.ts';

const clock = createSystemClock();
const log = createLogger('silent');
const AT = Date.parse('2026-11-22T08:15:02Z');
const input = { bytes: [1, 2, 3, 4], fPort: 5, recvTime: AT };
const up = (body: string) => `function decodeUplink(input) { ${body} }`;
const good = { key: 'good', source: up('return { data: { n: input.bytes.length } }') };

describe('a codec in its sandbox', () => {
  let runner: CodecRunner;
  beforeAll(() => {
    runner = createCodecRunner({ clock, log });
  });
  afterAll(() => runner.close());
  let keys = 0;
  const run = (source: string) => {
    keys += 1;
    return runner.run({ key: `codec ${keys}`, source }, input);
  };

  it.each([
    [
      'decodeUplink',
      up('return { data: { n: input.bytes.length, p: input.fPort, t: input.recvTime.toISOString() } }'),
    ],
    [
      'Decode',
      'function Decode(fPort, bytes, variables) { return { n: bytes.length, p: fPort, t: typeof variables === "object" ? "2026-11-22T08:15:02.000Z" : "" } }',
    ],
    [
      'Decoder',
      'function Decoder(bytes, port) { return { n: bytes.length, p: port, t: "2026-11-22T08:15:02.000Z" } }',
    ],
    [
      'an exported function',
      'export function decodeUplink(input) { return { data: { n: input.bytes.length, p: 5, t: input.recvTime.toISOString() } } }',
    ],
    [
      'module.exports',
      'module.exports = { decodeUplink: function (input) { return { data: { n: 4, p: 5, t: input.recvTime.toISOString() } } } }',
    ],
  ])('is called by %s', async (_name, source) => {
    expect(await run(source)).toEqual({ data: { n: 4, p: 5, t: '2026-11-22T08:15:02.000Z' } });
  });

  it('has a Buffer and a console as vendors expect them', async () => {
    const source = up(`console.log('x');
      var b = Buffer.from(input.bytes), t = Buffer.from('3q2+7w==', 'base64');
      return { data: { be: b.readUInt16BE(1), le: b.readUInt16LE(1), i: Buffer.from([255, 254]).readInt16BE(0),
        hex: t.toString('hex'), b64: Buffer.from('deadbeef', 'hex').toString('base64'), text: Buffer.from('水').toString(),
        s: b.slice(1, 3).length, u: b.readUIntBE(0, 3), f: Buffer.from([63, 128, 0, 0]).readFloatBE(0) } }`);
    expect(await run(source)).toEqual({
      data: {
        be: 0x0203,
        le: 0x0302,
        i: -2,
        hex: 'deadbeef',
        b64: '3q2+7w==',
        text: '水',
        s: 2,
        u: 0x010203,
        f: 1,
      },
    });
  });

  it.each([
    ['an endless loop', up('while (true) {}'), /stopped/],
    ['an endless loop outside the function', 'while (true) {}', /stopped/],
    [
      'a catastrophic expression',
      up('return { data: { x: /^(a+)+$/.test("a".repeat(40) + "b") } }'),
      /stopped/,
    ],
    [
      'a memory bomb',
      up('var a = []; while (true) a.push(new Array(1000).fill(1))'),
      /stopped|out of memory/,
    ],
    ['a string bomb', up('var s = "x"; while (true) s += s'), /too long|out of memory/],
    ['a recursion', up('function f() { return f() + 1 } return { data: { x: f() } }'), /stack overflow/],
    ['deep JSON', up('return { data: JSON.parse("[".repeat(200000)) }'), /stack overflow/],
    [
      'an output too deep',
      up('var o = {}, p = o; for (var i = 0; i < 9; i++) p = p.a = {}; return { data: o }'),
      /deeper/,
    ],
    ['an output too long', up('return { data: { x: "a".repeat(1e6) } }'), /more than 65536/],
    ['a prototype', up(`return { data: JSON.parse('{"__proto__": {"a": 1}}') }`), /__proto__/],
    ['a getter that does not end', up('return { data: { get x() { while (true) {} } } }'), /stopped/],
    ['its own error', up('\n\nnull.x'), /^line 3: TypeError/],
    ['errors that it reports', up('return { errors: ["unknown fPort"] }'), /^unknown fPort$/],
    ['no entry', 'var x = 1', /decodeUplink\(input\)/],
    ['a syntax error', 'function decodeUplink(i) {\n return {data: }\n}', /^line 2: SyntaxError/],
  ])('costs its own call and nothing else: %s', async (_name, source, error) => {
    const [bad, other] = await Promise.all([run(source), runner.run(good, input)]);
    expect(bad).toMatchObject({ error: expect.stringMatching(error) });
    expect(other).toEqual({ data: { n: 4 } });
  });

  it('sees nothing of its host, and numbers that are none are null', async () => {
    const source = up(`var made = '';
      try { made = String(input.constructor.constructor('return process')()) } catch (error) { made = error.name }
      return { data: { p: typeof process, r: typeof require, f: typeof fetch, made: made, nan: NaN } }`);
    const none = 'undefined';
    expect(await run(source)).toEqual({
      data: { p: none, r: none, f: none, made: 'ReferenceError', nan: null },
    });
  });

  it('a native loop ends its thread, and all that waited behind it is answered by the next one', async () => {
    const stuck = run(up('return { data: { x: new Array(1e8).join("ab").length } }'));
    const behind = Array.from({ length: 300 }, () => runner.run(good, input));
    expect(await stuck).toMatchObject({ error: expect.stringMatching(/stopped|ended/) });
    expect(new Set((await Promise.all(behind)).map((result) => JSON.stringify(result)))).toEqual(
      new Set(['{"data":{"n":4}}']),
    );
  });

  it('one that has to be stopped again and again rests, and others go on', async () => {
    const loop = { key: 'loop', source: up('while (true) {}') };
    const results = await Promise.all(Array.from({ length: 50 }, () => runner.run(loop, input)));
    expect(
      results.filter((result) => 'error' in result && /rests/.test(result.error)).length,
    ).toBeGreaterThan(40);
    expect(await runner.run(good, input)).toEqual({ data: { n: 4 } });
    runner.forget(['loop']);
    expect(await runner.run({ ...loop, key: 'loop mended', source: good.source }, input)).toEqual({
      data: { n: 4 },
    });
  });

  it('codecs do not see what others keep', async () => {
    await run('var secret = 1; globalThis.kept = 2; function Decoder() { return { x: 1 } }');
    expect(await run(up('return { data: { a: typeof secret, b: typeof kept } }'))).toEqual({
      data: { a: 'undefined', b: 'undefined' },
    });
  });
});

describe("the operator's folder", () => {
  let dir: string;
  let folder: CodecFolder;
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'codecs-'));
    const check = (value: unknown) =>
      typeof value === 'object' && value !== null && 'registers' in value
        ? []
        : [{ path: ['registers'], message: { zh: '缺少', en: 'is missing' } }];
    folder = await createCodecFolder({ dir, clock, log, checks: { '': checkSignalMap, modbus: check } });
  });
  afterAll(async () => {
    await folder.close();
    await rm(dir, { recursive: true });
  });
  let written = 0;
  const write = async (name: string, text: string) => {
    await mkdir(join(dir, name, '..'), { recursive: true });
    await writeFile(join(dir, name), text);
    written += 1;
    await utimes(join(dir, name), written, written);
    await folder.rescan();
  };
  const payload = (...models: string[]): Payload => ({
    nativeId: '24e124136b000101',
    models,
    codec: { bytes: Uint8Array.of(1, 1), fPort: 5, receivedAt: AT },
  });
  const said = () => folder.problems().map((problem) => formatProblem(problem, 'en').slice(dir.length + 1));

  it('has nothing to say while it is empty', () => {
    expect(folder.resolve(payload('em300'))).toBeUndefined();
    expect(folder.mapOf('em300')).toBeUndefined();
    expect(folder.problems()).toEqual([]);
  });

  it('finds a codec by any spelling of its model, the registered one first', async () => {
    await write('milesight/em300-zld.js', up('return { data: { leak: input.bytes[1] } }'));
    await write('other.js', up('return { data: { other: true } }'));
    const leak = { data: { leak: 1 } };
    for (const model of [
      'em300-zld',
      'Milesight EM300-ZLD',
      'milesight/em300-zld',
      'milesight-iot/em300_zld',
    ])
      expect(await folder.resolve(payload(model)), model).toEqual(leak);
    expect(await folder.resolve(payload('em300-zld'), 'Other')).toEqual({ data: { other: true } });
    expect(folder.resolve(payload('unknown'))).toBeUndefined();
    expect(folder.resolve({ nativeId: 'x', models: ['em300-zld'] })).toBeUndefined();
  });

  it('a map names its models and the codec that they share', async () => {
    await write(
      'own.yaml',
      'models: [own probe, EM500-PP]\ncodec: other.js\nsignals:\n  p: {signal: water_pressure, unit: bar}\n',
    );
    const map = expect.objectContaining({ signals: { p: { signal: 'water_pressure', unit: 'bar' } } });
    expect(await folder.resolve(payload('Own Probe'))).toEqual({ data: { other: true }, map });
    expect(await folder.resolve({ nativeId: 'x', models: ['em500-pp'] })).toEqual({ map });
    expect(folder.mapOf('own probe')).toEqual(map);
  });

  it('register maps stand apart and have their own check', async () => {
    await write('modbus/brand.yaml', 'models: [BR-63]\nregisters: [{address: 1}]\n');
    expect(folder.mapOf('BR-63')).toMatchObject({ registers: [{ address: 1 }] });
    await write('modbus/bad.yaml', 'models: [BR-64]\n');
    expect(folder.mapOf('BR-64')).toBeUndefined();
    expect(said()).toEqual(['modbus/bad.yaml:1:1 registers: is missing']);
    await rm(join(dir, 'modbus/bad.yaml'));
    await folder.rescan();
    expect(said()).toEqual([]);
  });

  it('a bad file is named with its line, and its last good version goes on', async () => {
    await write('other.js', 'function decodeUplink(i) {\n return {data: }\n}');
    expect(said()).toEqual([expect.stringMatching(/^other\.js:2:1 the codec cannot be used: SyntaxError/)]);
    expect(await folder.resolve(payload('other'))).toEqual({ data: { other: true } });
    await write('own.yaml', 'models: [own probe]\nsignals:\n  p: {signal: water_presure}\n');
    expect(said()).toEqual([
      expect.stringMatching(/^other\.js:2:1/),
      'own.yaml:3:6 signals.p: water_presure is no signal',
    ]);
    expect(folder.mapOf('own probe')).toMatchObject({ signals: { p: { unit: 'bar' } } });
    await write('other.js', up('return { data: { mended: true } }'));
    await write('own.yaml', 'models: [own probe]\nsignals:\n  p: water_pressure\n');
    expect(said()).toEqual([]);
    expect(await folder.resolve(payload('other'))).toEqual({ data: { mended: true } });
  });

  it('reads a checkout of a device repository as it is', async () => {
    await write('vendor/acme/lp1.js', up('return { data: { lp1: true } }'));
    await write('vendor/acme/lp1-codec.yaml', 'uplinkDecoder:\n  fileName: lp1.js\n  examples: []\n');
    await write(
      'vendor/acme/lp2.yaml',
      'name: LP2\nfirmwareVersions:\n  - profiles:\n      EU863-870:\n        codec: lp1-codec\n',
    );
    await write('vendor/acme/index.yaml', 'endDevices: [lp2]\n');
    expect(await folder.resolve(payload('acme/lp2'))).toEqual({ data: { lp1: true } });
    expect(said()).toEqual([]);
  });
});
