import { createBand, keepRoutine, startAll, stopAll } from '../fleet.ts';
import { ended, type Scenario } from './scenario.ts';

/** Bands that only live: keep-alives and positions. */
export const idle: Scenario = {
  name: 'idle',
  title: 'wristbands that only send keep-alives and positions',
  plays: 'bands',
  devices: 19,
  async run(context) {
    const bands = context.devices.map((device) => createBand(device, context.server, context));
    const ends = bands.map((band) => keepRoutine(band, context, { measures: false }));
    await startAll(bands, context.until);
    await ended(context.until);
    for (const end of ends) end();
    await stopAll(bands);
    return { ok: true };
  },
};
