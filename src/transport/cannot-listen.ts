import { AppError } from '../platform/errors.ts';

/** Why a socket of ours could not be opened. */
export function cannotListen({ host, port }: { host: string; port: number }, error: Error): AppError {
  return new AppError('TRANSPORT_PORT_TAKEN', `cannot listen on ${host}:${port}: ${error.message}`, {
    details: { port },
    cause: error,
  });
}
