import { expect, it } from 'vitest';
import type { Reading } from '../../src/model/readings.ts';
import { DeviceStates } from '../../src/rules/device-states.ts';
import { Engine } from '../../src/rules/engine.ts';
import { readRule } from '../../src/rules/load-rules.ts';
import { indexRules } from '../../src/rules/rule-index.ts';
import { NOON } from '../harness/readings.ts';

const MINUTE = 60_000;

it('a device that was taken out and comes back is missed when it falls silent', () => {
  const head = 'name: silent\ntitle: { zh: 失联, en: Silent }\nseverity: warning\nconsequence: notice\n';
  const read = readRule('silent.yaml', `${head}condition:\n  no_data: { after: 60m }\n`);
  if ('problems' in read) throw new Error(JSON.stringify(read.problems));
  const index = indexRules([read.rule]);
  const states = new DeviceStates(index, 0);
  const engine = new Engine({
    index,
    clocks: states.clocks,
    holderOf: (id) => states.holder(id),
    expectedEveryMs: () => 60 * MINUTE,
    emit: () => undefined,
    touch: (slot) => states.touch(slot, false),
    isInhibited: () => false,
    isScheduled: () => true,
  });
  const hear = (at: number) =>
    engine.hear({
      deviceId: 1,
      protocol: 'native',
      nativeId: 'd1',
      signal: 'battery',
      value: 80,
      origin: 'live',
      observedAt: at,
      receivedAt: at,
    } satisfies Reading);
  hear(NOON);
  states.drop(1);
  expect(states.takeChanged().remove).toHaveLength(1);
  hear(NOON + 10 * MINUTE);
  expect(states.takeChanged().save.map(({ rule, dueAt }) => [rule, dueAt])).toEqual([
    ['silent', NOON + 70 * MINUTE],
  ]);
});
