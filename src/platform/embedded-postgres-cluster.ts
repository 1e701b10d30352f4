import { chownSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ended, HERE, run, startFailed } from './embedded-postgres-program.ts';
import type { PostgresUser } from './embedded-postgres-user.ts';
import { AppError } from './errors.ts';

/**
 * Makes the database folder `cluster`, with `owner` as its superuser. Under another name first: one cut short by a
 * crash is not taken for a whole one.
 */
export async function makeCluster(
  cluster: string,
  owner: string,
  { binaries, user }: { binaries: string; user: PostgresUser },
): Promise<void> {
  const folder = `${cluster}.new`;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { mode: 0o700 });
  if (user.drop) chownSync(folder, user.uid, user.gid);
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const access = [`--username=${owner}`, '--auth-local=trust', '--auth-host=reject'];
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

/** Throws DATABASE_VERSION where another major version made `cluster`. */
export function checkVersion(cluster: string, binaries: string): void {
  const found = readFileSync(join(cluster, 'PG_VERSION'), 'utf8').trim();
  const catalog = readFileSync(join(binaries, 'share/postgresql/postgres.bki'), 'utf8');
  const ours = /^# PostgreSQL (\d+)/.exec(catalog)?.[1];
  if (found === ours) return;
  throw new AppError(
    'DATABASE_VERSION',
    `The database in ${cluster} was made by PostgreSQL ${found} and this is ${ours}: restore a backup into an empty DATA_DIR.`,
  );
}
