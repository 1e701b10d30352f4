import type { NativeSensor } from '../sensor.ts';
import type { ZigbeeGateway } from '../zigbee/gateway.ts';
import type { NeighbourhoodPart } from './binhu-plan.ts';
import { pause, type ScenarioContext } from './scenario.ts';

export interface Neighbours {
  gateways: readonly ZigbeeGateway[];
  sensors: readonly NativeSensor[];
}

/**
 * What happens to one device, by its id. What a rule must see for some time lasts real time at any speed, because the platform measures
 * durations in real time; what merely takes its time goes faster.
 */
export type NeighbourAct = (id: string, neighbours: Neighbours, context: ScenarioContext) => Promise<void>;

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

function sensorOf({ sensors }: Neighbours, id: string): NativeSensor {
  const sensor = sensors.find(({ about }) => about.id === id);
  if (!sensor) throw new Error(`there is no sensor ${id}`);
  return sensor;
}

function gatewayOf({ gateways }: Neighbours, id: string): ZigbeeGateway {
  const gateway = gateways.find((each) => each.id === id);
  if (!gateway) throw new Error(`there is no gateway ${id}`);
  return gateway;
}

function childOf({ gateways }: Neighbours, id: string) {
  for (const gateway of gateways) {
    const child = gateway.children.find(({ address }) => address === id);
    if (child) return { gateway, child };
  }
  throw new Error(`there is no child ${id}`);
}

function expect(
  { journal, time }: ScenarioContext,
  about: { kind: string; device: string; name: string | undefined; withinMs: number },
): void {
  const { kind, device, name, withinMs } = about;
  journal.expect({ kind, device, ...(name ? { name } : {}), by: time.now() + withinMs });
}

interface Fault {
  /** The sensor shows this in the meantime. */
  situation: Record<string, number | boolean>;
  kind: string;
  text: string;
  withinMs: number;
  /** Tells it again and again in real time, as a sensor does that is alarmed. */
  reportEveryMs: number;
  forMs: number;
}

/** A native sensor shows a fault for a while, and then its quiet day again. */
function faultOf(fault: Fault): NeighbourAct {
  return async (id, neighbours, context) => {
    const sensor = sensorOf(neighbours, id);
    // A pressure that falls must have been told before.
    sensor.report();
    if (!(await pause(SECOND, context.until))) return;
    context.journal.story(`${id}  ${sensor.about.name ?? ''}: ${fault.text}`);
    Object.assign(sensor.situation, fault.situation);
    expect(context, { kind: fault.kind, device: id, name: sensor.about.name, withinMs: fault.withinMs });
    const until = context.time.now() + fault.forMs;
    do sensor.report();
    while ((await pause(fault.reportEveryMs, context.until)) && context.time.now() < until);
    for (const key of Object.keys(fault.situation)) delete sensor.situation[key];
    sensor.report();
  };
}

async function cellarLeak(id: string, neighbours: Neighbours, context: ScenarioContext): Promise<void> {
  const { gateway, child } = childOf(neighbours, id);
  context.journal.story(`${id}  ${child.name}: water on the floor`);
  gateway.hear(id, { water_leak: true, trigger_count: 1 });
  expect(context, { kind: 'water_leak', device: id, name: child.name, withinMs: 15 * SECOND });
  if (!(await pause(8 * MINUTE, context.until))) return;
  gateway.hear(id, { water_leak: false });
}

/** A warning, the trip, and a breaker that closes itself again; what hangs on it is off meanwhile. */
async function overload(id: string, neighbours: Neighbours, context: ScenarioContext): Promise<void> {
  const { gateway, child } = childOf(neighbours, id);
  const before = gateway.stateOf(id);
  const step = Math.max(3 * SECOND, (20 * SECOND) / context.time.speed);
  context.journal.story(`${id}  ${child.name}: everybody cooks, the load climbs`);
  gateway.hear(id, { current: 47.2, power: 10_810, temperature: 58, event: 'over_power_alarm' });
  expect(context, { kind: 'overload_warning', device: id, name: child.name, withinMs: 15 * SECOND });
  if (!(await pause(step, context.until))) return;
  gateway.hear(id, { state: 'OFF', current: 0, power: 0, event: 'over_power_trip' });
  expect(context, { kind: 'breaker_tripped', device: id, name: child.name, withinMs: 15 * SECOND });
  if (!(await pause(step, context.until))) return;
  context.journal.story(`${id}  ${child.name}: closes itself again`);
  const { current, power, temperature } = before;
  gateway.hear(id, { state: 'ON', current, power, temperature, event: 'automatic_closing' });
}

