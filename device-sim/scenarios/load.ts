import { connectAsync, type MqttClient } from 'mqtt';
import { topics } from '../native-messages.ts';
import { pause, type Scenario, type ScenarioContext } from './scenario.ts';

const TICK_MS = 50;
/** Messages of one device that may wait for their PUBACK; more are not sent, so that the queue is the server's and not ours. */
const IN_FLIGHT = 20;

interface Sender {
  id: string;
  client: MqttClient;
  inFlight: number;
  seq: number;
}

/** Readings of native devices at a steady rate, QoS 1. */
export const load: Scenario = {
  name: 'load',
  title: 'native MQTT devices that send readings at --rate',
  plays: 'bands',
  devices: 0,
  async run(context) {
    const devices = context.devices.filter((device) => device.protocol === 'native');
    if (devices.length === 0)
      throw new Error('load needs native devices with secrets: give a --credentials file that holds some');
    const senders = await Promise.all(
      devices.map(({ id, secret = '' }) => openSender({ id, secret }, context)),
    );
    const counted = await sendSteadily(senders, context);
    await Promise.all(senders.map(({ client }) => client.endAsync(true)));
    return { ok: counted.acknowledged > 0, ...counted };
  },
};

async function openSender(
  { id, secret }: { id: string; secret: string },
  { server, time }: ScenarioContext,
): Promise<Sender> {
  const client = await connectAsync({
    host: server.host,
    port: server.mqttPort,
    clientId: id,
    username: id,
    password: secret,
    clean: false,
  });
  client.on('error', () => {});
  return { id, client, inFlight: 0, seq: time.now() };
}

async function sendSteadily(senders: readonly Sender[], context: ScenarioContext) {
  const { options, journal, noise, until } = context;
  const began = performance.now();
  let [published, acknowledged, withheld, saidAt] = [0, 0, 0, began];
  const publish = (sender: Sender) => {
    sender.inFlight++;
    const payload = readingOf(sender, { heartRate: 60 + Math.floor(noise.uniform(`${published}`) * 30) });
    sender.client.publish(topics(sender.id).up, payload, { qos: 1 }, (error) => {
      sender.inFlight--;
      if (!error) acknowledged++;
    });
  };
  while (await pause(TICK_MS, until)) {
    const due = Math.floor(((performance.now() - began) / 1_000) * options.rate);
    for (; published + withheld < due; ) {
      const sender = senders[(published + withheld) % senders.length];
      if (!sender || sender.inFlight >= IN_FLIGHT || !sender.client.connected) withheld++;
      else {
        publish(sender);
        published++;
      }
    }
    if (performance.now() - saidAt < 5_000) continue;
    saidAt = performance.now();
    journal.story(`${published} sent, ${acknowledged} acknowledged, ${withheld} withheld`);
  }
  const seconds = (performance.now() - began) / 1_000;
  return { published, acknowledged, withheld, perSecond: Math.round(acknowledged / seconds) };
}

function readingOf(sender: Sender, { heartRate }: { heartRate: number }): string {
  return JSON.stringify({
    seq: ++sender.seq,
    time: new Date().toISOString(),
    heart_rate: heartRate,
    battery: 80,
  });
}
