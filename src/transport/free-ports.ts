import net from 'node:net';
import { AppError } from '../platform/errors.ts';

/** Throws TRANSPORT_PORT_TAKEN for the first of the ports, by the variables that set them, which another program holds. 0 is any. */
export async function mustBeFree(host: string, ports: Readonly<Record<string, number>>): Promise<void> {
  for (const [variable, port] of Object.entries(ports)) {
    if (port !== 0 && (await isTaken(host, port)))
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
