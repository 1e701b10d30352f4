import { createServer, type Server, type Socket } from 'node:net';

export interface ReceivedFrame {
  id: string;
  /** After `[3G*id*LEN*`. */
  content: string;
  command: string;
}

/** A tiny server for bands of the `[3G*…]` family that answers only what it is told to. */
export interface WatchServer {
  port: number;
  received: ReceivedFrame[];
  connections: number;
  /** Commands that are answered with the bare word. */
  answers: Set<string>;
  commands(): string[];
  say(id: string, content: string): void;
  hangUp(): void;
  close(): Promise<void>;
}

const frameText = (id: string, content: string) =>
  `[3G*${id}*${content.length.toString(16).padStart(4, '0')}*${content}]`;

export async function openWatchServer(answers: readonly string[]): Promise<WatchServer> {
  const sockets = new Set<Socket>();
  const server = createServer();
  const self: WatchServer = {
    port: await listen(server),
    received: [],
    connections: 0,
    answers: new Set(answers),
    commands: () => self.received.map(({ command }) => command),
    say(id, content) {
      for (const socket of sockets) socket.write(frameText(id, content));
    },
    hangUp() {
      for (const socket of sockets) socket.destroy();
    },
    async close() {
      self.hangUp();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  server.on('connection', (socket) => {
    self.connections++;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
    receive(socket, self);
  });
  return self;
}

function receive(socket: Socket, server: WatchServer): void {
  let rest = '';
  socket.on('data', (bytes) => {
    rest += bytes.toString();
    const frames = rest.split(']');
    rest = frames.pop() ?? '';
    for (const frame of frames) {
      const [, id = '', , content = ''] = frame.split('*');
      const command = content.split(',')[0] ?? '';
      server.received.push({ id, content, command });
      if (server.answers.has(command)) socket.write(frameText(id, command));
    }
  });
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      if (typeof address === 'object' && address) resolve(address.port);
    });
  });
}
