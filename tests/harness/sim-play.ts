import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Addresses } from '../../src/transport/addresses.ts';

/** What the simulator says should follow. */
export interface Expected {
  kind: string;
  device: string;
  by: string;
  location?: { latitude: number; longitude: number };
}

/** What it says must not. */
export interface ExpectedNothing {
  devices: string[];
  why: string;
  until: string;
}

export interface Played {
  /** Grow while it plays. */
  expected: Expected[];
  nothing: ExpectedNothing[];
  stop(): Promise<void>;
}

const program = join(import.meta.dirname, '../../device-sim/main.ts');
const portOf = (url: string | undefined) => Number(new URL(url ?? 'none://x:0').port);

/** Plays a scenario of the demo to a service, as a program of its own. */
export function playDemo(
  [scenario, ...args]: readonly [scenario: string, ...args: string[]],
  demo: { [list in 'devices' | 'gateways' | 'sensors']?: readonly object[] },
  { mqtt, tcp }: Addresses,
): Played {
  const folder = mkdtempSync(join(tmpdir(), 'gg-demo-'));
  const file = join(folder, 'devices.json');
  writeFileSync(file, JSON.stringify({ ...demo, watchPort: portOf(tcp.watch), mqttPort: portOf(mqtt) }));
  const simulator = spawn(process.execPath, [program, scenario, '--credentials', file, '--json', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => simulator.once('exit', resolve));
  const [expected, nothing]: [Expected[], ExpectedNothing[]] = [[], []];
  createInterface({ input: simulator.stdout }).on('line', (line) => {
    const entry = JSON.parse(line) as { expect?: Expected; expectNothing?: ExpectedNothing };
    if (entry.expect) expected.push(entry.expect);
    if (entry.expectNothing) nothing.push(entry.expectNothing);
  });
  return {
    expected,
    nothing,
    async stop() {
      simulator.kill();
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
