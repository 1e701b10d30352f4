import { createServer, type Socket } from 'node:net';
import { Aedes } from 'aedes';

export interface Heard {
  topic: string;
  /** Parsed where it is JSON. */
  payload: unknown;
  retain: boolean;
}

export interface SimBroker {
  url: string;
  port: number;
  heard: Heard[];
  logins: string[];
  subscriptions: string[];
  /** The payloads on one topic, in order. */
  on(topic: string): unknown[];
  say(topic: string, payload: string): void;
  hangUp(): void;
  close(): Promise<void>;
}

/** A broker that lets everybody in and notes everything. */
export async function openSimBroker(): Promise<SimBroker> {
  const broker = await Aedes.createBroker();
  const sockets = new Set<Socket>();
  const [heard, logins, subscriptions]: [Heard[], string[], string[]] = [[], [], []];
  broker.authenticate = (_client, username, password, done) => {
    logins.push(`${username ?? ''}:${password?.toString() ?? ''}`);
    done(null, true);
  };
  broker.authorizePublish = (_client, { topic, payload, retain }, done) => {
    heard.push({ topic, payload: parsed(payload.toString()), retain });
    done(null);
  };
  broker.on('subscribe', (list) => subscriptions.push(...list.map((each) => each.topic)));
  const server = createServer((socket) => {
    sockets.add(socket);
    broker.handle(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const hangUp = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: `mqtt://127.0.0.1:${port}`,
    port,
    heard,
    logins,
    subscriptions,
    on: (topic) => heard.filter((each) => each.topic === topic).map(({ payload }) => payload),
    say: (topic, payload) =>
      broker.publish(
        { cmd: 'publish', topic, payload: Buffer.from(payload), qos: 0, retain: false, dup: false },
        () => {},
      ),
    hangUp,
    async close() {
      hangUp();
      await new Promise((resolve) => broker.close(() => resolve(undefined)));
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
