import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { choosePostgresUser, somebody } from '../../src/platform/embedded-postgres-user.ts';
import { until } from './until.ts';

/** A server of the machine on a free port of the loopback, its data in a folder that goes with it. */
export interface RealServer {
  url: string;
  /** Ends it as a crash would; the data stay. */
  kill(): Promise<void>;
  /** Starts it again on the same port and data. */
  start(): Promise<void>;
  /** Ends it and removes the data. */
  close(): Promise<void>;
}

export interface Recipe {
  /** Goes with the server. */
  folder: string;
  url: string;
  command: string[];
  isReady(): Promise<boolean>;
}

/**
 * Redis, or what speaks like it, with an append-only file as our docker-compose.yml has it, unless `persistent` is
 * false: then a killed one comes back empty.
 */
export async function startRedis(
  path: string,
  { password = '', persistent = true }: { password?: string; persistent?: boolean } = {},
): Promise<RealServer> {
  const folder = mkdtempSync(join(tmpdir(), 'gridguard-redis-'));
  const port = await freePort();
  const store = persistent ? ['--appendonly', 'yes'] : ['--save', '', '--appendonly', 'no'];
  const secret = password ? ['--requirepass', password] : [];
  const place = ['--bind', '127.0.0.1', '--port', String(port), '--dir', folder];
  const url = `redis://${password ? `:${password}@` : ''}127.0.0.1:${port}`;
  return startServer({
    folder,
    url,
    command: [path, ...place, ...store, ...secret],
    isReady: () => answers(port, password ? `AUTH ${password}\r\nPING\r\n` : 'PING\r\n', '+PONG'),
  });
}

function answers(port: number, request: string, wanted: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(request));
    socket.setTimeout(500, () => socket.destroy());
    socket.on('data', (data) => String(data).includes(wanted) && socket.end(() => resolve(true)));
    socket.on('error', () => resolve(false));
    socket.on('close', () => resolve(false));
  });
}

/** The PostgreSQL whose `postgres` is at `path`, with a user (no superuser) and a database `gridguard`. */
export async function startDebianPostgres(path: string, password: string): Promise<RealServer> {
  const folder = mkdtempSync(join(tmpdir(), 'gridguard-debian-pg-'));
  const port = await freePort();
  const { uid, gid, drop } = choosePostgresUser('/nonexistent');
  if (drop) chownSync(folder, uid, gid);
  chmodSync(folder, 0o700);
  const as = drop ? ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'] : [];
  makeDebianCluster(join(dirname(path), 'initdb'), join(folder, 'data'), { as, password });
  const admin = `postgres://admin:${password}@127.0.0.1:${port}/postgres`;
  const settings = [
    'listen_addresses=127.0.0.1',
    `port=${port}`,
    `unix_socket_directories=${folder}`,
    'fsync=off',
  ];
  const server = await startServer({
    folder,
    url: `postgres://gridguard:${password}@127.0.0.1:${port}/gridguard`,
    command: [...as, path, '-D', join(folder, 'data'), ...settings.flatMap((setting) => ['-c', setting])],
    isReady: () => query(admin, 'select 1').then(() => true),
  });
  await query(admin, `create user gridguard password ${pg.escapeLiteral(password)}`);
  await query(admin, 'create database gridguard owner gridguard');
  return server;
}

function makeDebianCluster(initdb: string, data: string, options: { as: string[]; password: string }): void {
  const secret = `${data}.secret`;
  writeFileSync(secret, options.password, { mode: 0o644 });
  const alias = hasName() ? [] : ['unshare', '--user', `--map-user=${somebody().uid}`];
  const access = ['-U', 'admin', '-A', 'scram-sha-256', `--pwfile=${secret}`];
  const [program = '', ...args] = [
    ...options.as,
    ...alias,
    initdb,
    '-D',
    data,
    ...access,
    '-E',
    'UTF8',
    '--locale=C',
    '--no-sync',
  ];
  execFileSync(program, args, { stdio: 'ignore', cwd: '/' });
}

/** `initdb` wants one for its user; a container's user may have none. */
function hasName(): boolean {
  return spawnSync('id', ['-un']).status === 0;
}

/** Runs one statement on a connection of its own. */
export async function query(url: string, statement: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(statement)).rows;
  } finally {
    await client.end();
  }
}

/** Starts a server by its command; it ends with this process. */
export async function startServer({ folder, url, command, isReady }: Recipe): Promise<RealServer> {
  let child: ChildProcess | undefined;
  const server: RealServer = {
    url,
    async start() {
      // Tied to the test's process: nothing is left behind when that is killed.
      child = spawn('setpriv', ['--pdeathsig', 'KILL', ...withoutSetpriv(command)], {
        stdio: 'ignore',
        cwd: '/',
      });
      await until(isReady, { what: `${command.join(' ')} to answer`, timeoutMs: 30_000 });
    },
    async kill() {
      const gone = new Promise((resolve) => child?.once('exit', resolve));
      if (child?.kill('SIGKILL')) await gone;
      child = undefined;
    },
    async close() {
      await server.kill();
      rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    },
  };
  await server.start();
  return server;
}

/** The kernel forgets the tie when a second setpriv changes the user: its options join the first. */
function withoutSetpriv(command: string[]): string[] {
  return command[0] === 'setpriv' ? command.slice(1) : command;
}

/** Where the kernel takes the ports of outgoing connections from begins above. */
const LOW_PORTS = { from: 20_000, to: 32_000 };

/**
 * A port that stays ours while nobody listens there, as when a server is restarted: no connection of this machine
 * goes out from it, not even one to itself.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(LOW_PORTS.from, LOW_PORTS.to);
    if (await canListen(port)) return port;
  }
}

async function canListen(port: number): Promise<boolean> {
  const server = createServer();
  const listens = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => resolve(true));
  });
  await new Promise((resolve) => server.close(resolve));
  return listens;
}
