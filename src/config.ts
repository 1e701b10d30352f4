import { resolve } from 'node:path';
import { z } from 'zod';
import { AppError } from './platform/errors.ts';
import { withSecrets } from './platform/secret-files.ts';

export const processRoles = ['ingest', 'rules', 'respond', 'api'] as const;
export type ProcessRole = (typeof processRoles)[number];

const port = z.coerce.number().int().min(0).max(65535);
const flag = z.enum(['0', '1', 'false', 'true', '']).transform((v) => v === '1' || v === 'true');
const url = (...protocols: string[]) =>
  z.url().refine((value) => protocols.includes(schemeOf(value)), {
    error: `must begin with ${protocols.map((p) => `${p}://`).join(' or ')}`,
  });

const schemeOf = (value: string) => URL.parse(value)?.protocol.slice(0, -1) ?? '';

/** Where the languages that we know speak on a broker by default; wildcards do not cover topics that begin with `$`. */
const usualTopics = [
  'gridguard/v1/+/up',
  'zigbee2mqtt/#',
  'homeassistant/#',
  'tele/#',
  'stat/#',
  'tasmota/discovery/#',
  'shellies/#',
  '+/events/rpc',
  '+/status/+',
  '+/online',
  'application/+/device/+/event/+',
  'v3/+/devices/+/#',
  'spBv1.0/#',
  'owntracks/+/+',
  'atom/+/status/#',
  'atom/+/cmd/#',
  '/sys/#',
  'tylink/#',
  '$sys/#',
  '$oc/#',
  '$thing/#',
];

const environmentSchema = z.object({
  HOST: z.string().default('127.0.0.1'),
  PORT: port.default(8080),
  MQTT_PORT: port.default(1883),
  DATA_DIR: z.string().default('./data'),
  DATABASE_URL: url('postgres', 'postgresql').optional(),
  REDIS_URL: url('redis', 'rediss').optional(),
  MQTT_URL: url('mqtt', 'mqtts', 'ws', 'wss')
    .refine((value) => URL.parse(value)?.hostname !== '', { error: 'names no host' })
    .optional(),
  MQTT_TOPICS: z
    .string()
    .default(usualTopics.join(','))
    .transform((text) => text.split(',').map((topic) => topic.trim()))
    .pipe(z.array(z.string().refine(isTopicFilter, { error: 'is no topic filter' })).min(1)),
  MQTT_CLIENT_ID: z.string().max(64).default('gridguard'),
  INFLUX_URL: url('http', 'https').optional(),
  INFLUX_TOKEN: z.string().default(''),
  INFLUX_ORG: z.string().default('gridguard'),
  INFLUX_BUCKET: z.string().default('gridguard'),
  SMTP_URL: url('smtp', 'smtps').optional(),
  SMTP_FROM: z.string().default('GridGuard <gridguard@localhost>'),
  PUBLIC_URL: url('http', 'https').optional(),
  ROLES: z
    .string()
    .default(processRoles.join(','))
    .transform((text) => text.split(',').map((r) => r.trim()))
    .pipe(z.array(z.enum(processRoles)).min(1)),
  DEMO: flag.default(false),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  TZ_REGION: z
    .string()
    .refine((name) => isTimeZone(name), { error: 'is no time zone' })
    .default('Asia/Shanghai'),
  RULES_DIR: z.string().optional(),
  ADMIN_PASSWORD: z.string().min(10).optional(),
  PUSH_KEY: z
    .string()
    .regex(/^[\w.~-]{8,128}$/, { error: 'must be 8 to 128 letters, digits or . _ ~ -' })
    .optional(),
  CODECS_DIR: z.string().optional(),
});

