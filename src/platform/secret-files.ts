import { readFileSync } from 'node:fs';

type Environment = Record<string, string>;

/** Settings that may stand in a file of their own, named by `<NAME>_FILE`: secrets of containers and of systemd. */
const mayBeFiles = [
  'DATABASE_URL',
  'DATABASE_PASSWORD',
  'REDIS_URL',
  'REDIS_PASSWORD',
  'MQTT_URL',
  'MQTT_PASSWORD',
  'INFLUX_TOKEN',
  'SMTP_URL',
  'ADMIN_PASSWORD',
  'PUSH_KEY',
];

/** Passwords that go into the URL of the same component, which then needs no escaping of its own. */
const passwords = [
  ['DATABASE_URL', 'DATABASE_PASSWORD'],
  ['REDIS_URL', 'REDIS_PASSWORD'],
  ['MQTT_URL', 'MQTT_PASSWORD'],
] as const;

/** The environment with what its files hold and with passwords in their URLs; what is wrong is added to `faults`. */
export function withSecrets(environment: Readonly<Environment>, faults: string[]): Environment {
  const given = { ...environment };
  for (const name of mayBeFiles) {
    const file = given[`${name}_FILE`];
    if (file === undefined) continue;
    if (given[name] !== undefined) faults.push(`${name}: is set, and ${name}_FILE too`);
    const text = contentOf(file, (why) => faults.push(`${name}_FILE: ${why}`));
    if (text !== '') given[name] = text;
  }
  for (const [url, password] of passwords) putPassword(given, { url, password }, faults);
  return given;
}

function contentOf(file: string, complain: (why: string) => void): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    complain(error instanceof Error ? error.message : String(error));
    return '';
  }
}

function putPassword(
  given: Environment,
  { url, password }: { url: string; password: string },
  faults: string[],
): void {
  const [address, secret] = [given[url], given[password]];
  if (secret === undefined || address === undefined || !URL.canParse(address)) return;
  const parsed = new URL(address);
  if (parsed.password !== '') {
    faults.push(`${password}: ${url} holds a password already`);
    return;
  }
  parsed.password = encodeURIComponent(secret);
  given[url] = parsed.href;
}
