import type { ApiDeps } from '../../src/api/deps.ts';
import type { Clock } from '../../src/platform/clock.ts';
import type { Database } from '../../src/platform/database.ts';
import { createLogger } from '../../src/platform/logging.ts';
import { storedWhy } from '../../src/rules/lab/stored-why.ts';
import { openRuleLibrary } from '../../src/rules/rule-library.ts';
import { createTestRunner } from '../../src/rules/rule-test-run.ts';
import { createRuleWriting } from '../../src/rules/rule-writing.ts';

type Parts = Pick<ApiDeps, 'rules' | 'ruleDesk'> & { close(): Promise<void> };

/** The rules of a folder, as the service runs them; without a folder there are none. */
export async function openRuleDesk(database: Database, clock: Clock, directory?: string): Promise<Parts> {
  const library = directory
    ? await openRuleLibrary({ database, clock, log: createLogger('silent'), directory, processId: 'test' })
    : {
        current: () => ({ rules: [], generation: 0, problems: [] }),
        fileOf: () => undefined,
        refresh: async () => undefined,
        close: async () => undefined,
      };
  const test = createTestRunner(clock);
  const writing = createRuleWriting({
    database,
    clock,
    test,
    fileOf: (rule) => library.fileOf(rule),
    written: () => library.refresh(),
  });
  const stored = { database, clock, alone: [], expectedEveryMs: () => 3_600_000, calendar: undefined };
  const why: ApiDeps['ruleDesk']['why'] = (order) => storedWhy(stored, order);
  return {
    rules: () => library.current().rules,
    ruleDesk: { library, writing, test, why },
    close: () => library.close(),
  };
}