async function flatBattery(id: string, neighbours: Neighbours, context: ScenarioContext): Promise<void> {
  const { gateway, child } = childOf(neighbours, id);
  context.journal.story(`${id}  ${child.name}: the battery is flat`);
  gateway.hear(id, { battery: 6, voltage: 2_680, battery_low: true });
  expect(context, { kind: 'battery_low', device: id, name: child.name, withinMs: 30 * SECOND });
  if (!(await pause((6 * HOUR) / context.time.speed, context.until))) return;
  gateway.hear(id, { battery: 100, voltage: 3_040, battery_low: false });
}

/** An update of the gateway: off for some seconds, and back with everything that it had cached. */
async function restart(id: string, neighbours: Neighbours, context: ScenarioContext): Promise<void> {
  const gateway = gatewayOf(neighbours, id);
  const { journal, time } = context;
  journal.story(`${id}  restarts, and sends its cache again with a leak that is long dry`);
  journal.expectNothing({
    devices: [id, ...gateway.children.map(({ address }) => address)],
    why: 'a cache that is sent again is no news',
    until: time.now() + 3 * MINUTE,
  });
  await gateway.stop();
  if (!(await pause(15 * SECOND, context.until))) return;
  gateway.start();
  if (!(await pause(20 * SECOND, context.until))) return;
  const stale = gateway.children.find(({ part }) => part === 'stale_leak');
  if (stale) gateway.hear(stale.address, { water_leak: false });
}

async function dies(id: string, neighbours: Neighbours, context: ScenarioContext): Promise<void> {
  const gateway = gatewayOf(neighbours, id);
  const { journal, time } = context;
  const children = gateway.children.map(({ address }) => address);
  const backAfterMs = Math.max(8 * MINUTE, (40 * MINUTE) / time.speed);
  journal.story(`${id}  its power fails: ${children.length} devices cannot be heard any more`);
  gateway.die();
  expect(context, { kind: 'gateway_dead', device: id, name: id, withinMs: 3 * MINUTE });
  journal.expectNothing({
    devices: children,
    why: 'their gateway is dead, and that is told once',
    until: time.now() + backAfterMs,
  });
  if (!(await pause(backAfterMs, context.until))) return;
  journal.story(`${id}  has power again`);
  gateway.start();
}

const coverOpen = faultOf({
  situation: { cover_open: true, tilt: 41 },
  kind: 'manhole_open',
  text:
    'the cover is open, and nobody sees to it: when the property company lets its time pass the ticket is the ' +
    "community's, and then the city's",
  withinMs: 15 * SECOND,
  reportEveryMs: 4 * MINUTE,
  forMs: 24 * HOUR,
});

export const neighbourActs: Readonly<Record<NeighbourhoodPart, NeighbourAct>> = {
  burst: faultOf({
    situation: { water_pressure: 171, water_flow: 18_600 },
    kind: 'burst_suspected',
    text: 'a pipe bursts: the pressure falls and the flow rises',
    withinMs: 2 * MINUTE,
    reportEveryMs: 10 * SECOND,
    forMs: 10 * MINUTE,
  }),
  cellar_leak: cellarLeak,
  overload,
  restart,
  flat_battery: flatBattery,
  cover_open: coverOpen,
  bin_full: faultOf({
    situation: { fill: 97 },
    kind: 'bin_full',
    text: 'the bin is full to the lid',
    withinMs: 12 * MINUTE,
    reportEveryMs: 2 * MINUTE,
    forMs: 3 * HOUR,
  }),
  dies,
  blocked_sewer: faultOf({
    situation: { level_distance: 430 },
    kind: 'level_high',
    text: 'the sewer is blocked and the level rises; its company has nobody',
    withinMs: 7 * MINUTE,
    reportEveryMs: MINUTE,
    forMs: 2 * HOUR,
  }),
};
