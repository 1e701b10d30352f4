import { configuredStage, type Fault } from '../faults.ts';
import type { JsonObject } from '../sink.ts';
import type { Collected, Finding } from './collect.ts';

/** What a breaker's message brings that it had not said before, and what it has said now. */
export interface BreakerNews {
  news: Finding[];
  /** What somebody brought about with the test button. */
  tests: Finding[];
  /** Sorted; the next message is compared with it. */
  standing: readonly string[];
}

type Standing = Fault & { channel?: string };

const keyOf = ({ cause, code, channel }: Standing) => [channel ?? '', cause, code ?? ''].join('/');

/** A fault is a trip where the device is set so, or is open now; a short circuit is never a mere warning. */
function staged(
  fault: Standing,
  { tripped, open, message }: { tripped: boolean; open: boolean | undefined; message: JsonObject },
): Standing {
  if (fault.test) return fault;
  if (tripped || fault.cause === 'short_circuit') return { ...fault, stage: 'trip' };
  const stage =
    configuredStage(fault.cause, message) ?? (open === undefined ? undefined : open ? 'trip' : 'warning');
  return stage === undefined ? fault : { ...fault, stage };
}

function eventOf({ cause, stage, code, channel }: Standing): Finding {
  return {
    signal: 'breaker_fault',
    ...(channel === undefined ? {} : { channel }),
    value: true,
    cause,
    ...(stage ? { stage } : {}),
    ...(code === undefined ? {} : { code }),
  };
}

function levelFaults(collected: Collected, message: JsonObject): Standing[] {
  const positions = [...collected.findings.values()].filter(({ signal }) => signal === 'breaker_position');
  const open = positions.length === 0 ? undefined : positions.some(({ value }) => value === 'open');
  const tripped = collected.tripped === true;
  const faults = collected.faults.map((fault) => staged(fault, { tripped, open, message }));
  const unexplained = tripped && !faults.some(({ stage, test }) => stage === 'trip' || test);
  if (unexplained) faults.push({ cause: 'unspecified', stage: 'trip', code: 'trip' });
  return [...new Map(faults.map((fault) => [keyOf(fault), fault])).values()];
}

/** Whether a fault is not the one that stood already: a warning that became a trip is news, the way back is none. */
function isNews(fault: Standing, before: readonly string[]): boolean {
  const key = keyOf(fault);
  return !before.includes(`${key}=trip`) && !before.includes(`${key}=${fault.stage ?? ''}`);
}

function openedBy(faults: readonly Standing[], { latch }: Collected, latchIsNew: boolean): Finding[] {
  const by = latchIsNew ? latch?.openedBy : undefined;
  const tripped = faults.some(({ stage, test }) => stage === 'trip' && !test);
  const paid = faults.some(({ cause, stage }) => cause === 'credit' && stage === 'trip');
  const value = by ?? (paid ? 'prepay' : tripped ? 'trip' : undefined);
  if (value === undefined) return [];
  const { channel } = latch ?? {};
  return [{ signal: 'breaker_opened_by', ...(channel === undefined ? {} : { channel }), value }];
}

/**
 * What is new in the faults of a breaker. Zigbee2MQTT repeats its whole cache in every message, so a fault is told once, when it
 * appears or becomes a trip; the last event of a Tongou breaker is told when it is another one than before.
 */
export function breakerNews(
  collected: Collected,
  message: JsonObject,
  before: readonly string[] = [],
): BreakerNews {
  const standing = levelFaults(collected, message);
  const fresh = standing.filter((fault) => isNews(fault, before));
  const { latch } = collected;
  const latched = latch && `@${latch.channel ?? ''}/${latch.word}`;
  const latchIsNew = latched !== undefined && !before.includes(latched);
  if (latchIsNew && latch?.fault)
    fresh.push({ ...latch.fault, ...(latch.channel === undefined ? {} : { channel: latch.channel }) });
  const held = latched ?? before.find((entry) => entry.startsWith('@'));
  return {
    news: [...fresh.filter(({ test }) => !test).map(eventOf), ...openedBy(fresh, collected, latchIsNew)],
    tests: fresh.filter(({ test }) => test).map(eventOf),
    standing: [
      ...standing.map((fault) => `${keyOf(fault)}=${fault.stage ?? ''}`),
      ...(held ? [held] : []),
    ].sort(),
  };
}
