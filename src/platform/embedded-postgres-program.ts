import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Ids, PostgresUser } from './embedded-postgres-user.ts';
import { AppError } from './errors.ts';

/**
 * The cluster as its server sees it: the server is started with the cluster as its working folder and reaches it by
 * this name ever after, so that it needs no way in through the folders above. That is how a cluster below root's closed
 * home serves, run by an unprivileged user.
 */
export const HERE = '/proc/self/cwd';
/** Nothing of the caller's environment may reach the server: `PGPORT`, `PGDATA`, `LANG` and their like change it. */
const ENVIRONMENT = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LC_ALL: 'C',
  TZ: 'UTC',
};
/** Changes to the user, asks for SIGINT at our death, and goes no further if we died before it could ask. */
const IF_PARENT_LIVES = '[ "$PPID" = "$0" ] && exec "$@"';

export interface Program {
  binaries: string;
  user: PostgresUser;
  cwd: string;
  /** Whom it believes to run as. */
  borrow?: Ids | undefined;
}

/** Starts `bin/<name>` as the program's user, tied to the life of this process. */
export function run(program: Program, name: string, args: string[]): ChildProcess {
  const { uid, gid, drop } = program.user;
  const change = drop ? [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'] : [];
  const guard = ['--pdeathsig', 'INT', '/bin/sh', '-c', IF_PARENT_LIVES, String(process.pid)];
  const command = [...change, ...guard, join(program.binaries, 'bin', name), ...args];
  const [first, ...rest] = program.borrow
    ? [...asThough(program.borrow), 'setpriv', ...command]
    : ['setpriv', ...command];
  return spawn(first, rest, {
    cwd: program.cwd,
    env: ENVIRONMENT,
    stdio: ['ignore', 'pipe', 'pipe'],
    // A session of its own: Ctrl-C in a terminal is ours to answer, the server goes last.
    detached: true,
  });
}

/** A user namespace of its own in which we are `ids`; what it makes belongs to us all the same. */
function asThough({ uid, gid }: Ids): [string, ...string[]] {
  return ['unshare', '--user', `--map-user=${uid}`, `--map-group=${gid}`];
}

/** Waits for the end of `child`; a program that could not be started ends with -1 and the reason as output. */
export function ended(child: ChildProcess, onLine: (line: string) => void): Promise<number> {
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

export function startFailed(doing: string, output: string[]): AppError {
  return new AppError(
    'DATABASE_START_FAILED',
    `The embedded PostgreSQL could not ${doing}: ${output.join('; ') || 'it gave no reason'}. Mend that, or set DATABASE_URL to a PostgreSQL of yours.`,
    { retryable: true },
  );
}
