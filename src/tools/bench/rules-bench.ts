import type { Reading } from '../../model/readings.ts';
import { AppError } from '../../platform/errors.ts';
import { DeviceStates } from '../../rules/device-states.ts';
import { Engine } from '../../rules/engine.ts';
import { readRule } from '../../rules/load-rules.ts';
import type { Rule } from '../../rules/rule.ts';
import { indexRules } from '../../rules/rule-index.ts';
import { median } from './statistics.ts';

const DEVICES = 10_000;
const READINGS_AT_ONCE = 1_000;
const EVERY_MS = 60_000;
const START = Date.UTC(2026, 10, 22);

/** Twenty conditions of every kind that may watch a pulse; each reading goes through all of them. */
const conditions = [
  'threshold: { signal: heart_rate, above: 120, for: 2m, min_samples: 2, clear: { below: 110, for: 1m } }',
  'threshold: { signal: heart_rate, below: 50, for: 2m, min_samples: 2, clear: { above: 55, for: 1m } }',
  'threshold: { signal: heart_rate, above: 130, for: 5m, clear: { below: 120, for: 2m }, hard: { above: 150 } }',
  'threshold: { signal: heart_rate, below: 45, for: 5m, clear: { above: 50, for: 2m }, hard: { below: 38 } }',
  'threshold: { signal: heart_rate, above: 110, for: 30m, clear: { below: 105 } }',
  'threshold: { signal: heart_rate, below: 55, for: 30m, clear: { above: 58 } }',
  'threshold: { signal: heart_rate, above: 140, for: 0s, clear: { below: 130 } }',
  'threshold: { signal: heart_rate, below: 40, for: 0s, clear: { above: 45 } }',
  'threshold: { signal: heart_rate, above: 125, for: 3m, clear: { below: 115 }, ignore: { above: 230 } }',
  'threshold: { signal: heart_rate, above: 100, for: 2h, clear: { below: 95, for: 10m } }',
  'threshold: { signal: heart_rate, above: 135, for: 1m, clear: { below: 125 } }',
  'threshold: { signal: heart_rate, below: 47, for: 1m, clear: { above: 52 } }',
  'threshold: { signal: heart_rate, above: 145, for: 1m, clear: { below: 135 } }',
  'threshold: { signal: heart_rate, above: 120, for: 2m, smooth: { median: 3m, at_least: 2 }, clear: { below: 110 } }',
  'threshold: { signal: heart_rate, above: 120, for: 2m, smooth: { ewma: 5m, at_least: 2 }, clear: { below: 110 } }',
  'count: { signal: heart_rate, above: 130, at_least_times: 3, within: 15m }',
  'count: { signal: heart_rate, below: 45, at_least_times: 3, within: 15m }',
  'no_data: { after: 20m }',
];
const joined = `all:
    - threshold: { signal: heart_rate, above: 120, for: 2m, clear: { below: 110 } }
    - state: { signal: moving, is: false }`;
const gated = conditions[0] ?? '';

function benchRules(): Rule[] {
  const bodies = [
    ...conditions.map((condition) => `condition:\n  ${condition}`),
    `condition:\n  ${joined}`,
    `ignore_while: [ { signal: worn, is: false } ]\nraise_again_after: 4h\nkeep_firing: 5m\ncondition:\n  ${gated}`,
  ];
  return bodies.map((body, index) => {
    const name = `rule_${index}`;
    const text = `name: ${name}\ntitle: { zh: 规则, en: Rule }\nseverity: warning\nconsequence: notice\n${body}\n`;
    const read = readRule(`${name}.yaml`, text);
    if ('problems' in read) throw new AppError('RULES_INVALID', JSON.stringify(read.problems));
    return read.rule;
  });
}

