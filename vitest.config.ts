import { configDefaults, defineConfig } from 'vitest/config';

const LONG = 'tests/**/*.long.test.ts';

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    exclude: [...configDefaults.exclude, ...(process.env.LONG === '1' ? [] : [LONG])],
    globalSetup: ['tests/harness/requirements-setup.ts', 'tests/harness/postgres-setup.ts'],
    // Many tests wait for clocks and servers: one more than there are processors in the smallest machine keeps them busy.
    maxWorkers: 3,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
