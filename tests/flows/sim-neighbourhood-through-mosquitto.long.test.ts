import { afterEach, expect, it } from 'vitest';
import { expectInTime, type Neighbourhood, openNeighbourhood } from '../harness/binhu.ts';
import { dockerCompose } from '../harness/compose.ts';
import { requireProgram } from '../harness/requirements.ts';
import { type ShippedMosquitto, serviceLogin, startShippedMosquitto } from '../harness/shipped-mosquitto.ts';

const programs = [requireProgram('mosquitto'), requireProgram('mosquitto-clients'), dockerCompose];
let broker: ShippedMosquitto;
let neighbourhood: Neighbourhood;
afterEach(async () => {
  await neighbourhood?.close();
  await broker?.close();
});

const SOON = ['water_leak', 'overload_warning', 'breaker_tripped', 'battery_low', 'gateway_dead'];

it.skipIf(programs.some(({ path }) => !path))(
  'gateways that speak through a Mosquitto as docker-compose.yml has it are heard in time, and nothing else',
  async () => {
    broker = await startShippedMosquitto();
    const url = broker.url.replace('//', `//${serviceLogin.username}@`);
    neighbourhood = await openNeighbourhood(
      { MQTT_URL: url, MQTT_PASSWORD: serviceLogin.password },
      {
        args: ['--mqtt-url', broker.url],
        before: ({ gateways }) => {
          for (const { id, secret } of gateways) broker.addUser(id, secret);
        },
      },
    );
    await expectInTime(neighbourhood, SOON);
    const raised = await neighbourhood.alerts();
    // The pipes and manholes speak to the service itself.
    expect(raised.map(({ kind }) => kind).toSorted()).toEqual(
      [...SOON, 'manhole_open', 'burst_suspected'].toSorted(),
    );
    const quiet = neighbourhood.nothing.flatMap(({ devices }) => devices);
    for (const { native_id } of raised) expect(quiet).not.toContain(native_id);
  },
  300_000,
);
