import type { Band } from '../band.ts';
import type { Part } from '../credentials.ts';
import type { Expectation } from '../journal.ts';
import { LOW_BATTERY, type Snapshot } from '../snapshot.ts';
import { pause, type ScenarioContext } from './scenario.ts';

/**
 * What happens to one band, step by step. What a rule must see for a minute lasts real minutes at any speed, because the
 * platform measures durations in real time; what merely takes its time goes faster.
 */
export type Act = (band: Band, context: ScenarioContext) => Promise<void>;

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** Percent, one value a step: sinks through 90, stays below for more than two minutes, and comes back. */
const SINKING_SPO2 = [95, 93, 92, 91, 89, 88, 88, 87, 88, 87, 88, 87, 88, 89, 92, 94, 96];
const SPO2_STEP_MS = 12 * SECOND;
const SPO2_LIMIT = 90;

function expect(
  band: Band,
  context: ScenarioContext,
  { kind, withinMs, fix }: { kind: string; withinMs: number; fix?: Snapshot['fix'] },
): void {
  const expectation: Expectation = {
    kind,
    device: band.id,
    by: context.time.now() + withinMs,
    ...(band.name ? { name: band.name } : {}),
    ...(fix ? { location: { latitude: fix.latitude, longitude: fix.longitude } } : {}),
  };
  context.journal.expect(expectation);
}

/** She is in the open, so that a fix goes with the alarm; an hour later she is home. */
function alarmOutdoors(kind: 'sos' | 'fall', text: string): Act {
  return async (band, context) => {
    band.situation.outdoors = true;
    context.journal.story(`${band.id}  ${band.name ?? 'she'} ${text}`);
    const { fix } = band.alarm(kind);
    expect(band, context, { kind, withinMs: 10 * SECOND, fix });
    await pause((60 * MINUTE) / context.time.speed, context.until);
    delete band.situation.outdoors;
  };
}

async function desaturation(band: Band, context: ScenarioContext): Promise<void> {
  context.journal.story(`${band.id}  ${band.name ?? 'she'}: SpO2 begins to sink`);
  let told = false;
  for (const spo2 of SINKING_SPO2) {
    band.situation.spo2 = spo2;
    band.measure();
    if (spo2 < SPO2_LIMIT && !told) {
      told = true;
      expect(band, context, { kind: 'spo2_low', withinMs: 2 * MINUTE });
    }
    const step = spo2 < SPO2_LIMIT ? SPO2_STEP_MS : Math.max(SECOND, SPO2_STEP_MS / context.time.speed);
    if (!(await pause(step, context.until))) return;
  }
  delete band.situation.spo2;
}

async function flatBattery(band: Band, context: ScenarioContext): Promise<void> {
  context.journal.story(`${band.id}  ${band.name ?? 'she'}: the battery runs down`);
  const step = Math.max(SECOND, (20 * SECOND) / context.time.speed);
  for (let battery = 18; battery >= 5; battery--) {
    band.situation.battery = battery;
    band.tellState();
    if (battery === LOW_BATTERY) {
      band.alarm('battery_low');
      expect(band, context, { kind: 'battery_low', withinMs: 30 * SECOND });
    }
    if (!(await pause(step, context.until))) return;
  }
  await pause((90 * MINUTE) / context.time.speed, context.until);
  delete band.situation.battery;
}

async function takenOff(band: Band, context: ScenarioContext): Promise<void> {
  context.journal.story(`${band.id}  ${band.name ?? 'she'} takes the band off`);
  band.situation.worn = false;
  band.alarm('taken_off');
  expect(band, context, { kind: 'not_worn', withinMs: 12 * MINUTE });
  await pause(Math.max(15 * MINUTE, (40 * MINUTE) / context.time.speed), context.until);
  band.situation.worn = true;
  band.tellState();
}

/** Shorter than the silence after which people are told. */
async function noNetwork(band: Band, context: ScenarioContext): Promise<void> {
  const forMs = Math.max(20 * SECOND, (12 * MINUTE) / context.time.speed);
  context.journal.story(
    `${band.id}  ${band.name ?? 'she'} has no network for ${Math.round(forMs / SECOND)} s; positions follow late`,
  );
  band.loseSignal(forMs);
}

export const acts: Readonly<Record<Part, Act>> = {
  sos: alarmOutdoors('sos', 'presses SOS'),
  fall: alarmOutdoors('fall', 'falls'),
  desaturation,
  flat_battery: flatBattery,
  taken_off: takenOff,
  no_network: noNetwork,
};
