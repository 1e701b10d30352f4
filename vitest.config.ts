import { configDefaults, defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const LONG = 'tests/**/*.long.test.ts';

/** What takes minutes begins first: last, it would be waited for alone. */
const LONGEST = [/accessibility/, /sim-neighbourhood/, /tests\/web\//, /compose|sim-village|embedded/];

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
    // Many tests wait for clocks and servers: one more than there are processors in the smallest machine keeps them busy.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
