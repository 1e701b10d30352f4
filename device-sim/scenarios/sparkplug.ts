import type { GatewayCredential } from '../neighbourhood.ts';
import { SparkplugEdgeNode } from '../sparkplug/edge-node.ts';
import { pumpRoom } from '../sparkplug/pump-room.ts';
import { Timers } from '../time.ts';
import { ended, pause, type Scenario, type ScenarioContext } from './scenario.ts';
import { type PlannedEvent, planDay, tellStory } from './story.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** The flow has to be seen for a minute, and the fault as long as a ticket needs. */
const BURST_MS = 100 * SECOND;
const AFTER_BURST_MS = 20 * SECOND;

const parts = ['leak', 'trip', 'lost', 'burst', 'dies'] as const;
type Part = (typeof parts)[number];

/** The first day tells everything within five minutes. */
const FIRST_DAY: Readonly<Record<Part, readonly [number, number]>> = {
  burst: [15 * SECOND, 20 * SECOND],
  leak: [30 * SECOND, 35 * SECOND],
  trip: [50 * SECOND, 55 * SECOND],
  lost: [80 * SECOND, 85 * SECOND],
  dies: [4.5 * MINUTE, 4.8 * MINUTE],
};
const DEVICE: Readonly<Record<Part, string>> = {
  burst: 'pump',
  leak: 'floor',
  trip: 'breaker',
  lost: 'pump',
  dies: '',
};

type Act = (node: SparkplugEdgeNode, context: ScenarioContext) => Promise<void>;

function expectSoon(
  { journal, time }: ScenarioContext,
  { kind, device, withinMs }: { kind: string; device: string; withinMs: number },
): void {
  journal.expect({ kind, device, by: time.now() + withinMs });
}

/** What must be seen for some time lasts real time at any speed. */
async function burst(node: SparkplugEdgeNode, context: ScenarioContext): Promise<void> {
  const before = node.valuesOf('pump');
  context.journal.story(`${node.id}  the pipe behind the pump bursts: the pressure falls and the flow rises`);
  expectSoon(context, { kind: 'burst_suspected', device: node.nativeIdOf('pump'), withinMs: 2 * MINUTE });
  const until = context.time.now() + BURST_MS;
  do node.tell('pump', { 'Outlet/Pressure': 1.4, 'Outlet/Flow': 18.6 });
  while ((await pause(10 * SECOND, context.until)) && context.time.now() < until);
  node.tell('pump', {
    'Outlet/Pressure': before['Outlet/Pressure'] ?? null,
    'Outlet/Flow': before['Outlet/Flow'] ?? null,
  });
}

async function leak(node: SparkplugEdgeNode, context: ScenarioContext): Promise<void> {
  context.journal.story(`${node.id}  water on the floor of the pump room`);
  node.tell('floor', { 'Floor/Water Leak': true });
  expectSoon(context, { kind: 'water_leak', device: node.nativeIdOf('floor'), withinMs: 15 * SECOND });
  if (!(await pause(3 * MINUTE, context.until))) return;
  node.tell('floor', { 'Floor/Water Leak': false });
}

async function trip(node: SparkplugEdgeNode, context: ScenarioContext): Promise<void> {
  const { 'Breaker/Phase A/Current': current = null, 'Breaker/Active Power': power = null } =
    node.valuesOf('breaker');
  context.journal.story(`${node.id}  the breaker of the pump trips`);
  node.tell('breaker', {
    'Breaker/Closed': false,
    'Breaker/Trip Cause': 'over current',
    'Breaker/Phase A/Current': 0,
    'Breaker/Active Power': 0,
  });
  expectSoon(context, { kind: 'breaker_tripped', device: node.nativeIdOf('breaker'), withinMs: 15 * SECOND });
  if (!(await pause(2 * MINUTE, context.until))) return;
  node.tell('breaker', {
    'Breaker/Closed': true,
    'Breaker/Trip Cause': 'none',
    'Breaker/Phase A/Current': current,
    'Breaker/Active Power': power,
  });
}

