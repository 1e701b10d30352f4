import { readFileSync, readlinkSync, realpathSync, rmSync, statSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import type { Clock } from './clock.ts';
import { AppError } from './errors.ts';

/** How long a server whose supervisor was killed may take to write its memory to disk and end. */
const STOPPING_MS = 60_000;
/** How long a running one may take to notice that its supervisor was killed. */
const NOTICING_MS = 3_000;

export interface FolderLock {
  release(): Promise<void>;
}

/**
 * Holds `folder` for this process: a name in Linux's abstract socket space, made of the folder's inode, which the
 * kernel frees at whatever death of the process and which answers with the holder's process id.
 * Throws DATABASE_IN_USE naming the folder and the process.
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  const { dev, ino } = statSync(folder);
  const path = `\0gridguard-database-${dev}-${ino}`;
  const server = createServer((socket) => socket.on('error', () => {}).end(String(process.pid)));
  try {
    await listen(server, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw inUse(folder, await askHolder(path));
  }
  server.unref();
  return { release: () => new Promise((resolve) => server.close(() => resolve())) };
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ path }, resolve);
  });
}

function askHolder(path: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect({ path });
    socket.setEncoding('utf8').setTimeout(1000, () => socket.destroy());
    socket.on('data', (text) => {
      answer += text;
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(Number(answer) || undefined));
  });
}

function inUse(folder: string, pid: number | undefined): AppError {
  const holder = pid ? `process ${pid}` : 'another process';
  return new AppError(
    'DATABASE_IN_USE',
    `The database in ${folder} is in use by ${holder}: stop that first, or set DATA_DIR to another folder.`,
    { details: { folder, pid } },
  );
}

/** What `postmaster.pid` says of a server in this cluster. */
export interface Postmaster {
  pid: number;
  /** `starting`, `ready`, `stopping`, or empty while the file is being written. */
  status: string;
}

export function readPostmaster(cluster: string): Postmaster | undefined {
  try {
    const lines = readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n');
    const pid = Number(lines[0]);
    return pid > 0 ? { pid, status: lines[7]?.trim() ?? '' } : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Makes the way free for a new server in `cluster`: removes a `postmaster.pid` whose process is dead (reaped or not) or
 * no server of this cluster, and waits for one that is shutting down because its supervisor was killed. Throws
 * DATABASE_IN_USE when a server goes on running there.
 */
export async function clearPostmaster(cluster: string, clock: Clock): Promise<void> {
  const started = clock.now();
  for (;;) {
    const found = readPostmaster(cluster);
    if (!found) return;
    if (!isServerOf(found.pid, cluster)) return rmSync(join(cluster, 'postmaster.pid'), { force: true });
    const patience = found.status === 'stopping' ? STOPPING_MS : NOTICING_MS;
    if (clock.now() - started > patience) throw inUse(cluster, found.pid);
    await clock.sleep(20);
  }
}

function isServerOf(pid: number, cluster: string): boolean {
  const stat = readProc(pid, 'stat');
  const [, comm, state] = /^\d+ \((.*)\) (\S)/s.exec(stat) ?? [];
  if (comm !== 'postgres' || state === 'Z' || state === 'X') return false;
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(cluster);
  } catch {
    return true;
  }
}

function readProc(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
