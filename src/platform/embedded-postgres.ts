import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { type Clock, createSystemClock } from './clock.ts';
import type { DatabaseAddress } from './database.ts';
import { locateBinaries, prepareBinaries } from './embedded-postgres-binaries.ts';
import { clearPostmaster, lockFolder, readPostmaster } from './embedded-postgres-lock.ts';
import { settingArguments } from './embedded-postgres-settings.ts';
import { ensureDatabase } from './embedded-postgres-store.ts';
import { choosePostgresUser, makeRunFolder, type PostgresUser } from './embedded-postgres-user.ts';
import { AppError } from './errors.ts';
import type { Logger } from './logging.ts';

/**
 * The cluster as its server sees it: the server is started with the cluster as its working folder and reaches it by
 * this name ever after, so that it needs no way in through the folders above. That is how a cluster below root's closed
 * home serves, run by an unprivileged user.
 */
const HERE = '/proc/self/cwd';
const DATABASE = 'gridguard';
/** Nothing of the caller's environment may reach the server: `PGPORT`, `PGDATA`, `LANG` and their like change it. */
const ENVIRONMENT = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LC_ALL: 'C',
  TZ: 'UTC',
};
/** Changes to the user, asks for SIGINT at our death, and goes no further if we died before it could ask. */
const IF_PARENT_LIVES = '[ "$PPID" = "$0" ] && exec "$@"';
const PASSING_TROUBLE = /already exists|already in use|still in use|is starting up|Address already/;
const PASSING_MS = 15_000;
const SLOWEST_RESTART_MS = 5_000;

export interface EmbeddedPostgres {
  address: DatabaseAddress;
  /** Ends the server (its clients are cut off), waits until it is gone, and frees the folder. */
  stop(): Promise<void>;
}

export interface EmbeddedPostgresOptions {
  /** The cluster is `postgres` below it. */
  dataDir: string;
  log: Logger;
  clock?: Clock;
  /** PostgreSQL settings on top of ours. */
  settings?: Record<string, string>;
}

/**
 * Starts a PostgreSQL of our own on a unix socket, making its cluster (UTF-8, whatever the locale) first where there is none, and
 * starts it again whenever it ends by itself. It ends with this process, however that ends; call from the main thread,
 * with whose death the kernel ends it.
 * Throws AppError DATABASE_IN_USE, DATABASE_FOREIGN, DATABASE_VERSION, DATABASE_NO_BINARIES, DATABASE_NO_TEMP or
 * DATABASE_START_FAILED, each saying what to do.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { log, clock = createSystemClock(), settings = {} } = options;
  const dataDir = resolve(options.dataDir);
  const native = locateBinaries();
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const lock = await lockFolder(dataDir);
  const undo: (() => unknown)[] = [() => lock.release()];
  try {
    const cluster = join(dataDir, 'postgres');
    const note = join(dataDir, 'postgres.run');
    const user = choosePostgresUser(cluster);
    const run = makeRunFolder(user, note);
    undo.push(() =>
      [run, note].forEach((path) => {
        rmSync(path, { recursive: true, force: true });
      }),
    );
    const binaries = prepareBinaries(native, user, run);
    const server = new Server({ binaries, cluster, user, socketDir: run, settings, log, clock });
    undo.push(() => server.stop());
    if (!existsSync(cluster)) await makeCluster(cluster, binaries, user);
    checkVersion(cluster, binaries);
    await server.start();
    await ensureDatabase({ socketDir: run, user: DATABASE, database: 'postgres' }, DATABASE);
    return { address: { socketDir: run, user: DATABASE, database: DATABASE }, stop: () => unwind(undo) };
  } catch (error) {
    await unwind(undo);
    throw error;
  }
}

async function unwind(undo: (() => unknown)[]): Promise<void> {
  for (let step = undo.pop(); step; step = undo.pop()) await step();
}

interface Program {
  binaries: string;
  user: PostgresUser;
  cwd: string;
}

function run(program: Program, name: string, args: string[]): ChildProcess {
  const { uid, gid, drop } = program.user;
  const change = drop ? [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'] : [];
  const guard = ['--pdeathsig', 'INT', '/bin/sh', '-c', IF_PARENT_LIVES, String(process.pid)];
  const command = [...change, ...guard, join(program.binaries, 'bin', name), ...args];
  return spawn('setpriv', command, {
    cwd: program.cwd,
    env: ENVIRONMENT,
    stdio: ['ignore', 'pipe', 'pipe'],
    // A session of its own: Ctrl-C in a terminal is ours to answer, the server goes last.
    detached: true,
  });
}

/** Waits for the end of `child`; a program that could not be started ends with -1 and the reason as output. */
function ended(child: ChildProcess, onLine: (line: string) => void): Promise<number> {
  for (const stream of [child.stdout, child.stderr]) {
    if (stream) createInterface({ input: stream }).on('line', onLine);
  }
  return new Promise((resolve) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      const absent = error.code === 'ENOENT' ? ' (setpriv is part of the package util-linux)' : '';
      onLine(`FATAL:  ${error.message}${absent}`);
      resolve(-1);
    });
    child.once('close', (code) => resolve(code ?? -1));
  });
}

