import { createSocket } from 'node:dgram';
import net, { isIPv6 } from 'node:net';
import type { Protocol } from '../model/uplinks.ts';
import { AppError } from '../platform/errors.ts';

/** A port by the variable that sets it; 0 is any. */
export interface WantedPort {
  variable: string;
  port: number;
  kind: 'tcp' | 'udp';
}

/** The listeners that protocols ask for, each with its default port. */
export function listenersOf(protocols: readonly Pick<Protocol, 'tcp' | 'udp'>[]): WantedPort[] {
  return protocols.flatMap((protocol) =>
    (['tcp', 'udp'] as const).flatMap((kind) => {
      const of = protocol[kind];
      return of ? [{ variable: of.env, port: of.port, kind }] : [];
    }),
  );
}

/** Throws TRANSPORT_PORT_TAKEN for the first of the ports which another program holds. */
export async function mustBeFree(host: string, ports: readonly WantedPort[]): Promise<void> {
  for (const { variable, port, kind } of ports) {
    if (port !== 0 && (await (kind === 'tcp' ? isTaken(host, port) : isTakenByDatagrams(host, port))))
      throw new AppError(
        'TRANSPORT_PORT_TAKEN',
        `Port ${port} on ${host} is in use by another program: stop that, or set ${variable} to another port (0 takes any).`,
        { details: { port } },
      );
  }
}

/** Any other fault than a port that is taken is told by whoever listens in earnest. */
function isTaken(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'EADDRINUSE'));
    server.listen(port, host, () => server.close(() => resolve(false)));
  });
}

function isTakenByDatagrams(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'EADDRINUSE'));
    socket.bind(port, host, () => socket.close(() => resolve(false)));
  });
}