export interface Config {
  host: string;
  port: number;
  mqttPort: number;
  /** The value of `<NAME>_PORT` for a listener of a protocol, its default where it is not set. */
  listenerPort(variable: string, fallback: number): number;
  dataDir: string;
  databaseUrl?: string;
  redisUrl?: string;
  /** A broker that is not ours, to be read too. */
  outsideBroker?: { url: string; topics: string[]; clientId: string };
  influx?: { url: string; token: string; org: string; bucket: string };
  smtp?: { url: string; from: string };
  publicUrl?: string;
  roles: ReadonlySet<ProcessRole>;
  demo: boolean;
  logLevel: string;
  timeZone: string;
  rulesDir: string;
  /** Of the first administrator, who is made where there is no account. */
  adminPassword?: string;
  /** What clouds and devices must give that bring messages by HTTP. */
  pushKey?: string;
  /** The operator's payload codecs and maps. */
  codecsDir: string;
  webDir: string;
}

/**
 * The environment as a frozen, typed configuration. An empty variable counts as absent.
 * Throws CONFIG_INVALID that names every fault at once.
 */
export function loadConfig(environment: Readonly<Record<string, string | undefined>> = process.env): Config {
  const set = Object.entries(environment).filter((entry): entry is [string, string] => Boolean(entry[1]));
  const faults: string[] = [];
  const given = withSecrets(Object.fromEntries(set), faults);
  const parsed = environmentSchema.safeParse(given);
  if (!parsed.success)
    for (const issue of parsed.error.issues) faults.push(`${issue.path.join('.')}: ${issue.message}`);
  const ports = new Map<string, number>();
  for (const [name, value] of Object.entries(given)) {
    if (!name.endsWith('_PORT')) continue;
    const result = port.safeParse(value);
    if (result.success) ports.set(name, result.data);
  }
  if (!parsed.success || faults.length > 0) throw invalid(faults);
  const env = parsed.data;
  if (env.ROLES.length < processRoles.length && !env.DATABASE_URL)
    throw invalid(['ROLES: splitting the service needs DATABASE_URL']);
  return Object.freeze({
    host: env.HOST,
    port: env.PORT,
    mqttPort: env.MQTT_PORT,
    listenerPort: (variable: string, fallback: number) => ports.get(variable) ?? fallback,
    dataDir: resolve(env.DATA_DIR),
    roles: new Set(env.ROLES),
    demo: env.DEMO,
    logLevel: env.LOG_LEVEL,
    timeZone: env.TZ_REGION,
    rulesDir: resolve(env.RULES_DIR ?? resolve(import.meta.dirname, '../alert-rules')),
    webDir: resolve(import.meta.dirname, '../dist/web'),
    ...optional('databaseUrl', env.DATABASE_URL),
    ...optional('redisUrl', env.REDIS_URL),
    ...optional('publicUrl', env.PUBLIC_URL),
    codecsDir: resolve(env.CODECS_DIR ?? resolve(env.DATA_DIR, 'codecs')),
    ...optional('pushKey', env.PUSH_KEY),
    ...optional('adminPassword', env.ADMIN_PASSWORD),
    ...optional('smtp', env.SMTP_URL && { url: env.SMTP_URL, from: env.SMTP_FROM }),
    ...optional(
      'outsideBroker',
      env.MQTT_URL && { url: env.MQTT_URL, topics: env.MQTT_TOPICS, clientId: env.MQTT_CLIENT_ID },
    ),
    ...optional(
      'influx',
      env.INFLUX_URL && {
        url: env.INFLUX_URL,
        token: env.INFLUX_TOKEN,
        org: env.INFLUX_ORG,
        bucket: env.INFLUX_BUCKET,
      },
    ),
  });
}

function optional<K extends string, V>(key: K, value: V | undefined | ''): { [P in K]?: V } {
  return (value ? { [key]: value } : {}) as { [P in K]?: V };
}

function invalid(faults: string[]): AppError {
  return new AppError('CONFIG_INVALID', `The environment is not right:\n  ${faults.join('\n  ')}`, {
    details: { faults },
  });
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** `+` and `#` stand alone in their level, `#` in the last; `$share/<group>/` may stand before. */
function isTopicFilter(text: string): boolean {
  const filter = text.replace(/^\$share\/[^/+#]+\//, '');
  const levels = filter.split('/');
  return (
    filter !== '' &&
    !/\p{Cc}/u.test(text) &&
    levels.every(
      (level, i) => level === '+' || (level === '#' && i === levels.length - 1) || !/[+#]/.test(level),
    )
  );
}
