import { join } from 'node:path';
import { configDefaults, defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const LONG = 'tests/**/*.long.test.ts';

// Every program of Node that the tests start loads the same packages: compiled once, they are read.
process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, '.tmp', 'compiled');

/** What takes minutes begins first, what computes beside what waits: last, it would be waited for alone. */
const LONGEST = [
  /accessibility|sim-neighbourhood/,
  /sim-village|kill-9|outside-broker-reads|loses-everything/,
  /tests\/web\//,
  /compose|embedded|one-point-one-ticket|claims|rules-tool/,
];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const at = LONGEST.findIndex((pattern) => pattern.test(moduleId));
      return at < 0 ? LONGEST.length : at;
    };
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b));
  }
}

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    exclude: [...configDefaults.exclude, ...(process.env.LONG === '1' ? [] : [LONG])],
    globalSetup: [
      'tests/harness/requirements-setup.ts',
      'tests/harness/postgres-setup.ts',
      'tests/harness/pages-setup.ts',
    ],
    // Many tests wait for clocks and servers: two more than there are processors in the smallest machine keep them busy.
    maxWorkers: 4,
    // What modules keep are tables and caches, never a clock or a connection: the next file may find them filled.
    isolate: false,
    sequence: { sequencer: LongestFirst },
    // Ceilings, for a machine that does other things besides; what has to be fast says so itself.
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
