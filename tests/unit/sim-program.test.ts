import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { openWatchServer, type WatchServer } from '../harness/watch-server.ts';

const program = join(import.meta.dirname, '../../device-sim/main.ts');
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function simulate(args: string) {
  const child = spawn(process.execPath, [program, ...args.split(' ')], { stdio: ['ignore', 'pipe', 'pipe'] });
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return { code, err, out, lines: out.split('\n').filter(Boolean) };
}

async function openServer(answers: readonly string[]): Promise<WatchServer> {
  const server = await openWatchServer(answers);
  closing.push(() => server.close());
  return server;
}

interface Line {
  expect?: { kind: string; device: string; by: string };
  summary?: Record<string, unknown>;
}
const parsed = (lines: readonly string[]): Line[] => lines.map((line) => JSON.parse(line) as Line);

describe('npm run sim', () => {
  it('sos: presses once each, repeats until answered, says what should follow, and ends well', async () => {
    const server = await openServer(['LK', 'AL']);
    const run = await simulate(`sos --devices 25 --watch-port ${server.port} --duration 20s --json`);
    const entries = parsed(run.lines);
    const expected = entries.flatMap((entry) => (entry.expect ? [entry.expect] : []));
    expect(run.code).toBe(0);
    expect(new Set(expected.map(({ device }) => device)).size).toBe(25);
    expect(expected.every(({ kind, by }) => kind === 'sos' && !Number.isNaN(Date.parse(by)))).toBe(true);
    expect(server.received.filter(({ command }) => command === 'AL')).toHaveLength(25);
    expect(entries.at(-1)?.summary).toMatchObject({ ok: true, pressed: 25, unanswered: [] });
  });

  it('sos: names who was not answered, and fails', async () => {
    const server = await openServer(['LK']);
    const run = await simulate(`sos --devices 2 --watch-port ${server.port} --duration 1s --json`);
    expect(run.code).toBe(1);
    expect(parsed(run.lines).at(-1)?.summary).toMatchObject({
      ok: false,
      unanswered: ['9001000001', '9001000002'],
    });
  });

  it('maoqi: a fast village lives through its day', async () => {
    const server = await openServer(['LK', 'AL', 'bphrt', 'oxygen', 'btemp2']);
    const run = await simulate(`maoqi --speed 600 --watch-port ${server.port} --duration 9s --json`);
    const kinds = parsed(run.lines).flatMap((entry) => (entry.expect ? [entry.expect.kind] : []));
    expect(run.code).toBe(0);
    expect(kinds.toSorted()).toEqual(['battery_low', 'fall', 'not_worn', 'sos', 'spo2_low']);
    const commands = new Set(server.commands());
    for (const command of ['LK', 'UD', 'AL', 'bphrt', 'oxygen', 'btemp2'])
      expect(commands).toContain(command);
    expect(new Set(server.received.map(({ id }) => id)).size).toBe(19);
  });

  it('is readable for people without --json', async () => {
    const server = await openServer(['LK', 'AL']);
    const run = await simulate(`sos --devices 1 --watch-port ${server.port} --duration 20s`);
    expect(run.out).toMatch(/→ expect sos of 9001000001/);
    expect(run.out).toMatch(/AL answered after \d+ ms/);
    expect(run.out).toMatch(/finished: /);
  });

  it.each([
    ['nothing', 'there is no scenario nothing'],
    ['sos --devices none', '--devices: none is no positive number'],
    ['sos --colour red', "Unknown option '--colour'"],
  ])('%s is refused with the reason and the usage', async (args, reason) => {
    const run = await simulate(args);
    expect(run.code).toBe(2);
    expect(run.err).toContain(reason);
    expect(run.err).toContain('npm run sim -- <scenario>');
    expect(run.err).toContain('maoqi');
  });

  it('load without registered devices says what it needs', async () => {
    const run = await simulate('load');
    expect(run.code).toBe(1);
    expect(run.err).toContain('give a --credentials file');
  });
});
