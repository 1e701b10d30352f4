import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { until } from '../harness/until.ts';

const tools = join(import.meta.dirname, '../../src/tools');
const manifest = {
  name: 'small',
  version: '1.0.0',
  private: true,
  type: 'module',
  scripts: { serve: 'node src/tools/launch.mjs serve' },
  dependencies: { part: 'file:part' },
};
const MAIN = `
import { writeFileSync } from 'node:fs';
const [what, file] = process.argv.slice(2);
if (what === 'echo') process.stdin.pipe(process.stdout);
if (what === 'exit') process.exit(7);
if (what === 'wait') {
  writeFileSync(file as string, String(process.pid));
  process.on('SIGTERM', () => process.exit(5));
  setInterval(() => {}, 1000);
}
`;

let root: string;

/** A project like this one with a main.ts of few words and one package of its own, so that npm needs no network. */
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'gridguard-launch-'));
  mkdirSync(join(root, 'src/tools'), { recursive: true });
  for (const file of ['launch.mjs', 'run.mjs', 'setup.mjs'])
    cpSync(join(tools, file), join(root, 'src/tools', file));
  writeFileSync(join(root, 'src/main.ts'), MAIN);
  writeFileSync(join(root, 'package.json'), JSON.stringify(manifest));
  mkdirSync(join(root, 'part'));
});
beforeEach(() => {
  rmSync(join(root, 'node_modules'), { recursive: true, force: true });
  writePart('1.0.0');
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

function writePart(version: string): void {
  const packages = {
    '': { name: manifest.name, version: manifest.version, dependencies: manifest.dependencies },
    part: { version },
    'node_modules/part': { resolved: 'part', link: true },
  };
  const lock = {
    name: manifest.name,
    version: manifest.version,
    lockfileVersion: 3,
    requires: true,
    packages,
  };
  writeFileSync(join(root, 'package-lock.json'), JSON.stringify(lock));
  writeFileSync(join(root, 'part/package.json'), JSON.stringify({ name: 'part', version }));
}

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

function launch(...args: string[]): { child: ChildProcess; ended: Promise<Ended> } {
  return follow(spawn(process.execPath, [join(root, 'src/tools/launch.mjs'), ...args]));
}

function follow(child: ChildProcess): { child: ChildProcess; ended: Promise<Ended> } {
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
    });
  }
  const ended = new Promise<Ended>((resolve) => child.once('close', (code) => resolve({ code, ...output })));
  return { child, ended };
}

async function waitingProgram(
  start: (file: string) => ChildProcess,
): Promise<{ parent: ChildProcess; pid: number }> {
  const file = join(root, 'pid');
  rmSync(file, { force: true });
  const parent = start(file);
  const pid = await until(() => Number(existsSync(file) && readFileSync(file, 'utf8')), {
    what: 'the program',
  });
  return { parent, pid };
}

const isAlive = (pid: number): boolean => {
  try {
    return !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
};

describe('launch', () => {
  it('installs what is missing once, and keeps stdout for the command', async () => {
    const first = launch('serve', 'echo');
    first.child.stdin?.end('a line\n');
    const installed = await first.ended;
    expect(installed).toMatchObject({ code: 0, stdout: 'a line\n' });
    expect(installed.stderr).toContain('installing packages');
    const second = launch('serve', 'echo');
    second.child.stdin?.end('another\n');
    expect(await second.ended).toEqual({ code: 0, stdout: 'another\n', stderr: '' });
  });

  it('installs again when the lock file has changed', async () => {
    await launch('serve', 'exit').ended;
    writePart('1.0.1');
    expect((await launch('serve', 'exit').ended).stderr).toContain('installing packages');
  });

  it('takes a hand-made npm ci as done', async () => {
    execFileSync('npm', ['ci'], { cwd: root });
    expect(await launch('serve', 'exit').ended).toEqual({ code: 7, stdout: '', stderr: '' });
  });

  it('installs once when two start at once', async () => {
    const both = await Promise.all([launch('serve', 'exit').ended, launch('serve', 'exit').ended]);
    expect(both.map(({ code }) => code)).toEqual([7, 7]);
    expect(both.filter(({ stderr }) => stderr.includes('installing packages'))).toHaveLength(1);
  });

  it('passes signals to the command and its exit code back', async () => {
    const { parent } = await waitingProgram((file) => launch('serve', 'wait', file).child);
    const { ended } = follow(parent);
    parent.kill('SIGTERM');
    expect((await ended).code).toBe(5);
  });

  it('leaves no command behind when it is killed', async () => {
    const { parent, pid } = await waitingProgram((file) => launch('serve', 'wait', file).child);
    parent.kill('SIGKILL');
    await until(() => !isAlive(pid), { what: 'the end of the command' });
  });

  it('leaves no command behind when npm is killed', async () => {
    const start = (file: string) =>
      spawn('npm', ['run', '--silent', 'serve', '--', 'wait', file], { cwd: root });
    const { parent, pid } = await waitingProgram(start);
    parent.kill('SIGKILL');
    await until(() => !isAlive(pid), { what: 'the end of the command' });
  });

  it('names the commands when given another', async () => {
    const { code, stderr } = await launch('sreve').ended;
    expect(code).toBe(1);
    expect(stderr).toContain('no such command: sreve');
    expect(stderr).toContain('serve');
  });
});

describe('the Node that runs the service', () => {
  const module = () => import(join(tools, 'setup.mjs'));

  it('is the one of the platform package before the one that runs npm', async () => {
    const { findNode } = await module();
    const folder = join(root, 'node_modules/node-linux-riscv64/bin');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'node'), '#!/bin/sh\necho v24.21.0\n');
    chmodSync(join(folder, 'node'), 0o755);
    expect(findNode(root, { platform: 'linux', arch: 'riscv64', version: '20.1.0' })).toBe(
      join(folder, 'node'),
    );
    expect(execFileSync(join(folder, 'node'), { encoding: 'utf8' })).toContain('v24');
  });

  it('is the one that runs npm where there is no package, if it is new enough', async () => {
    const { findNode } = await module();
    expect(findNode(root, { platform: 'darwin', arch: 'arm64', version: '24.0.0' })).toBe(process.execPath);
    expect(() => findNode(root, { platform: 'darwin', arch: 'arm64', version: '20.20.2' })).toThrow(
      /needs Node 24 .* npm has none for darwin on arm64: install Node 24/,
    );
  });

  it('is left out of the PATH of the npm that may replace it', async () => {
    const { withoutBins } = await module();
    expect(withoutBins('/a/node_modules/.bin:/usr/bin:/b/node_modules/.bin/')).toBe('/usr/bin');
  });
});
