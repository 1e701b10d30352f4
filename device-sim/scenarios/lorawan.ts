import { estate } from '../lorawan/estate.ts';
import { NetworkServer } from '../lorawan/network-server.ts';
import type { GatewayCredential } from '../neighbourhood.ts';
import { Timers } from '../time.ts';
import { type Estate, type LorawanPart, lorawanActs, lorawanCast, lorawanParts } from './lorawan-acts.ts';
import { ended, pause, type Scenario, type ScenarioContext } from './scenario.ts';
import { type PlannedEvent, planDay, tellStory } from './story.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
/** A device that has joined is heard for the first time. */
const FIRST_UP_AFTER_MS = 800;

/** The first day tells everything within four minutes; what was torn off stays silent. */
const FIRST_DAY: Readonly<Record<LorawanPart, readonly [number, number]>> = {
  sos: [20 * SECOND, 25 * SECOND],
  leak: [35 * SECOND, 40 * SECOND],
  level: [50 * SECOND, 55 * SECOND],
  pressure: [65 * SECOND, 70 * SECOND],
  test: [80 * SECOND, 85 * SECOND],
  history: [95 * SECOND, 100 * SECOND],
  battery: [110 * SECOND, 115 * SECOND],
  deaf: [130 * SECOND, 140 * SECOND],
  silent: [150 * SECOND, 160 * SECOND],
};

function networkServerOf(context: ScenarioContext): NetworkServer {
  const { neighbourhood, options, server } = context;
  const invented: GatewayCredential = { id: '6f9c1e9e-5d0a-4f56-9c1e-0a4c5d7b2e11', children: [] };
  const gateway = neighbourhood.gateways.find(({ protocol }) => protocol === 'chirpstack') ?? invented;
  if (!options.mqttUrl && !gateway.secret)
    throw new Error(
      'lorawan needs an application with a secret: give a --credentials file with a gateway of "protocol": "chirpstack", or the --mqtt-url of a broker that asks for none',
    );
  const url = options.mqttUrl ?? `mqtt://${server.host}:${server.mqttPort}`;
  return new NetworkServer({ ...context, gateway, url, devices: estate });
}

/** Each device joins, tells its day, and goes on to tell it three or four times an hour of the story. */
async function keepReporting(
  { server, upset }: Estate,
  { noise, time, until }: ScenarioContext,
  timers: Timers,
): Promise<void> {
  for (const { id } of estate) server.join(id);
  if (!(await pause(FIRST_UP_AFTER_MS, until))) return;
  for (const { id, quietDay } of estate) {
    const report = () => {
      if (!upset.has(id)) server.up(id, { object: quietDay(noise, time.now()) });
    };
    report();
    timers.everyStory(time, () => noise.between(`${id}/${time.now()}`, [15, 20]) * MINUTE, report);
  }
}

/** An estate behind a ChirpStack, and what must, or must not, be noticed there. */
export const lorawan: Scenario = {
  name: 'lorawan',
  title: 'an estate behind a ChirpStack: leak ropes, pipe pressure, a manhole, smoke, an SOS button',
  plays: 'neighbourhood',
  devices: 0,
  async run(context) {
    const { noise, time } = context;
    const played: Estate = { server: networkServerOf(context), upset: new Set() };
    const routine = new Timers();
    played.server.start();
    await keepReporting(played, context, routine);
    const cast = new Map<LorawanPart, string>(lorawanParts.map((part) => [part, lorawanCast[part]]));
    const planOf = (day: number): PlannedEvent<LorawanPart>[] =>
      planDay(noise, cast, { day, startedAt: time.startedAt, firstDay: FIRST_DAY });
    const story = tellStory(context, planOf, ({ part, device }) =>
      lorawanActs[part](played, device, context),
    );
    await ended(context.until);
    routine.clear();
    await story;
    await played.server.stop();
    return { ok: true };
  },
};
