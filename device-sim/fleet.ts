import type { Band, Surroundings } from './band.ts';
import type { DeviceCredential } from './credentials.ts';
import { NativeBand } from './native-band.ts';
import { sleep, Timers } from './time.ts';
import { WatchBand } from './watch-band.ts';
import { createWearer } from './wearer.ts';

export interface Server {
  host: string;
  watchPort: number;
  mqttPort: number;
}

/** Bands are switched on this far apart, so that thousands do not connect in one instant. */
const SWITCH_ON_EVERY_MS = 3;
const MINUTE = 60_000;

export function createBand(device: DeviceCredential, server: Server, around: Surroundings): Band {
  const shared = {
    ...around,
    id: device.id,
    host: server.host,
    wearer: createWearer(around.noise, device.id, device.home),
    ...(device.name ? { name: device.name } : {}),
  };
  return device.protocol === 'native'
    ? new NativeBand({ ...shared, secret: device.secret ?? '', port: server.mqttPort })
    : new WatchBand({ ...shared, port: server.watchPort });
}

/** Switches the bands on one after the other; they stay on until `stopAll`. */
export async function startAll(bands: readonly Band[], until: AbortSignal): Promise<void> {
  for (const band of bands) {
    if (until.aborted) return;
    band.start();
    await sleep(SWITCH_ON_EVERY_MS);
  }
}

export async function stopAll(bands: readonly Band[]): Promise<void> {
  await Promise.all(bands.map((band) => band.stop()));
}

/**
 * What a band does by itself all day: a position every ten minutes of the story, vitals about every quarter of an hour, the
 * first of both soon after the start. The returned function ends it.
 */
export function keepRoutine(band: Band, around: Surroundings, habits: { measures: boolean }): () => void {
  const { noise, time } = around;
  const timers = new Timers();
  const soon = (what: string) => noise.between(`${band.id}/first/${what}`, [2_000, 15_000]);
  timers.after(soon('report'), () => {
    band.report();
    timers.everyStory(
      time,
      () => 10 * MINUTE,
      () => band.report(),
    );
  });
  if (habits.measures)
    timers.after(soon('measure'), () => {
      band.measure();
      let round = 0;
      timers.everyStory(
        time,
        () => noise.between(`${band.id}/measure/${round++}`, [12, 18]) * MINUTE,
        () => band.measure(),
      );
    });
  return () => timers.clear();
}
