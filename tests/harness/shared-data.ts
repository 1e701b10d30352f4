import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

const FOLDER = resolve(import.meta.dirname, '../../../shared/data');

/**
 * The path of a file of recorded data that lies beside the checkout and is not ours to spread; undefined where it is absent, for
 * `it.skipIf`. The run names an absent folder once. With CI=true an absent one is an error: there every test has to run.
 */
export function sharedData(name: string): string | undefined {
  const path = resolve(FOLDER, name);
  if (existsSync(path)) return path;
  if (process.env.CI === 'true')
    throw new Error(`${path} is absent, and with CI=true no test may be skipped for that`);
  return undefined;
}

export const hasSharedData = (): boolean => existsSync(FOLDER);