/** A message is lost: the host is to ask for everything anew. What was kept of an hour ago raises nothing. */
async function lost(node: SparkplugEdgeNode, { journal, time }: ScenarioContext): Promise<void> {
  journal.story(`${node.id}  a message is lost, and a leak of an hour ago is told late`);
  node.lose();
  node.tellLate('floor', { 'Floor/Water Leak': true }, time.now() - 60 * MINUTE);
}

async function dies(node: SparkplugEdgeNode, context: ScenarioContext): Promise<void> {
  const { journal, time, until } = context;
  const burstIsOver = time.realOf(time.startedAt + FIRST_DAY.burst[1]) + BURST_MS + AFTER_BURST_MS;
  if (!(await pause(burstIsOver - time.now(), until))) return;
  const backAfterMs = Math.max(3 * MINUTE, (20 * MINUTE) / time.speed);
  journal.story(`${node.id}  its power fails: ${node.devices.length} devices cannot be heard any more`);
  node.die();
  expectSoon(context, { kind: 'gateway_dead', device: node.id, withinMs: 3 * MINUTE });
  journal.expectNothing({
    devices: node.devices.map((device) => node.nativeIdOf(device)),
    why: 'their edge node is dead, and that is told once; its new birth repeats what is known',
    until: time.now() + backAfterMs,
  });
  if (!(await pause(backAfterMs, until))) return;
  journal.story(`${node.id}  has power again and is born anew`);
  node.start();
}

const acts: Readonly<Record<Part, Act>> = { burst, leak, trip, lost, dies };

function edgeNodeOf(context: ScenarioContext): SparkplugEdgeNode {
  const { neighbourhood, options, server } = context;
  const invented: GatewayCredential = { id: 'sim-pumps-01', children: [] };
  const gateway = neighbourhood.gateways.find(({ protocol }) => protocol === 'sparkplug') ?? invented;
  if (!options.mqttUrl && !gateway.secret)
    throw new Error(
      'sparkplug needs an edge node with a secret: give a --credentials file with a gateway of "protocol": "sparkplug", or the --mqtt-url of a broker that asks for none',
    );
  const url = options.mqttUrl ?? `mqtt://${server.host}:${server.mqttPort}`;
  return new SparkplugEdgeNode({ ...context, gateway, url, devices: pumpRoom });
}

/** Each device tells about every other minute of the story what it measures; states only when they change. */
function keepReporting(node: SparkplugEdgeNode, { noise, time }: ScenarioContext, timers: Timers): void {
  for (const { id, metrics, quietDay } of pumpRoom) {
    const measured = metrics.filter(({ unit }) => unit !== undefined).map(({ name }) => name);
    if (measured.length === 0) continue;
    timers.everyStory(
      time,
      () => noise.between(`${node.id}/${id}/${time.now()}`, [1, 3]) * MINUTE,
      () => {
        const upset =
          id === 'pump'
            ? Number(node.valuesOf(id)['Outlet/Flow']) > 10
            : node.valuesOf(id)['Breaker/Closed'] === false;
        if (upset) return;
        const fresh = quietDay(noise, time.now());
        node.tell(id, Object.fromEntries(measured.map((name) => [name, fresh[name] ?? null])));
      },
    );
  }
}

/** A pump room behind a Sparkplug B edge node, and what must be noticed there within its first five minutes. */
export const sparkplug: Scenario = {
  name: 'sparkplug',
  title: 'a pump room behind a Sparkplug B edge node: pressure and flow, a leak rope, a breaker',
  plays: 'neighbourhood',
  devices: 0,
  async run(context) {
    const { noise, time } = context;
    const node = edgeNodeOf(context);
    const routine = new Timers();
    node.start();
    keepReporting(node, context, routine);
    const cast = new Map<Part, string>(parts.map((part) => [part, DEVICE[part]]));
    const planOf = (day: number): PlannedEvent<Part>[] =>
      planDay(noise, cast, { day, startedAt: time.startedAt, firstDay: FIRST_DAY });
    const story = tellStory(context, planOf, ({ part }) => acts[part](node, context));
    await ended(context.until);
    routine.clear();
    await story;
    await node.stop();
    return { ok: true };
  },
};
