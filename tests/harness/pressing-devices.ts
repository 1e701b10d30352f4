import { EventEmitter, once } from 'node:events';
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import mqtt from 'mqtt';
import { frame, record } from './watch-wire.ts';

/** Devices that press and repeat until they are answered, over whatever happens to the service. */

export interface PressingDevice {
  /** Presses once; resolves when the service has answered. */
  press(): Promise<void>;
  /** Sends the very bytes of the last press again, as a device does whose answer was lost; resolves when answered. */
  repeat(): Promise<void>;
  end(): Promise<void>;
}

export interface Ports {
  mqtt: number;
  watch: number;
}

/** A band of the watch family: a connection, an alarm, and the same alarm again every second until `AL` comes back. */
export function watchDevice(id: string, ports: Ports): PressingDevice {
  let pressedAt = Math.floor(Date.now() / 1000) * 1000 - 600_000;
  let bytes = '';
  const send = async () => {
    for (;;) {
      if (await answered(ports.watch, bytes, frame(id, 'AL'))) return;
      await sleep(100 + Math.random() * 200);
    }
  };
  return {
    press() {
      pressedAt += 61_000;
      bytes = frame(id, record('AL', { status: '00010000', at: new Date(pressedAt), fix: [30.3, 114.8] }));
      return send();
    },
    repeat: send,
    async end() {},
  };
}

async function answered(port: number, bytes: string, answer: string): Promise<boolean> {
  const socket = net.connect(port, '127.0.0.1');
  let heard = '';
  const events = new EventEmitter();
  socket.on('connect', () => socket.write(bytes));
  socket.on('data', (chunk) => {
    heard += chunk.toString('latin1');
    if (heard.includes(answer)) events.emit('over');
  });
  socket.on('error', () => {});
  socket.on('close', () => events.emit('over'));
  const timer = setTimeout(() => events.emit('over'), 3_000);
  await once(events, 'over');
  clearTimeout(timer);
  socket.destroy();
  return heard.includes(answer);
}

/** A band with native MQTT: QoS 1, a sequence number and a time, sent again by its client on every new connection. */
export function nativeDevice(device: { nativeId: string; secret: string }, ports: Ports): PressingDevice {
  const client = mqtt.connect(`mqtt://127.0.0.1:${ports.mqtt}`, {
    username: device.nativeId,
    password: device.secret,
    clientId: device.nativeId,
    clean: false,
    reconnectPeriod: 200,
    connectTimeout: 3_000,
  });
  client.on('error', () => {});
  let seq = 0;
  let payload = '';
  const send = () =>
    client.publishAsync(`gridguard/v1/${device.nativeId}/up`, payload, { qos: 1 }).then(() => undefined);
  return {
    press() {
      payload = JSON.stringify({ seq: ++seq, time: Date.now(), sos: true, battery: 60 });
      return send();
    },
    repeat: send,
    async end() {
      await client.endAsync(true);
    },
  };
}
