import type { Band } from '../band.ts';
import { createBand, startAll, stopAll } from '../fleet.ts';
import { ended, type Scenario, type ScenarioContext } from './scenario.ts';

/** An incident is to stand this long after the press at the latest, where the server is there. */
const KNOWN_WITHIN_MS = 10_000;

/** Every band presses once and repeats until it is answered; the scenario ends with the last answer. */
export const sos: Scenario = {
  name: 'sos',
  title: 'every wristband presses SOS once and repeats it until it is answered',
  plays: 'bands',
  devices: 10,
  async run(context) {
    const bands = context.devices.map((device) => createBand(device, context.server, context));
    const answered = bands.map((band) => press(band, context));
    await startAll(bands, context.until);
    await Promise.race([Promise.all(answered), ended(context.until)]);
    const unanswered = await unansweredOf(bands, answered);
    await stopAll(bands);
    return { ok: unanswered.length === 0, pressed: bands.length, unanswered };
  },
};

/** The press is made before the band has a connection, as the first thing that it has to tell. */
function press(band: Band, { journal, time }: ScenarioContext): Promise<void> {
  band.situation.outdoors = true;
  return new Promise((resolve) => {
    const { fix } = band.alarm('sos', resolve);
    journal.expect({
      kind: 'sos',
      device: band.id,
      ...(band.name ? { name: band.name } : {}),
      by: time.now() + KNOWN_WITHIN_MS,
      ...(fix ? { location: { latitude: fix.latitude, longitude: fix.longitude } } : {}),
    });
  });
}

async function unansweredOf(bands: readonly Band[], answered: readonly Promise<void>[]): Promise<string[]> {
  const open = Symbol('open');
  const states = await Promise.all(answered.map((each) => Promise.race([each, Promise.resolve(open)])));
  return bands.filter((_, i) => states[i] === open).map((band) => band.id);
}
