import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { locateBinaries } from '../../src/platform/embedded-postgres-binaries.ts';
import { settingArguments } from '../../src/platform/embedded-postgres-settings.ts';
import { choosePostgresUser } from '../../src/platform/embedded-postgres-user.ts';
import { openTestDatabase } from '../harness/postgres.ts';
import {
  type Installation,
  install,
  isRoot,
  launch,
  makeWorkFolder,
  type Running,
} from '../harness/postgres-installation.ts';
import { until } from '../harness/until.ts';

const NOBODY = 65534;
/** A user id of which the machine knows no name, as containers may have one. */
const NAMELESS = 54321;

let work: string;
let home: Installation;
const started: Running[] = [];

function start(installation: Installation, options?: Parameters<typeof launch>[1]): Running {
  const running = launch(installation, options);
  started.push(running);
  return running;
}

function postmasterOf({ dataDir }: Installation): number {
  return Number(readFileSync(join(dataDir, 'postgres/postmaster.pid'), 'utf8').split('\n')[0]);
}

/** Process ids of the server and its children: those whose working folder is the cluster. */
function serversOf({ dataDir }: Installation): number[] {
  const cluster = join(realpathSync(dataDir), 'postgres');
  const listed = execFileSync('sh', ['-c', 'ls -l /proc/[0-9]*/cwd 2>/dev/null || true'], {
    encoding: 'utf8',
  });
  const lines = listed.split('\n').filter((line) => line.endsWith(` -> ${cluster}`));
  return lines.map((line) => Number(/\/proc\/(\d+)\//.exec(line)?.[1]));
}

beforeAll(async () => {
  work = await makeWorkFolder();
  home = install(work, 'home');
});
afterEach(async () => {
  for (const running of started.splice(0)) await running.end('SIGKILL');
  await until(() => serversOf(home).length === 0, { what: 'the end of the servers' });
});
afterAll(() => rmSync(work, { recursive: true, force: true }));

describe('embedded PostgreSQL', () => {
  it('serves, stops without a trace, and keeps its rows, in UTF-8 whatever the environment says', async () => {
    const env = {
      LANG: 'tlh',
      LC_ALL: 'C',
      LC_CTYPE: 'POSIX',
      PGPORT: '7',
      PGDATA: '/nowhere',
      PGSSLMODE: 'require',
    };
    const first = start(home, { env });
    const before = await first.answer;
    expect(before).toMatchObject({ encoding: 'UTF8', upper: 'É茅', marks: 1 });
    await first.end('SIGTERM');
    expect(serversOf(home)).toEqual([]);
    expect(existsSync(before.address.socketDir)).toBe(false);
    expect(existsSync(join(home.dataDir, 'postgres.run'))).toBe(false);
    expect(await start(home).answer).toMatchObject({ marks: 2 });
  });

  it('refuses a second start on the same folder, naming the folder and the process', async () => {
    const first = start(home);
    await first.answer;
    const refusal = await start(home).answer;
    expect(refusal.code).toBe('DATABASE_IN_USE');
    expect(refusal.message).toContain(home.dataDir);
    expect(refusal.message).toContain(`process ${first.child.pid}`);
  });

  it('ends when its process is killed, and the next start has every row', async () => {
    const first = start(home);
    const { marks, address } = await first.answer;
    await first.end('SIGKILL');
    const second = await start(home).answer;
    expect(second.marks).toBe(marks + 1);
    expect(existsSync(address.socketDir)).toBe(false);
    expect(serversOf(home)).toContain(postmasterOf(home));
  });

  it('starts again after everything was killed at once', async () => {
    const first = start(home);
    const { marks } = await first.answer;
    for (const pid of serversOf(home)) process.kill(pid, 'SIGKILL');
    await first.end('SIGKILL');
    expect((await start(home).answer).marks).toBe(marks + 1);
  });

  it('leaves no server behind, whenever its process is killed while starting', async () => {
    const fresh = install(work, 'cut-short');
    for (const delayMs of [80, 160, 240, 320, 400, 500]) {
      const running = start(fresh);
      running.answer.catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      await running.end('SIGKILL');
    }
    await until(() => serversOf(fresh).length === 0, { what: 'the end of the servers' });
    expect(await start(fresh).answer).toMatchObject({ encoding: 'UTF8' });
    await started.at(-1)?.end('SIGTERM');
  });

  it('comes back on the same address when the server alone is killed', async () => {
    await start(home).answer;
    const killed = postmasterOf(home);
    process.kill(killed, 'SIGKILL');
    const ready = () =>
      /^ready\s*$/m.test(readFileSync(join(home.dataDir, 'postgres/postmaster.pid'), 'utf8'));
    await until(() => postmasterOf(home) !== killed && ready(), { what: 'another server' });
  });

  it('is not held up by a lock file whose process id has gone to somebody else', async () => {
    const first = start(home);
    const { marks } = await first.answer;
    const file = join(home.dataDir, 'postgres/postmaster.pid');
    const stale = readFileSync(file, 'utf8').replace(/^\d+/, String(process.pid));
    await first.end('SIGTERM');
    writeFileSync(file, stale);
    expect((await start(home).answer).marks).toBe(marks + 1);
  });

  it('refuses a folder of another major version', async () => {
    const other = install(work, 'other-version');
    const first = start(other);
    await first.answer;
    await first.end('SIGTERM');
    writeFileSync(join(other.dataDir, 'postgres/PG_VERSION'), '12\n');
    expect((await start(other).answer).code).toBe('DATABASE_VERSION');
  });

  it('adds the links that skipped install scripts left out', async () => {
    const bare = install(work, 'no-scripts');
    const links = JSON.parse(readFileSync(join(bare.native, 'pg-symlinks.json'), 'utf8')) as {
      target: string;
    }[];
    for (const { target } of links) rmSync(join(bare.native, '..', target), { force: true });
    expect(await start(bare).answer).toMatchObject({ encoding: 'UTF8' });
    await started.at(-1)?.end('SIGTERM');
  });
});

describe.runIf(isRoot)('embedded PostgreSQL of root', () => {
  it('runs as an ordinary user of the machine, below a folder that only root can enter', async () => {
    const closed = install(work, 'closed');
    chmodSync(closed.root, 0o700);
    expect(await start(closed).answer).toMatchObject({ encoding: 'UTF8' });
    const server = postmasterOf(closed);
    expect(statSync(`/proc/${server}`).uid).not.toBe(0);
    expect(statSync(closed.root).mode & 0o777).toBe(0o700);
    await started.at(-1)?.end('SIGTERM');
    expect(serversOf(closed)).toEqual([]);
  });

  it('serves an ordinary user, and another ordinary user is told whose it is', async () => {
    const owned = install(work, 'owned', { owner: NOBODY });
    expect(await start(owned, { as: NOBODY }).answer).toMatchObject({ encoding: 'UTF8' });
    expect(statSync(`/proc/${postmasterOf(owned)}`).uid).toBe(NOBODY);
    await started.at(-1)?.end('SIGTERM');
    execFileSync('chown', ['12345', join(owned.dataDir, 'postgres')]);
    expect((await start(owned, { as: NOBODY }).answer).code).toBe('DATABASE_FOREIGN');
  });

  it('serves a user id that the machine has no name for', async () => {
    const owned = install(work, 'nameless', { owner: NAMELESS });
    expect(await start(owned, { as: NAMELESS }).answer).toMatchObject({ encoding: 'UTF8' });
    expect(statSync(`/proc/${postmasterOf(owned)}`).uid).toBe(NAMELESS);
    await started.at(-1)?.end('SIGTERM');
  });

  it('keeps to the owner of an existing cluster, and needs no user called postgres', () => {
    expect(choosePostgresUser('/nowhere', 'root:x:0:0::/:/bin/sh\npostgres:x:101:104::/:/bin/sh')).toEqual({
      uid: 101,
      gid: 104,
      drop: true,
    });
    expect(choosePostgresUser('/nowhere', 'root:x:0:0::/:\nbin:x:2:3::/:\nnobody:x:99:98::/:')).toMatchObject(
      { uid: 99 },
    );
    expect(choosePostgresUser('/nowhere', 'root:x:0:0::/:\nbin:x:2:3::/:')).toMatchObject({ uid: 2, gid: 3 });
    expect(choosePostgresUser('/nowhere', 'root:x:0:0::/:')).toMatchObject({ uid: NOBODY, drop: true });
    const owned = install(work, 'owned-before', { owner: NOBODY });
    expect(choosePostgresUser(owned.dataDir, 'postgres:x:101:104::/:/bin/sh')).toMatchObject({ uid: NOBODY });
  });
});

describe('where there are no binaries', () => {
  it.each([
    ['darwin', 'arm64'],
    ['win32', 'x64'],
    ['linux', 'riscv64'],
  ])('says on %s %s to set DATABASE_URL', (platform, arch) => {
    expect(() => locateBinaries(platform, arch)).toThrow(
      expect.objectContaining({
        code: 'DATABASE_NO_BINARIES',
        message: expect.stringContaining('DATABASE_URL'),
      }),
    );
  });
});

describe('settings', () => {
  it('keep what protects an acknowledged row, and can be overridden', () => {
    const settings = settingArguments('/tmp/x', { work_mem: '1MB' });
    for (const kept of ['fsync=on', 'synchronous_commit=on', 'full_page_writes=on', 'listen_addresses=']) {
      expect(settings).toContain(kept);
    }
    expect(settings).toContain('unix_socket_directories=/tmp/x');
    expect(settings).toContain('work_mem=1MB');
    expect(settings).not.toContain('work_mem=16MB');
  });
});

describe('test databases', () => {
  it('are migrated and separate', async () => {
    const one = await openTestDatabase();
    const two = await openTestDatabase();
    await one.database.pool.query("insert into processes values ('a', '{api}', now())");
    const { rows } = await two.database.pool.query('select count(*) as n from processes');
    expect(rows).toEqual([{ n: 0 }]);
    await one.close();
    await two.close();
  });
});
