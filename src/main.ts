import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { protocols } from '../protocols/index.ts';
import { type Service, startService } from './app.ts';
import { type Config, loadConfig } from './config.ts';
import { type DemoScenario, prepareDemo } from './demo/prepare-demo.ts';
import { makeFirstAdmin } from './people/first-admin.ts';
import { createSystemClock } from './platform/clock.ts';
import { AppError } from './platform/errors.ts';
import type { Addresses } from './transport/addresses.ts';
import { listenersOf, mustBeFree, type WantedPort } from './transport/free-ports.ts';

const say = (text = '') => process.stdout.write(`${text}\n`);

async function main(): Promise<void> {
  const config = loadConfig();
  if (config.demo) say('GridGuard 网格守护 is starting: database, broker, rules, pages …');
  await mustBeFree(config.host, portsOf(config));
  const service = await startService(config);
  let simulators: Worker[] = [];
  let ending = false;
  const end = async () => {
    if (ending) return;
    ending = true;
    await Promise.all(simulators.map((simulator) => simulator.terminate()));
    await service.close();
    process.exit(0);
  };
  process.on('SIGINT', end);
  process.on('SIGTERM', end);
  printAddresses(service.addresses);
  if (config.demo) simulators = await startDemo(config, service);
  if (config.roles.has('api')) await tellFirstAdmin(config, service);
}

/** Known before the database is started, so that the message stands alone. */
function portsOf(config: Config): WantedPort[] {
  const ports: WantedPort[] = config.roles.has('api')
    ? [{ variable: 'PORT', port: config.port, kind: 'tcp' }]
    : [];
  if (!config.roles.has('ingest')) return ports;
  ports.push({ variable: 'MQTT_PORT', port: config.mqttPort, kind: 'tcp' });
  for (const { variable, port, kind } of listenersOf(protocols))
    ports.push({ variable, port: config.listenerPort(variable, port), kind });
  return ports;
}

async function tellFirstAdmin(config: Config, service: Service): Promise<void> {
  const password = await makeFirstAdmin(service.database.db, config.adminPassword);
  if (password === undefined) return;
  say('\nThere was no account yet. First administrator 首位管理员 (told this once 仅显示一次):');
  say(`  admin      ${config.adminPassword ? '(ADMIN_PASSWORD)' : password}`);
}

/** Village and neighbourhood are played on the wire by programs of their own, as real devices would. */
async function startDemo(config: Config, service: Service): Promise<Worker[]> {
  if (config.databaseUrl) {
    say('\nThe demo is seeded only into the embedded database: DATABASE_URL is set, so there is none.');
    return [];
  }
  const demo = await prepareDemo(service.database.db, config.dataDir, {
    addresses: service.addresses,
    now: createSystemClock().now(),
  });
  if (!demo) {
    say('\nThe database holds data of its own already: no demo.');
    return [];
  }
  say('\nDemo accounts 演示账号 · password 密码');
  for (const { login, name, roles, password } of demo.accounts)
    say(`  ${login.padEnd(10)} ${password}   ${roles.join(', ')} ${name}`);
  say('\nWhat will happen 接下来:');
  for (const scenario of demo.scenarios) say(`  ${demoStories[scenario]}`);
  say('Ctrl+C ends everything.');
  return demo.scenarios.map(
    (scenario) =>
      new Worker(join(import.meta.dirname, '../device-sim/main.ts'), {
        argv: [scenario, '--credentials', demo.credentialsFile],
        execArgv: [],
      }),
  );
}

const demoStories: Readonly<Record<DemoScenario, string>> = {
  maoqi: 'within 1 minute an elder of 茅圻 presses SOS: log in as her grid worker `worker1`',
  binhu: 'within 2 minutes a pipe bursts in 滨湖花园: log in as its property manager `property`',
};

function printAddresses(addresses: Addresses): void {
  say();
  if (addresses.http) say(`  pages and API   ${addresses.http}`);
  if (addresses.mqtt)
    say(`  MQTT            ${addresses.mqtt}   (WebSocket ${addresses.mqttWebSocket ?? 'off'})`);
  for (const name of new Set([addresses.tcp, addresses.udp, addresses.webSocket].flatMap(Object.keys))) {
    const ways = [addresses.tcp[name], addresses.udp[name], addresses.webSocket[name]];
    say(`  ${name.padEnd(15)} ${ways.filter(Boolean).join('   ')}`);
  }
}

try {
  await main();
} catch (error) {
  if (error instanceof AppError) process.stderr.write(`${error.code}: ${error.message}\n`);
  else console.error(error);
  process.exit(1);
}
