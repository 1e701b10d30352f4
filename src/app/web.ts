import type { AddressInfo } from 'node:net';
import { protocols } from '../../protocols/index.ts';
import { createApi } from '../api/api.ts';
import type { RuleDesk } from '../api/deps.ts';
import { silencesOf } from '../api/silence.ts';
import type { CleanUp } from '../platform/clean-up.ts';
import { AppError } from '../platform/errors.ts';
import { storedWhy } from '../rules/lab/stored-why.ts';
import { createTestRunner } from '../rules/rule-test-run.ts';
import { createRuleWriting } from '../rules/rule-writing.ts';
import { hostInUrl } from '../transport/addresses.ts';

import { createHealth, type Here } from './health.ts';
import type { Parts } from './parts.ts';

/** Pages and API, and what devices reach by WebSocket where the transports are here too. */
export async function startApi(parts: Parts, web: Here, cleanUp: CleanUp): Promise<void> {
  const { config, database, clock, log, directory, claims } = parts;
  const transports = web.sockets?.transports;
  const api = await createApi({
    database,
    clock,
    log,
    timeZone: config.timeZone,
    incidents: parts.incidents,
    tickets: parts.tickets,
    ticketViews: parts.ticketViews,
    health: createHealth(parts, web),
    telemetry: parts.telemetry,
    notifier: parts.notifier,
    gridAt: (point, db) => directory.gridAt(point, db),
    claims,
    protocols,
    rules: () => parts.library.current().rules,
    ruleDesk: ruleDesk(parts),
    metrics: parts.metrics.registry,
    notReady: async () => [],
    push: transports?.push,
    listening: transports && (() => transports.ports),
    webDir: config.webDir,
    secureCookies: config.publicUrl?.startsWith('https:') ?? false,
  });
  cleanUp.add(() => api.close());
  if (transports)
    api.server.on('upgrade', (request, socket, head) => transports.upgrade(request, socket, head));
  try {
    await api.listen({ host: config.host, port: config.port });
  } catch (error) {
    throw new AppError(
      'TRANSPORT_PORT_TAKEN',
      `cannot listen on ${config.host}:${config.port}: ${String(error)}`,
      {
        details: { port: config.port },
        cause: error,
      },
    );
  }
  const { port } = api.server.address() as AddressInfo;
  web.addresses.http = `http://${hostInUrl(config.host)}:${port}`;
}

function ruleDesk(parts: Parts): RuleDesk {
  const { library, database, clock } = parts;
  const test = createTestRunner(clock);
  const writing = createRuleWriting({
    database,
    clock,
    test,
    fileOf: (rule) => library.fileOf(rule),
    written: () => library.refresh(),
  });
  return { library, writing, test, why: (order) => explainStored(parts, order) };
}

/** From what is stored, by connections that no SOS needs. */
async function explainStored(
  { config, bulk, clock, calendar }: Parts,
  order: Parameters<RuleDesk['why']>[0],
): ReturnType<RuleDesk['why']> {
  if (config.influx) throw new AppError('RULES_NO_TELEMETRY', 'telemetry is in InfluxDB', { status: 409 });
  const silences = silencesOf(protocols);
  const deps = {
    ...{ database: bulk, clock, calendar },
    alone: protocols.filter(({ gateway }) => gateway?.alone).map(({ name }) => name),
    expectedEveryMs: ({ protocol, model }: { protocol: string; model?: string | undefined }) =>
      silences.of({ protocol, model: model ?? null }),
  };
  return storedWhy(deps, order);
}
