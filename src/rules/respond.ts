import type { AlertChange } from '../model/alerts.ts';
import type { AfterCommit, Trx } from '../platform/database.ts';
import { AppError } from '../platform/errors.ts';
import type { Logger } from '../platform/logging.ts';
import { isolated } from './alert-store.ts';

interface RespondDeps {
  respond(trx: Trx, changes: AlertChange[]): Promise<AfterCommit>;
  log: Logger;
}

/**
 * Hands all changes on at once. Where that fails for a reason that would come again, each is handed on alone and the one at
 * fault is left out, told and visible as an alert without an incident: it must not hold up everybody in its partition.
 */
export async function respondToAll(
  trx: Trx,
  changes: AlertChange[],
  deps: RespondDeps,
): Promise<AfterCommit> {
  try {
    return await isolated(trx, () => deps.respond(trx, changes));
  } catch (error) {
    if (mayPass(error)) throw error;
    deps.log.warn({ err: error }, 'responding to a batch of alerts failed, each is tried alone');
  }
  const done: AfterCommit[] = [];
  for (const change of changes) {
    try {
      done.push(await isolated(trx, () => deps.respond(trx, [change])));
    } catch (error) {
      if (mayPass(error)) throw error;
      deps.log.error({ err: error, change }, 'nothing could be done about an alert');
    }
  }
  return () => {
    for (const after of done) after();
  };
}

/** Faults of the connection, of concurrency and of resources (SQLSTATE classes): the whole drain is tried again. */
function mayPass(error: unknown): boolean {
  if (error instanceof AppError) return error.retryable;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return /^(08|25|40|53|55|57|58|E)/.test(code) || /connection/i.test(String(error));
}
