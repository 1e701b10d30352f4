import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface Child<T> {
  process: ChildProcess;
  /** The first line of JSON that the program printed. */
  ready: T;
  stop(): Promise<void>;
}

/** Starts a program of ours and waits for its first line of JSON; throws when it ends before. */
export async function startChild<T>(file: string, environment: Record<string, string>): Promise<Child<T>> {
  const child = spawn(process.execPath, [file], {
    env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const ready = await new Promise<T>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line.startsWith('{')) resolve(JSON.parse(line) as T);
    });
    void exited.then(() => reject(new Error(`${file} ended before it was ready`)));
  });
  return {
    process: child,
    ready,
    async stop() {
      child.kill('SIGTERM');
      await exited;
    },
  };
}
