import type { Band } from '../band.ts';
import { createBand, keepRoutine, startAll, stopAll } from '../fleet.ts';
import { acts } from './acts.ts';
import { castOf, type PlannedEvent, planDay } from './maoqi-plan.ts';
import { ended, pause, type Scenario, type ScenarioContext } from './scenario.ts';

/** The village: everybody's day, and each day one SOS, one fall and the other things that must be noticed. */
export const maoqi: Scenario = {
  name: 'maoqi',
  title:
    'the village Maoqi: daily vitals, steps and walks of its wristbands, and what happens to some of them',
  devices: 19,
  async run(context) {
    const bands = context.devices.map((device) => createBand(device, context.server, context));
    const ends = bands.map((band) => keepRoutine(band, context, { measures: true }));
    await startAll(bands, context.until);
    const story = tellStory(bands, context);
    await ended(context.until);
    for (const end of ends) end();
    await story;
    await stopAll(bands);
    return { ok: true };
  },
};

async function tellStory(bands: readonly Band[], context: ScenarioContext): Promise<void> {
  const cast = castOf(context.noise, context.devices);
  const running: Promise<void>[] = [];
  if (cast.size > 0)
    for (let day = 0; !context.until.aborted; day++)
      for (const event of planDay(context.noise, cast, { day, startedAt: context.time.startedAt })) {
        if (!(await reached(event, context))) break;
        const band = bands.find(({ id }) => id === event.device);
        if (band) running.push(acts[event.part](band, context));
      }
  await Promise.all(running);
}

/** Waits for the moment of the event; false when the run ended before. */
function reached(event: PlannedEvent, { time, until }: ScenarioContext): Promise<boolean> {
  return pause(time.realOf(event.storyMs) - time.now(), until);
}
