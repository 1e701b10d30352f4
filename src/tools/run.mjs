// Plain JavaScript without dependencies, for launch.mjs.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, dirname } from 'node:path';
import { withoutBins } from './setup.mjs';

/**
 * Runs the program `node` with `args`, the folder `bins` first in its PATH, and gives its exit code. It gets our stdin and our
 * signals, and it ends when we are killed.
 */
export function run(node, args, { bins, env = {}, stdout = 'inherit' }) {
  const path = [dirname(node), bins, withoutBins(process.env.PATH)].join(delimiter);
  const [program, before] = tiedToUs(node);
  const child = spawn(program, [...before, ...args], {
    cwd: process.cwd(),
    env: { ...process.env, ...env, PATH: path },
    stdio: ['inherit', stdout, 'inherit'],
  });
  const untie = passSignals(child);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      untie();
      if (signal) process.kill(process.pid, signal);
      resolve(code ?? 1);
    });
  });
}

/** On Linux the kernel tells the command to end when we are killed; elsewhere the terminal has to. */
function tiedToUs(node) {
  const setpriv = ['/usr/bin/setpriv', '/bin/setpriv'].find((path) => existsSync(path));
  return setpriv ? [setpriv, ['--pdeathsig', 'TERM', node]] : [node, []];
}

function passSignals(child) {
  const handlers = ['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => {
    // Ctrl-C in a terminal reaches the command without us.
    const pass = () => (signal === 'SIGINT' && process.stdin.isTTY) || child.kill(signal);
    process.on(signal, pass);
    return () => process.off(signal, pass);
  });
  const watch = watchNpm(() => child.kill('SIGTERM'));
  return () => {
    for (const off of handlers) off();
    clearInterval(watch);
  };
}

/** An npm that was killed leaves us (or the shell between us) behind with another parent. */
function watchNpm(onGone) {
  if (!process.env.npm_lifecycle_event) return undefined;
  const before = parents();
  return setInterval(() => parents() !== before && onGone(), 500).unref();
}

function parents() {
  const [, name, parent] = /^\d+ \((.*)\) \S (\d+)/s.exec(readProc(`/proc/${process.ppid}/stat`)) ?? [];
  return /sh$/.test(name) ? `${process.ppid} ${parent}` : String(process.ppid);
}

function readProc(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
