import { configDefaults, defineConfig } from 'vitest/config';

const LONG = 'tests/**/*.long.test.ts';

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    exclude: [...configDefaults.exclude, ...(process.env.LONG === '1' ? [] : [LONG])],
    globalSetup: ['tests/harness/requirements-setup.ts', 'tests/harness/postgres-setup.ts'],
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
