import type { Band } from '../band.ts';
import { createBand, keepRoutine, startAll, stopAll } from '../fleet.ts';
import { acts } from './acts.ts';
import { castOf, planVillageDay } from './maoqi-plan.ts';
import { ended, type Scenario, type ScenarioContext } from './scenario.ts';
import { tellStory } from './story.ts';

/** The village: everybody's day, and each day one SOS, one fall and the other things that must be noticed. */
export const maoqi: Scenario = {
  name: 'maoqi',
  title:
    'the village Maoqi: daily vitals, steps and walks of its wristbands, and what happens to some of them',
  plays: 'bands',
  devices: 19,
  async run(context) {
    const bands = context.devices.map((device) => createBand(device, context.server, context));
    const ends = bands.map((band) => keepRoutine(band, context, { measures: true }));
    await startAll(bands, context.until);
    const story = tellVillageStory(bands, context);
    await ended(context.until);
    for (const end of ends) end();
    await story;
    await stopAll(bands);
    return { ok: true };
  },
};

async function tellVillageStory(bands: readonly Band[], context: ScenarioContext): Promise<void> {
  const { noise, time, devices } = context;
  const cast = castOf(noise, devices);
  const planOf = (day: number) => planVillageDay(noise, cast, { day, startedAt: time.startedAt });
  await tellStory(context, planOf, async ({ part, device }) => {
    const band = bands.find(({ id }) => id === device);
    if (band) await acts[part](band, context);
  });
}