function startFailed(doing: string, output: string[]): AppError {
  return new AppError(
    'DATABASE_START_FAILED',
    `The embedded PostgreSQL could not ${doing}: ${output.join('; ') || 'it gave no reason'}. Mend that, or set DATABASE_URL to a PostgreSQL of yours.`,
    { retryable: true },
  );
}

/** Under another name first: a cluster cut short by a crash is not taken for a whole one. */
async function makeCluster(cluster: string, binaries: string, user: PostgresUser): Promise<void> {
  const folder = `${cluster}.new`;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { mode: 0o700 });
  if (user.drop) chownSync(folder, user.uid, user.gid);
  chmodSync(folder, 0o700);
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const access = [`--username=${DATABASE}`, '--auth-local=trust', '--auth-host=reject'];
  const output: string[] = [];
  const child = run({ binaries, user, cwd: folder }, 'initdb', [
    '-D',
    HERE,
    ...locale,
    ...access,
    '--no-instructions',
  ]);
  const code = await ended(child, (line) => output.push(line));
  if (code !== 0) throw startFailed('make its folder', output.slice(-5));
  renameSync(folder, cluster);
}

function checkVersion(cluster: string, binaries: string): void {
  const found = readFileSync(join(cluster, 'PG_VERSION'), 'utf8').trim();
  const catalog = readFileSync(join(binaries, 'share/postgresql/postgres.bki'), 'utf8');
  const ours = /^# PostgreSQL (\d+)/.exec(catalog)?.[1];
  if (found === ours) return;
  throw new AppError(
    'DATABASE_VERSION',
    `The database in ${cluster} was made by PostgreSQL ${found} and this is ${ours}: restore a backup into an empty DATA_DIR.`,
  );
}

interface ServerOptions {
  binaries: string;
  cluster: string;
  user: PostgresUser;
  socketDir: string;
  settings: Record<string, string>;
  log: Logger;
  clock: Clock;
}

/** One PostgreSQL server and its restarts. */
class Server {
  readonly #options: ServerOptions;
  #child: ChildProcess | undefined;
  #gone: Promise<unknown> = Promise.resolve();
  #stopping = false;

  constructor(options: ServerOptions) {
    this.#options = options;
  }

  /** Resolves when the server takes connections; tries again for a while where the reason passes by itself. */
  async start(): Promise<void> {
    const { clock } = this.#options;
    const giveUpAt = clock.now() + PASSING_MS;
    for (;;) {
      const output = await this.#startOnce();
      if (!output) return;
      const passing = output.some((line) => PASSING_TROUBLE.test(line)) && clock.now() < giveUpAt;
      if (this.#stopping || !passing) throw startFailed('start', output);
      await clock.sleep(50);
    }
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    const { clock } = this.#options;
    // Fast, immediate (recovers at the next start), and the last resort.
    const orders: [number, NodeJS.Signals][] = [
      [0, 'SIGINT'],
      [60_000, 'SIGQUIT'],
      [70_000, 'SIGKILL'],
    ];
    const timers = orders.map(([ms, signal]) => clock.after(ms, () => this.#child?.kill(signal)));
    await this.#gone;
    for (const timer of timers) timer.cancel();
  }

  /** Undefined once it serves, else what it said before it ended. */
  async #startOnce(): Promise<string[] | undefined> {
    const { binaries, cluster, user, socketDir, settings, log, clock } = this.#options;
    await clearPostmaster(cluster, clock);
    const args = ['-D', HERE, ...settingArguments(socketDir, settings)];
    const child = run({ binaries, user, cwd: cluster }, 'postgres', args);
    const output: string[] = [];
    let code: number | undefined;
    let isReady = false;
    this.#child = child;
    const gone = ended(child, (line) => {
      logLine(line, log);
      if (!isReady) output.push(line);
    }).then((ended) => {
      code = ended;
      this.#child = undefined;
      if (isReady && !this.#stopping) void this.#restart(ended);
    });
    this.#gone = gone;
    while (code === undefined) {
      const postmaster = readPostmaster(cluster);
      isReady = postmaster?.pid === child.pid && postmaster?.status === 'ready';
      if (isReady) return undefined;
      await Promise.race([gone, clock.sleep(10)]);
    }
    return output.filter((line) => !line.startsWith('LOG')).slice(-5);
  }

  async #restart(code: number): Promise<void> {
    const { log, clock } = this.#options;
    log.error({ code }, 'embedded PostgreSQL ended by itself, starting it again');
    for (let waitMs = 100; !this.#stopping; waitMs = Math.min(2 * waitMs, SLOWEST_RESTART_MS)) {
      try {
        await this.start();
        return log.info('embedded PostgreSQL is back');
      } catch (err) {
        if (this.#stopping) return;
        log.error({ err }, 'embedded PostgreSQL does not start, trying again');
        await clock.sleep(waitMs);
      }
    }
  }
}

function logLine(line: string, log: Logger): void {
  const severity = /^(\w+): /.exec(line)?.[1] ?? '';
  if (severity === 'PANIC') log.error({ postgres: line }, 'embedded PostgreSQL');
  else if (/^(FATAL|ERROR|WARNING)$/.test(severity)) log.warn({ postgres: line }, 'embedded PostgreSQL');
  else log.debug({ postgres: line }, 'embedded PostgreSQL');
}
