import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { requireProgram } from './requirements.ts';
import { projectRoot } from './source.ts';

export interface ComposeService {
  command?: string[];
  environment: Record<string, string>;
  healthcheck?: { test: string[] };
  image?: string;
  mem_limit?: string;
  ports?: string[];
  secrets?: { source: string }[];
  volumes?: string[];
}
export interface Compose {
  secrets: Record<string, { file: string }>;
  services: Record<string, ComposeService>;
  volumes: Record<string, unknown>;
}

export const dockerCompose = requireProgram('docker-compose');

export const SECRETS: Readonly<Record<string, string>> = {
  postgres_password: 'pg0123456789',
  redis_password: 'redis0123456789',
  influx_password: 'influx0123456789',
  influx_token: 'token0123456789',
  mqtt_password: 'mqtt: 100% & "quoted"',
  push_key: 'push0123456789',
  admin_password: 'admin0123456789',
};

/** What docker-compose makes of the file: an error where it is not valid. */
export function composed(): Compose {
  const output = execFileSync(dockerCompose.path ?? '', ['--env-file', '.env.example', 'config'], {
    cwd: projectRoot,
    env: { PATH: process.env.PATH ?? '' },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return parse(output);
}

/** The secrets as files in a folder of their own, each ending with a line break as `openssl rand` writes it. */
export function writeSecrets(): string {
  const folder = mkdtempSync(join(tmpdir(), 'gridguard-secrets-'));
  for (const [name, secret] of Object.entries(SECRETS)) writeFileSync(join(folder, name), `${secret}\n`);
  return folder;
}

/** A command of the file as a container would run it, where the folders of the container lie elsewhere. */
export function commandIn(command: readonly string[], folders: Readonly<Record<string, string>>): string[] {
  return command.map((word) =>
    Object.entries(folders).reduce(
      (text, [from, to]) => text.replaceAll(from, to),
      // How compose writes a dollar sign that is not its own.
      word.replaceAll('$$', '$'),
    ),
  );
}
