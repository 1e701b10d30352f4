import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

/** A port of the loopback that behaves as told with whoever connects. */
export interface UnfriendlyServer {
  port: number;
  connections: number;
  close(): Promise<void>;
}

export async function unfriendlyServer(behave: (socket: Socket) => void): Promise<UnfriendlyServer> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    unfriendly.connections++;
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    behave(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const unfriendly: UnfriendlyServer = {
    port: (server.address() as AddressInfo).port,
    connections: 0,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return unfriendly;
}

/** What the other side may do instead of speaking the protocol; `nobody` is a port where nobody listens. */
export const unfriendliness = {
  hang: () => {},
  close: (socket: Socket) => void socket.end(),
  reset: (socket: Socket) => void socket.resetAndDestroy(),
  'close after the first bytes': (socket: Socket) => void socket.once('data', () => socket.destroy()),
  garbage: (socket: Socket) => void socket.write(Buffer.alloc(100_000, 0xa5)),
  'endless lines': (socket: Socket) => {
    const pour = () => {
      while (socket.writable && socket.write('x'.repeat(1_000).concat('\r\n')));
    };
    socket.on('drain', pour);
    pour();
  },
} satisfies Record<string, (socket: Socket) => void>;
