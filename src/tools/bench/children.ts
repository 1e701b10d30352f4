import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface Child<T> {
  process: ChildProcess;
  /** The first line of JSON that the program printed. */
  ready: T;
  stop(): Promise<void>;
}

/**
 * Starts a program of ours and waits until it is ready: `look` is asked again and again, by default for the first line of JSON that the program
 * prints. Throws when the program ends before.
 */
export async function startChild<T>(
  file: string,
  environment: Record<string, string>,
  look?: () => Promise<T | undefined>,
): Promise<Child<T>> {
  const child = spawn(process.execPath, [file], {
    env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  let printed: T | undefined;
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (!printed && line.startsWith('{')) printed = JSON.parse(line) as T;
  });
  for (;;) {
    const ready = look ? await look() : printed;
    if (ready !== undefined)
      return {
        process: child,
        ready,
        async stop() {
          child.kill('SIGTERM');
          await exited;
        },
      };
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`${file} ended before it was ready`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
