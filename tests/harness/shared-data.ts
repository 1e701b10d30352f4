import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

const FOLDER = resolve(import.meta.dirname, '../../../shared/data');

/**
 * The path of a file of recorded data that lies beside the checkout, too large for it; undefined where it is absent,
 * for `it.skipIf`. The run names an absent folder once.
 */
export function sharedData(name: string): string | undefined {
  const path = resolve(FOLDER, name);
  return existsSync(path) ? path : undefined;
}

export const hasSharedData = (): boolean => existsSync(FOLDER);
