import type { ChildProcess } from 'node:child_process';
import type { Clock } from './clock.ts';
import { clearPostmaster, readPostmaster } from './embedded-postgres-lock.ts';
import { ended, HERE, run, startFailed } from './embedded-postgres-program.ts';
import { settingArguments } from './embedded-postgres-settings.ts';
import type { PostgresUser } from './embedded-postgres-user.ts';
import type { Logger } from './logging.ts';

const PASSING_TROUBLE = /already exists|already in use|still in use|is starting up|Address already/;
const PASSING_MS = 15_000;
const SLOWEST_RESTART_MS = 5_000;

export interface ServerOptions {
  binaries: string;
  cluster: string;
  user: PostgresUser;
  socketDir: string;
  settings: Record<string, string>;
  log: Logger;
  clock: Clock;
}

/** One PostgreSQL server and its restarts. */
export class PostgresServer {
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
