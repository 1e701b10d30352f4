import type { ReadingValue } from '../model/readings.ts';
import type { HolderMemory, Slot } from './holder.ts';
import type { RuleChange } from './rule-change.ts';
import { watchedBy } from './rule-index.ts';

const MOST_INPUTS = 30;

/** A sample that led to an alert: its time, its value, and what it is of where the rule watches several. */
export type Input = [at: number, value: ReadingValue, point?: string];

/** The last samples that the rule heard before it came true, the oldest first, as far as they are still known. */
export function inputsOf(holder: HolderMemory, slot: Slot, change: RuleChange): Input[] {
  const watched = watchedBy(slot.rule);
  const inputs: Input[] = [];
  for (let index = holder.recent.length - 1; index >= 0 && inputs.length < MOST_INPUTS; index--) {
    const reading = holder.recent[index];
    if (!reading || reading.observedAt > change.at || typeof reading.value === 'object') continue;
    const { signal, channel, observedAt, value } = reading;
    if (
      !watched.has(signal) ||
      (slot.channel !== undefined && channel !== undefined && channel !== slot.channel)
    )
      continue;
    const point = channel === undefined ? signal : `${signal}/${channel}`;
    inputs.unshift(watched.size > 1 || slot.rule.per ? [observedAt, value, point] : [observedAt, value]);
  }
  return inputs;
}
