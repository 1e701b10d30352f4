import { type Credentials, inventDevices, readCredentials } from './credentials.ts';
import { createJournal, type Journal, jsonPrinter, readablePrinter } from './journal.ts';
import { inventNeighbourhood } from './neighbourhood.ts';
import { createNoise } from './noise.ts';
import { type Options, parseOptions, usage } from './options.ts';
import { scenarios } from './scenarios/registry.ts';
import type { Scenario, ScenarioContext } from './scenarios/scenario.ts';
import { createSimTime, Timers } from './time.ts';

/** Progress is told after this, then ever more rarely. */
const FIRST_PROGRESS_MS = 30_000;
const RAREST_PROGRESS_MS = 10 * 60_000;
/** The longest that a timer of Node can wait, about 24 days. */
const FOR_EVER_MS = 2 ** 31 - 1;

function listOfScenarios(): string {
  return scenarios.map(({ name, title }) => `  ${name.padEnd(11)}${title}`).join('\n');
}

function chosenScenario(name: string): Scenario {
  const scenario = scenarios.find((each) => each.name === name);
  if (!scenario) throw new Error(`there is no scenario ${name}`);
  return scenario;
}

/** What stands on the command line goes before what stands in the file. */
function contextOf(
  options: Options,
  scenario: Scenario,
  given: { journal: Journal; until: AbortSignal },
): ScenarioContext {
  const file: Credentials = options.credentials
    ? readCredentials(options.credentials)
    : { devices: [], ...inventNeighbourhood() };
  const all = options.credentials
    ? file.devices
    : inventDevices(options.devices ?? scenario.devices, options.seed);
  return {
    ...given,
    options,
    devices: all.slice(0, options.devices ?? all.length),
    neighbourhood: { gateways: file.gateways, sensors: file.sensors },
    server: {
      host: options.host ?? file.host ?? '127.0.0.1',
      watchPort: options.watchPort ?? file.watchPort ?? 5093,
      mqttPort: options.mqttPort ?? file.mqttPort ?? 1883,
    },
    noise: createNoise(options.seed),
    time: createSimTime(options.speed),
  };
}

async function run(options: Options): Promise<boolean> {
  const scenario = chosenScenario(options.scenario);
  const write = (line: string) => void process.stdout.write(line);
  const journal = createJournal(options.json ? jsonPrinter(write) : readablePrinter(write));
  const end = new AbortController();
  const context = contextOf(options, scenario, { journal, until: end.signal });
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => end.abort());
  // Started by another program over an IPC channel: it does not outlive that program.
  process.once('disconnect', () => end.abort());
  process.channel?.unref();
  const timeIsOver = setTimeout(() => end.abort(), Math.min(options.durationMs ?? FOR_EVER_MS, FOR_EVER_MS));
  const progress = new Timers();
  tellProgress(progress, journal, FIRST_PROGRESS_MS);
  const { host, watchPort, mqttPort } = context.server;
  journal.story(
    `${scenario.name}: ${sizeOf(scenario, context)} to ${host}, TCP ${watchPort}, MQTT ${mqttPort}`,
  );
  try {
    const result = await scenario.run(context);
    journal.summary({ ...result });
    return result.ok;
  } finally {
    clearTimeout(timeIsOver);
    progress.clear();
  }
}

function sizeOf({ plays }: Scenario, { devices, neighbourhood }: ScenarioContext): string {
  if (plays === 'bands') return `${devices.length} devices`;
  const { gateways, sensors } = neighbourhood;
  const children = gateways.reduce((sum, gateway) => sum + gateway.children.length, 0);
  return `${gateways.length} gateways with ${children} devices, and ${sensors.length} sensors`;
}

function tellProgress(timers: Timers, journal: Journal, afterMs: number): void {
  timers.after(afterMs, () => {
    journal.progress();
    tellProgress(timers, journal, Math.min(RAREST_PROGRESS_MS, 2 * afterMs));
  });
}

/** Exit codes: 0 done, 1 something stayed unanswered or went wrong, 2 the command line is wrong. */
async function main(args: readonly string[]): Promise<number> {
  let options: Options;
  try {
    options = parseOptions(args);
    chosenScenario(options.scenario);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${usage}\n\n${listOfScenarios()}`);
    return 2;
  }
  try {
    return (await run(options)) ? 0 : 1;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return 1;
  }
}

process.exitCode = await main(process.argv.slice(2));
