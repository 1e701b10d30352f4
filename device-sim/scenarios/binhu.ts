import { NativeSensor } from '../sensor.ts';
import { sleep, Timers } from '../time.ts';
import { modelOf } from '../zigbee/bridge.ts';
import { ZigbeeGateway } from '../zigbee/gateway.ts';
import { type Neighbours, neighbourActs } from './binhu-acts.ts';
import { castOfNeighbourhood, planNeighbourhoodDay } from './binhu-plan.ts';
import { ended, type Scenario, type ScenarioContext } from './scenario.ts';
import { tellStory } from './story.ts';

/** Devices are switched on this far apart. */
const SWITCH_ON_EVERY_MS = 20;
const MINUTE = 60_000;
const STALE_IS_QUIET_FOR_MS = 10 * MINUTE;
/** Minutes of the story; over before the first fault of a thing behind a gateway. */
const FIRST_HEARD: readonly [number, number] = [0.2, 0.8];

/** The neighbourhood: its sensors' day, and each day one burst pipe and the other things that must, or must not, be noticed. */
export const binhu: Scenario = {
  name: 'binhu',
  title: 'the neighbourhood Binhu: leak sensors and breakers behind Zigbee2MQTT, pipes, manholes and bins',
  plays: 'neighbourhood',
  devices: 0,
  async run(context) {
    const neighbours = createNeighbours(context);
    const routine = new Timers();
    fillCaches(neighbours, context);
    for (const gateway of neighbours.gateways) keepReporting(gateway, context, routine);
    for (const each of [...neighbours.gateways, ...neighbours.sensors]) {
      each.start();
      await sleep(SWITCH_ON_EVERY_MS);
    }
    const story = tellNeighbourhoodStory(neighbours, context);
    await ended(context.until);
    routine.clear();
    await story;
    await Promise.all([...neighbours.gateways, ...neighbours.sensors].map((each) => each.stop()));
    return { ok: true };
  },
};

function createNeighbours(context: ScenarioContext): Neighbours {
  const { neighbourhood, options, server } = context;
  const gateways = neighbourhood.gateways.filter(({ protocol }) => protocol === undefined);
  if (gateways.length === 0) throw new Error('the credentials file names no gateways');
  if (!options.mqttUrl && gateways.some(({ secret }) => !secret))
    throw new Error(
      'binhu needs gateways with secrets: give a --credentials file, or the --mqtt-url of a broker that asks for none',
    );
  const url = options.mqttUrl ?? `mqtt://${server.host}:${server.mqttPort}`;
  return {
    gateways: gateways.map((gateway, i) => {
      // Both are off in a new Zigbee2MQTT, so every other gateway has them off.
      const settings = { lastSeen: i % 2 === 1, availability: i % 2 === 1 };
      return new ZigbeeGateway({ ...context, gateway, url, settings });
    }),
    sensors: neighbourhood.sensors.map(
      (sensor) => new NativeSensor({ ...context, sensor, host: server.host, port: server.mqttPort }),
    ),
  };
}

/** What was over long ago and stands in a cache still. */
function fillCaches({ gateways }: Neighbours, { journal, time }: ScenarioContext): void {
  const stale = gateways.flatMap((gateway) =>
    gateway.children.flatMap(({ address, part }) => {
      if (part === 'stale_leak') gateway.remember(address, { water_leak: true, trigger_count: 1 });
      else if (part === 'stale_trip') gateway.remember(address, { event: 'over_current_trip' });
      else return [];
      return [address];
    }),
  );
  if (stale.length > 0)
    journal.expectNothing({
      devices: stale,
      why: 'their caches hold what is over: a leak that is dry, a trip whose breaker is closed',
      until: time.now() + STALE_IS_QUIET_FOR_MS,
    });
}

/**
 * Everyone is heard once in the first minute, so that nothing looks lost and breakers can be switched; then breakers report every few minutes
 * of the story, leak sensors about once an hour.
 */
function keepReporting(gateway: ZigbeeGateway, { noise, time }: ScenarioContext, timers: Timers): void {
  for (const child of gateway.children) {
    const model = modelOf(child);
    const minutes: readonly [number, number] = model.power === 'Battery' ? [50, 60] : [4, 6];
    let round = 0;
    timers.everyStory(
      time,
      () => noise.between(`${child.address}/every/${round}`, round++ === 0 ? FIRST_HEARD : minutes) * MINUTE,
      () => {
        // The leak in its cache is spoken of again only by the restart.
        if (child.part === 'stale_leak') return;
        const fresh = model.state(noise.uniform(`${child.address}/load/${round}`));
        gateway.hear(child.address, measured(fresh, gateway.stateOf(child.address)));
      },
    );
  }
}

/** What a routine report measures anew; nothing flows through a breaker that is open. */
function measured(fresh: Readonly<Record<string, unknown>>, now: Readonly<Record<string, unknown>>) {
  const keys =
    now.state === 'OFF' ? /^voltage_|^device_temperature/ : /^(power|current|voltage_|temperature)/;
  return Object.fromEntries(Object.entries(fresh).filter(([key]) => keys.test(key)));
}

function tellNeighbourhoodStory(neighbours: Neighbours, context: ScenarioContext): Promise<void> {
  const { noise, time, neighbourhood } = context;
  const cast = castOfNeighbourhood(neighbourhood);
  const planOf = (day: number) => planNeighbourhoodDay(noise, cast, { day, startedAt: time.startedAt });
  return tellStory(context, planOf, ({ part, device }) => neighbourActs[part](device, neighbours, context));
}
