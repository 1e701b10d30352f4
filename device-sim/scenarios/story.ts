import type { Noise } from '../noise.ts';
import { localMidnight } from '../wearer.ts';
import { pause, type ScenarioContext } from './scenario.ts';

export interface PlannedEvent<Part extends string> {
  part: Part;
  device: string;
  /** Story time, milliseconds since 1970. */
  storyMs: number;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Later days spread the same things over the hours in which people are up, by the local clock. */
const LATER: readonly [number, number] = [7 * HOUR, 20 * HOUR];

/** What happens on the nth day since the start, in order; `firstDay` in milliseconds after the start. */
export function planDay<Part extends string>(
  noise: Noise,
  cast: ReadonlyMap<Part, string>,
  {
    day,
    startedAt,
    firstDay,
  }: { day: number; startedAt: number; firstDay: Readonly<Record<Part, readonly [number, number]>> },
): PlannedEvent<Part>[] {
  const from = day === 0 ? startedAt : localMidnight(startedAt) + day * DAY;
  return [...cast]
    .map(([part, device]) => ({
      part,
      device,
      storyMs: from + noise.between(`day/${day}/${part}`, day === 0 ? firstDay[part] : LATER),
    }))
    .sort((a, b) => a.storyMs - b.storyMs);
}

/** Lets each event of each day happen at its moment, until the run ends. */
export async function tellStory<Part extends string>(
  context: ScenarioContext,
  planOf: (day: number) => PlannedEvent<Part>[],
  happen: (event: PlannedEvent<Part>) => Promise<void>,
): Promise<void> {
  const running: Promise<void>[] = [];
  for (let day = 0; !context.until.aborted; day++) {
    const events = planOf(day);
    if (events.length === 0) break;
    for (const event of events) {
      if (!(await reached(event.storyMs, context))) break;
      running.push(happen(event));
    }
  }
  await Promise.all(running);
}

/** Waits for a moment of the story; false when the run ended before. */
function reached(storyMs: number, { time, until }: ScenarioContext): Promise<boolean> {
  return pause(time.realOf(storyMs) - time.now(), until);
}
