import type { NetworkServer } from '../lorawan/network-server.ts';
import { pause, type ScenarioContext } from './scenario.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** As long as a rule may need to see it, in real time at any speed. */
const LASTS_MS = 3 * MINUTE;
/** As long as the language allows a device to be silent, and a rule's own time. */
const SILENCE_MS = 26.5 * HOUR;

export const lorawanParts = [
  'sos',
  'leak',
  'level',
  'pressure',
  'test',
  'history',
  'battery',
  'deaf',
  'silent',
] as const;
export type LorawanPart = (typeof lorawanParts)[number];

/** To which device each of them happens. */
export const lorawanCast: Readonly<Record<LorawanPart, string>> = {
  sos: 'help_button',
  leak: 'riser_rope',
  level: 'manhole',
  pressure: 'inlet_pipe',
  test: 'stairs_smoke',
  history: 'garage_rope',
  battery: 'pump_rope',
  deaf: 'roof_tank',
  silent: 'pump_rope',
};

export interface Estate {
  server: NetworkServer;
  /** Devices that do not report their quiet day for now. */
  upset: Set<string>;
}

type Fields = Readonly<Record<string, unknown>>;
type Act = (estate: Estate, device: string, context: ScenarioContext) => Promise<void>;

function expectOf(
  { server }: Estate,
  device: string,
  { context, kind, withinMs }: { context: ScenarioContext; kind: string; withinMs: number },
): void {
  const { journal, time } = context;
  journal.expect({ kind, device: server.euiOf(device), name: device, by: time.now() + withinMs });
}

interface Fault {
  text: string;
  kind: string;
  shows: Fields;
  after: Fields;
  everyMs: number;
}

/** A device tells a fault again and again, each frame twice over, and then that it is over. */
const faultOf =
  ({ text, kind, shows, after, everyMs }: Fault): Act =>
  async (estate, device, context) => {
    const { server, upset } = estate;
    upset.add(device);
    context.journal.story(`${device}  ${text}`);
    expectOf(estate, device, { context, kind, withinMs: 15 * SECOND });
    const until = context.time.now() + LASTS_MS;
    do server.up(device, { object: shows, times: 2 });
    while ((await pause(everyMs, context.until)) && context.time.now() < until);
    server.up(device, { object: after });
    upset.delete(device);
  };

async function sos(estate: Estate, device: string, context: ScenarioContext): Promise<void> {
  context.journal.story(`${device}  is held down: a call for help, which the network brings three times`);
  estate.server.up(device, { object: { battery: 97, press: 'long' }, times: 3 });
  expectOf(estate, device, { context, kind: 'sos', withinMs: 15 * SECOND });
}

async function test({ server }: Estate, device: string, { journal, time }: ScenarioContext): Promise<void> {
  journal.story(`${device}  somebody presses its test button`);
  journal.expectNothing({
    devices: [server.euiOf(device)],
    why: 'its test button was pressed, and there is no smoke',
    until: time.now() + LASTS_MS,
  });
  server.up(device, {
    object: { smokeAlarm: 'Normal', testButtonPressed: 'Pushed', deviceModel: 'SD-1001' },
  });
}

async function history(
  { server }: Estate,
  device: string,
  { journal, time }: ScenarioContext,
): Promise<void> {
  const timestamp = Math.round((time.now() - HOUR) / 1000);
  journal.story(`${device}  hands in what it recorded while nobody heard it: an hour ago it was wet`);
  journal.expectNothing({
    devices: [server.euiOf(device)],
    why: 'the leak was an hour ago, and it is dry now',
    until: time.now() + LASTS_MS,
  });
  server.up(device, {
    object: { history: [{ timestamp, temperature: 15.5, humidity: 60, leakage_status: 'leak' }] },
  });
}

async function battery(estate: Estate, device: string, context: ScenarioContext): Promise<void> {
  context.journal.story(`${device}  its battery is nearly empty`);
  estate.server.status(device, 8);
  expectOf(estate, device, { context, kind: 'battery_low', withinMs: 30 * SECOND });
}

/** The codec of the network server fails: frames arrive, and nobody understands them. */
async function deaf(estate: Estate, device: string, context: ScenarioContext): Promise<void> {
  const { server, upset } = estate;
  upset.add(device);
  context.journal.story(`${device}  sends what the codec of the network server does not understand`);
  server.log(device, 'UPLINK_CODEC', 'JS error: TypeError: cannot read property of undefined');
  server.up(device, {});
  expectOf(estate, device, { context, kind: 'sensor_fault', withinMs: 3 * MINUTE });
  if (!(await pause(LASTS_MS, context.until))) return;
  upset.delete(device);
}

async function silent(estate: Estate, device: string, context: ScenarioContext): Promise<void> {
  context.journal.story(`${device}  is torn off the wall: the network server says nothing of that`);
  estate.upset.add(device);
  expectOf(estate, device, { context, kind: 'sensor_silent', withinMs: SILENCE_MS });
}

export const lorawanActs: Readonly<Record<LorawanPart, Act>> = {
  sos,
  leak: faultOf({
    text: 'water runs down the riser',
    kind: 'water_leak',
    shows: { leakage_status: 'leak' },
    after: { leakage_status: 'normal' },
    everyMs: 10 * SECOND,
  }),
  level: faultOf({
    text: 'the water stands under the cover of the manhole',
    kind: 'level_high',
    shows: { Bat: 3.338, Distance: 228, Interrupt_flag: 0, TempC_DS18B20: '0.00', Sensor_flag: 1 },
    after: { Bat: 3.338, Distance: 2031, Interrupt_flag: 0, TempC_DS18B20: '0.00', Sensor_flag: 1 },
    everyMs: MINUTE,
  }),
  pressure: faultOf({
    text: 'the pressure of the inlet falls to nothing',
    kind: 'pressure_low',
    shows: { pressure: 34 },
    after: { pressure: 316 },
    everyMs: 30 * SECOND,
  }),
  test,
  history,
  battery,
  deaf,
  silent,
};
