import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import type { DialogueDeps, Wire } from './dialogue.ts';
import { createDialogues } from './dialogues.ts';
import { idleMs, untilLogin } from './login-timer.ts';
import type { Door } from './ports.ts';

const MOST_UNREAD = 64 * 1024;
/** Keeps what stands between us from forgetting a connection. */
const PING_MS = 60_000;

export interface WebSocketListener extends Door {
  /** Takes over an HTTP upgrade to the path of the protocol. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
}

/** Devices of one protocol by WebSocket: each message is an uplink, and is answered as text where it came as text. */
export function listenWebSocket(options: DialogueDeps): WebSocketListener {
  const { protocol, clock, log } = options;
  const dialogues = createDialogues(options, { onlyOne: true });
  const server = new WebSocketServer({ noServer: true, maxPayload: protocol.maxFrameBytes });
  const converse = (websocket: WebSocket, source: string): void => {
    const form = { isText: true };
    const dialogue = dialogues.begin(wireOf(websocket, { source, form }));
    const login = untilLogin(clock, dialogue);
    let heardAt = clock.now();
    const pings = clock.every(PING_MS, () => {
      if (clock.now() - heardAt > idleMs(protocol)) websocket.terminate();
      else websocket.ping();
    });
    websocket.on('message', (data, isBinary) => {
      heardAt = clock.now();
      form.isText = !isBinary;
      const bytes = bytesOf(data);
      if (bytes.length > 0) dialogue.hand(bytes);
    });
    websocket.on('error', (error) => log.debug({ err: error }, 'connection of a device broke'));
    websocket.on('close', () => {
      login.cancel();
      pings.cancel();
      dialogues.ended(dialogue);
    });
  };
  return {
    name: `${protocol.name}/websocket`,
    connections: dialogues.count,
    deliver(name, spellings) {
      if (name === protocol.name) dialogues.deliver(spellings);
    },
    upgrade(request, socket, head) {
      const source = request.socket.remoteAddress ?? 'unknown';
      server.handleUpgrade(request, socket, head, (websocket) => converse(websocket, source));
    },
    async close() {
      for (const { wire } of [...dialogues.all()]) wire.cut();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function wireOf(
  websocket: WebSocket,
  { source, form }: { source: string; form: { readonly isText: boolean } },
): Wire {
  return {
    transport: 'websocket',
    source,
    send(bytes) {
      websocket.send(bytes, { binary: !form.isText }, () => {});
      if (websocket.bufferedAmount > MOST_UNREAD) websocket.terminate();
    },
    cut: () => websocket.terminate(),
    hold: () => websocket.pause(),
    goOn: () => websocket.resume(),
  };
}

function bytesOf(data: RawData): Uint8Array {
  if (Array.isArray(data)) return Buffer.concat(data);
  return data instanceof ArrayBuffer ? new Uint8Array(data) : data;
}