export interface RulesBench {
  rules: number;
  devices: number;
  readingsPerSecond: number[];
  median: number;
  /** The same by the processor time of all threads, which a busy machine disturbs less. */
  perCpuSecond: number[];
  /** Of a run: readings, changes of alerts, and states that were due to be written, by batch of a thousand readings. */
  readings: number;
  changes: number;
  saved: number;
}

/**
 * Readings/s through twenty rules each, on one core, with the states of 10,000 devices in memory: one pulse a minute of each, one in fifty
 * beyond some limit; put in order, evaluated, and every thousand readings what must be stored is taken and written as JSON.
 */
export function benchRuleEngine({
  runs,
  progress,
}: {
  runs: number;
  progress(text: string): void;
}): RulesBench {
  const rules = benchRules();
  const results = Array.from({ length: runs }, (_, run) => {
    const result = oneRun(rules);
    progress(
      `run ${run + 1}: ${result.perSecond} readings/s, ${result.perCpuSecond} per second of processor time`,
    );
    return result;
  });
  const readingsPerSecond = results.map(({ perSecond }) => perSecond);
  const { readings = 0, changes = 0, saved = 0 } = results[0] ?? {};
  return {
    rules: rules.length,
    devices: DEVICES,
    readingsPerSecond,
    median: median(readingsPerSecond),
    perCpuSecond: results.map(({ perCpuSecond }) => perCpuSecond),
    readings,
    changes,
    saved,
  };
}

const MINUTES = 40;
/** Until the states of all devices have their usual size. */
const WARM_UP_MINUTES = 20;

function oneRun(rules: readonly Rule[]) {
  const index = indexRules(rules);
  const states = new DeviceStates(index, 0);
  let changes = 0;
  const engine = new Engine({
    index,
    clocks: states.clocks,
    holderOf: (id) => states.holder(id),
    expectedEveryMs: () => 20 * EVERY_MS,
    emit: () => void changes++,
    touch: (slot) => states.touch(slot, false),
    isInhibited: () => false,
    isScheduled: () => true,
  });
  let [saved, bytes, busyNs, cpuUs, readings] = [0, 0, 0n, 0, 0];
  for (let minute = 0; minute < MINUTES + WARM_UP_MINUTES; minute++)
    for (let first = 0; first < DEVICES; first += READINGS_AT_ONCE) {
      const batch = batchOf(minute, first);
      const start = process.hrtime.bigint();
      const cpu = process.cpuUsage();
      engine.hearAll(batch);
      const changed = states.takeChanged();
      for (const { state } of changed.save) bytes += JSON.stringify(state).length;
      if (minute < WARM_UP_MINUTES) continue;
      busyNs += process.hrtime.bigint() - start;
      const { user, system } = process.cpuUsage(cpu);
      cpuUs += user + system;
      saved += changed.save.length + changed.remove.length;
      readings += batch.length;
    }
  const perSecond = Math.round((readings * 1e9) / Number(busyNs));
  return { perSecond, perCpuSecond: Math.round((readings * 1e6) / cpuUs), readings, changes, saved, bytes };
}

/** As they come out of the log: an object each, of a thousand devices one after the other. */
function batchOf(minute: number, first: number): Reading[] {
  return Array.from({ length: READINGS_AT_ONCE }, (_, offset) => {
    const device = first + offset;
    const at = START + minute * EVERY_MS + offset;
    return {
      deviceId: device + 1,
      subjectId: device + 1,
      protocol: 'native',
      nativeId: String(device),
      signal: 'heart_rate',
      value: pulseOf(device, minute),
      origin: 'live',
      observedAt: at,
      receivedAt: at + 200,
    };
  });
}

/** Of one device in fifty the pulse is too high or too low for ten minutes of each hour. */
function pulseOf(device: number, minute: number): number {
  const usual = 62 + ((device * 7 + minute * 13) % 29);
  if (device % 50 !== 0 || (minute + device / 50) % 60 >= 10) return usual;
  return device % 100 === 0 ? 128 + (minute % 20) : 41 + (minute % 4);
}
