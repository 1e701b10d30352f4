import { accessSync, constants, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Real programs that tests run against, by Debian package. Each is found by one of `names` in the PATH or `folders`. */
const programs = {
  postgresql: { names: ['postgres'], folders: postgresFolders() },
  'redis-server': { names: ['redis-server'] },
  mosquitto: { names: ['mosquitto'] },
  'mosquitto-clients': { names: ['mosquitto_pub'] },
  'victoria-metrics': { names: ['victoria-metrics'] },
  influxdb: { names: ['influxd'] },
  chromium: { names: ['chromium', 'chromium-browser', 'google-chrome'] },
  'netcat-openbsd': { names: ['nc'] },
  'docker-compose': { names: ['docker-compose'] },
  systemd: { names: ['systemd-analyze'] },
} satisfies Record<string, { names: string[]; folders?: string[] }>;

export type ProgramName = keyof typeof programs;
export const programNames = Object.keys(programs) as ProgramName[];

/** An ordinary user's PATH leaves these out, and servers live there. */
const SYSTEM_FOLDERS = ['/usr/local/sbin', '/usr/sbin', '/sbin', '/usr/local/bin', '/usr/bin', '/bin'];

export interface Program {
  /** Undefined where the program is absent. */
  path: string | undefined;
  /** What to write beside a skipped test. */
  reason: string;
}

/**
 * The program of that Debian package, for `describe.skipIf(!program.path)`. With CI=true an absent one is an error: there
 * every test has to run.
 */
export function requireProgram(name: ProgramName): Program {
  const path = findProgram(name);
  if (!path && isCi())
    throw new Error(`${name} is not installed, and with CI=true no test may be skipped for that`);
  return { path, reason: path ? '' : `${name} is not installed` };
}

export function findProgram(name: ProgramName): string | undefined {
  const { names, folders = [] }: { names: string[]; folders?: string[] } = programs[name];
  const searched = [...folders, ...(process.env.PATH ?? '').split(':').filter(Boolean), ...SYSTEM_FOLDERS];
  return searched.flatMap((folder) => names.map((file) => join(folder, file))).find(isExecutable);
}

export const isCi = (): boolean => process.env.CI === 'true';

/** Debian keeps one folder per major version outside the PATH; the newest comes first. */
function postgresFolders(): string[] {
  const base = '/usr/lib/postgresql';
  try {
    const versions = readdirSync(base).sort((a, b) => Number(b) - Number(a));
    return versions.map((version) => join(base, version, 'bin'));
  } catch {
    return [];
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
