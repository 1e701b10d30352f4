import net from 'node:net';
import { generate } from 'mqtt-packet';

/** A lean MQTT 3.1.1 publisher: packets prepared by hand, so that the load generator does not cost more than what it measures. */

export interface LoadDevice {
  nativeId: string;
  secret: string;
  topic: string;
}

export interface LoadOptions {
  host: string;
  port: number;
  devices: readonly LoadDevice[];
  /** Unacknowledged publishes per connection. */
  window: number;
  /** Undefined when there is nothing more to publish. */
  payload(device: number, count: number): string | undefined;
}

export interface Load {
  acknowledged(): number;
  /** Stops publishing and waits for what is under way. */
  stop(): Promise<void>;
}

const PUBACK = 0x40;
const CONNACK = 0x20;

export async function startLoad(options: LoadOptions): Promise<Load> {
  let running = true;
  let acknowledged = 0;
  const connections = await Promise.all(
    options.devices.map((device, i) =>
      connect(options, device, {
        next: (count) => (running ? options.payload(i, count) : undefined),
        acknowledged: () => {
          acknowledged++;
        },
      }),
    ),
  );
  return {
    acknowledged: () => acknowledged,
    async stop() {
      running = false;
      await Promise.all(connections.map((c) => c.drained()));
      for (const c of connections) c.socket.destroy();
    },
  };
}

interface Source {
  next(count: number): string | undefined;
  acknowledged(): void;
}

function connect(options: LoadOptions, device: LoadDevice, source: Source) {
  const socket = net.connect({ host: options.host, port: options.port, noDelay: true });
  let pending: Buffer = Buffer.alloc(0);
  let inFlight = 0;
  let count = 0;
  let onDrained: (() => void) | undefined;
  const fill = () => {
    const packets: Buffer[] = [];
    while (inFlight < options.window) {
      const payload = source.next(count);
      if (payload === undefined) break;
      packets.push(publishPacket(device.topic, (count++ % 65_535) + 1, payload));
      inFlight++;
    }
    if (packets.length > 0) socket.write(Buffer.concat(packets));
    else if (inFlight === 0) onDrained?.();
  };
  return new Promise<{ socket: net.Socket; drained(): Promise<void> }>((resolve, reject) => {
    socket.once('error', reject);
    socket.on('connect', () => {
      socket.write(
        generate({
          cmd: 'connect',
          protocolId: 'MQTT',
          protocolVersion: 4,
          clean: true,
          clientId: device.nativeId,
          keepalive: 0,
          username: device.nativeId,
          password: Buffer.from(device.secret),
        }),
      );
    });
    socket.on('data', (chunk: Buffer) => {
      pending = pending.length > 0 ? Buffer.concat([pending, chunk]) : chunk;
      let at = 0;
      for (; at + 4 <= pending.length; at += 4) {
        if (pending[at] === CONNACK) {
          if (pending[at + 3] !== 0) return reject(new Error(`login of ${device.nativeId} was refused`));
          resolve({
            socket,
            drained: () =>
              new Promise((done) => {
                onDrained = done;
                if (inFlight === 0) done();
              }),
          });
        } else if (pending[at] === PUBACK) {
          inFlight--;
          source.acknowledged();
        }
      }
      pending = pending.subarray(at);
      fill();
    });
  });
}

function publishPacket(topic: string, messageId: number, payload: string): Buffer {
  const topicBytes = Buffer.byteLength(topic);
  const payloadBytes = Buffer.byteLength(payload);
  const remaining = 2 + topicBytes + 2 + payloadBytes;
  const lengthBytes = remaining < 128 ? 1 : 2;
  const packet = Buffer.allocUnsafe(1 + lengthBytes + remaining);
  packet[0] = 0x32;
  if (lengthBytes === 1) packet[1] = remaining;
  else {
    packet[1] = (remaining % 128) | 128;
    packet[2] = remaining >> 7;
  }
  let at = 1 + lengthBytes;
  at = packet.writeUInt16BE(topicBytes, at);
  at += packet.write(topic, at);
  at = packet.writeUInt16BE(messageId, at);
  packet.write(payload, at);
  return packet;
}
