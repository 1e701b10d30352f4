/** The thread in which the tests of one rule run. */
import { parentPort, workerData } from 'node:worker_threads';
import { readText } from './rule-set.ts';
import type { TestOrder } from './rule-test-run.ts';
import { type Tested, testRule } from './rule-tests.ts';

function run({ rule, body, tests, others }: TestOrder): Tested {
  const read = readText({ rule, shadow: false, body });
  if ('problems' in read) return { results: [], problems: read.problems, gaps: [] };
  const inhibitors = others
    .filter((other) => read.rule.inhibitedBy?.includes(other.rule))
    .flatMap((other) => {
      const known = readText({ ...other, shadow: false });
      return 'rule' in known ? [known.rule] : [];
    });
  return testRule(read.rule, { file: `tests/${rule}.yaml`, text: tests }, inhibitors);
}

parentPort?.postMessage(run(workerData as TestOrder));
