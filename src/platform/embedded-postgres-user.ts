import { chownSync, lstatSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { AppError } from './errors.ts';

export interface Ids {
  uid: number;
  gid: number;
}

/** Who PostgreSQL runs as. `drop` tells that we are root and must change to it: PostgreSQL refuses to run as root. */
export interface PostgresUser extends Ids {
  drop: boolean;
}

const NOBODY: Ids = { uid: 65534, gid: 65534 };
/** `sun_path` holds 107 bytes, `/.s.PGSQL.5432` takes 14 of them. */
const LONGEST_SOCKET_DIR = 93;
const RUN_PREFIX = 'gridguard-';

/** As root: whoever owns the cluster already, else the machine's `postgres`, else `nobody`, else anybody. Otherwise ourselves. */
export function choosePostgresUser(cluster: string, passwd = readPasswd()): PostgresUser {
  const self = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  const owner = ownerOf(cluster);
  if (self.uid !== 0) {
    if (owner && owner.uid !== self.uid) {
      throw new AppError(
        'DATABASE_FOREIGN',
        `The database in ${cluster} belongs to user id ${owner.uid} and this is user id ${self.uid}: start as that user or as root, or set DATA_DIR to a folder of your own.`,
      );
    }
    return { ...self, drop: false };
  }
  if (owner && owner.uid !== 0) return { ...owner, drop: true };
  return { ...somebody(passwd), drop: true };
}

/** A user of this machine who is not root, best one that is there for such things. */
export function somebody(passwd = readPasswd()): Ids {
  const named = unprivileged(passwd);
  const { uid, gid } =
    named.find(({ name }) => name === 'postgres') ??
    named.find(({ name }) => name === 'nobody') ??
    named[0] ??
    NOBODY;
  return { uid, gid };
}

function unprivileged(passwd: string): (Ids & { name: string })[] {
  const entries = passwd.split('\n').map((line) => line.split(':'));
  const all = entries.map(([name = '', , uid, gid]) => ({ name, uid: Number(uid), gid: Number(gid) }));
  return all.filter(({ uid, gid }) => uid > 0 && gid > 0);
}

function ownerOf(path: string): Ids | undefined {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat && { uid: stat.uid, gid: stat.gid };
}

function readPasswd(): string {
  try {
    return readFileSync('/etc/passwd', 'utf8');
  } catch {
    return '';
  }
}

/** Can `user` enter every folder above `path` and read (and, for a folder or program, enter or run) `path` itself? */
export function canUse(path: string, user: PostgresUser): boolean {
  if (!user.drop) return true;
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) return false;
  const wanted = stat.isDirectory() || (stat.mode & 0o100) !== 0 ? 5 : 4;
  return (bitsFor(stat, user) & wanted) === wanted && canReach(path, user);
}

/** Can `user` enter every folder above `path`? */
export function canReach(path: string, user: PostgresUser): boolean {
  if (!user.drop || path === '/') return true;
  const parent = dirname(path);
  return (bitsFor(statSync(parent), user) & 1) === 1 && canReach(parent, user);
}

function bitsFor(stat: { uid: number; gid: number; mode: number }, user: PostgresUser): number {
  if (stat.uid === user.uid) return (stat.mode >> 6) & 7;
  if (stat.gid === user.gid) return (stat.mode >> 3) & 7;
  return stat.mode & 7;
}

/**
 * A new, short, private folder of `user` for the socket (and for copied binaries), remembered in `note` so that
 * the next start removes it if this one could not.
 */
export function makeRunFolder(user: PostgresUser, note: string): string {
  removeLeftRunFolder(user, note);
  const base = [tmpdir(), '/tmp', '/var/tmp'].find((folder) => isFitForSocket(folder, user));
  if (!base) {
    throw new AppError(
      'DATABASE_NO_TEMP',
      `No temporary folder is short enough and open to user id ${user.uid} for the database's socket: set TMPDIR to such a folder.`,
    );
  }
  const folder = mkdtempSync(join(base, RUN_PREFIX));
  if (user.drop) chownSync(folder, user.uid, user.gid);
  writeFileSync(note, folder, { mode: 0o600 });
  return folder;
}

function isFitForSocket(folder: string, user: PostgresUser): boolean {
  const stat = statSync(folder, { throwIfNoEntry: false });
  if (!stat?.isDirectory() || folder.length + RUN_PREFIX.length + 7 > LONGEST_SOCKET_DIR) return false;
  return canReach(join(folder, 'x'), user);
}

function removeLeftRunFolder(user: PostgresUser, note: string): void {
  let folder: string;
  try {
    folder = readFileSync(note, 'utf8').trim();
  } catch {
    return;
  }
  const stat = lstatSync(folder, { throwIfNoEntry: false });
  const ours = stat?.isDirectory() && stat.uid === user.uid && basename(folder).startsWith(RUN_PREFIX);
  if (ours) removeIfPossible(folder);
}

/** Removes a folder, unless somebody who is about to end still writes into it. */
export function removeIfPossible(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOTEMPTY') throw error;
  }
}
