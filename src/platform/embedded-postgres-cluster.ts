import { chownSync, mkdtempSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { ended, HERE, type Program, run, startFailed } from './embedded-postgres-program.ts';
import { type PostgresUser, removeIfPossible, somebody } from './embedded-postgres-user.ts';
import { AppError } from './errors.ts';

const UNFINISHED = '.new-';
/** `initdb` refuses a user id that the machine has no name for, as containers may have; the server does not mind. */
const NAMELESS = /could not look up effective user ID/;

/**
 * Makes the database folder `cluster`, with `owner` as its superuser. Under another name first: one cut short by a
 * crash is not taken for a whole one.
 */
export async function makeCluster(
  cluster: string,
  owner: string,
  { binaries, user }: { binaries: string; user: PostgresUser },
): Promise<void> {
  removeUnfinished(cluster);
  const folder = mkdtempSync(`${cluster}${UNFINISHED}`);
  if (user.drop) chownSync(folder, user.uid, user.gid);
  const program = { binaries, user, cwd: folder };
  let refusal = await initdb(program, owner);
  if (refusal?.some((line) => NAMELESS.test(line)))
    refusal = await initdb({ ...program, borrow: somebody() }, owner);
  if (refusal) throw startFailed('make its folder', refusal);
  renameSync(folder, cluster);
}

/** What a start that was killed has left; its initdb may still be ending, and then the next start removes it. */
function removeUnfinished(cluster: string): void {
  const parent = dirname(cluster);
  for (const name of readdirSync(parent)) {
    if (name.startsWith(`${basename(cluster)}${UNFINISHED}`)) removeIfPossible(join(parent, name));
  }
}

/** Undefined, or the last that it said before it failed. */
async function initdb(program: Program, owner: string): Promise<string[] | undefined> {
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const access = [`--username=${owner}`, '--auth-local=trust', '--auth-host=reject'];
  const output: string[] = [];
  const child = run(program, 'initdb', ['-D', HERE, ...locale, ...access, '--no-instructions']);
  const code = await ended(child, (line) => output.push(line));
  return code === 0 ? undefined : output.slice(-5);
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
