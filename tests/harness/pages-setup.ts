import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the pages are built, once for the whole run, by the first test that shows them. */
    pages: string;
  }
}

export function setup(project: TestProject): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'gridguard-web-'));
  project.provide('pages', folder);
  return () => rmSync(folder, { recursive: true, force: true });
}
