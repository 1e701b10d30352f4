import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { HealthView } from '../api/asset-schemas.ts';
import type { ApiDeps } from '../api/deps.ts';
import type { Locale } from '../api/schemas.ts';
import type { Addresses } from '../transport/addresses.ts';
import type { Sockets } from './ingest.ts';
import type { Parts } from './parts.ts';
import type { RulesHere } from './rules.ts';

type Part = HealthView['parts'][number];

/** Which parts run in this process, and where it is reached. */
export interface Here {
  sockets: Sockets | undefined;
  rules: RulesHere | undefined;
  addresses: Addresses;
}

/** What an administrator is told of the parts that this process is made of. */
export function createHealth(parts: Parts, web: Here): ApiDeps['health'] {
  const file = readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8');
  const { version } = JSON.parse(file) as { version: string };
  return {
    startedAt: parts.clock.now(),
    version,
    parts: async (locale) => [
      isOn('database', parts.config.databaseUrl ? 'PostgreSQL' : 'embedded PostgreSQL'),
      isOn('queue', parts.config.redisUrl ? 'Redis' : 'PostgreSQL'),
      await telemetryPart(parts),
      brokerPart(web),
      outsidePart(parts, web.sockets),
      codecsPart(parts, { sockets: web.sockets, locale }),
      rulesPart(parts, { rules: web.rules, locale }),
      channelPart('email', parts.config.smtp?.url),
    ],
  };
}

const isOn = (name: string, detail: string): Part => ({ name, state: 'ok', detail });

/** Of an address no more than its host: it may hold a password. */
function channelPart(name: string, url: string | undefined): Part {
  return url ? isOn(name, new URL(url).host) : { name, state: 'off', detail: null };
}

/** Asks the store for nothing much. */
async function telemetryPart({ config, telemetry, clock }: Parts): Promise<Part> {
  const detail = config.influx ? 'InfluxDB' : 'PostgreSQL';
  const now = clock.now();
  try {
    await telemetry.series({ deviceIds: [0], signal: 'battery', from: now - 1, to: now, maxPoints: 4 });
    return isOn('telemetry', detail);
  } catch {
    return { name: 'telemetry', state: 'failing', detail };
  }
}

function brokerPart({ sockets, addresses }: Here): Part {
  if (!sockets) return { name: 'broker', state: 'off', detail: null };
  const count = Object.values(sockets.transports.connections()).reduce((sum, each) => sum + each, 0);
  return isOn('broker', `${addresses.mqtt ?? ''} (${count})`);
}

/** Only the process that reads it is connected; another one stands by. */
function outsidePart({ config }: Parts, sockets: Sockets | undefined): Part {
  const name = 'mqtt_client';
  if (!config.outsideBroker || !sockets?.outside) return { name, state: 'off', detail: null };
  const { broker, connected, reads, error } = sockets.outside.state();
  const state = connected || !reads ? 'ok' : 'failing';
  return { name, state, detail: error === undefined ? broker : `${broker}: ${error}` };
}

/** The operator's own files, read by who hears the devices. A faulty one does not stop what it held before. */
function codecsPart(
  { config }: Parts,
  { sockets, locale }: { sockets: Sockets | undefined; locale: Locale },
): Part {
  const name = 'codecs';
  if (!sockets) return { name, state: 'off', detail: null };
  const problems = sockets.codecs.problems().map(({ file, line, message }) => ({
    file: relative(config.codecsDir, file),
    line,
    message: message[locale === 'en' ? 'en' : 'zh'],
  }));
  return { name, state: problems.length > 0 ? 'failing' : 'ok', detail: config.codecsDir, problems };
}

/** A faulty rule does not stop what ran before. */
function rulesPart(
  { config, library }: Parts,
  { rules, locale }: { rules: RulesHere | undefined; locale: Locale },
): Part {
  const problems = library.current().problems.map(({ file, line, message }) => ({
    file,
    line,
    message: message[locale === 'en' ? 'en' : 'zh'],
  }));
  const counted = Object.values(rules?.tooLate() ?? {}).reduce((sum, each) => sum + each, 0);
  return {
    ...{ name: 'rules', state: problems.length > 0 ? 'failing' : 'ok', detail: config.rulesDir, problems },
    ...(counted > 0 ? { tooLate: counted } : {}),
  };
}
