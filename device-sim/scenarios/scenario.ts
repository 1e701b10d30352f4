import type { Surroundings } from '../band.ts';
import type { DeviceCredential } from '../credentials.ts';
import type { Server } from '../fleet.ts';
import type { Neighbourhood } from '../neighbourhood.ts';
import type { Options } from '../options.ts';

export interface ScenarioContext extends Surroundings {
  options: Options;
  server: Server;
  devices: DeviceCredential[];
  neighbourhood: Neighbourhood;
  /** Aborts when the time is over or somebody pressed Ctrl-C. */
  until: AbortSignal;
}

/** A scripted time of simulated devices. */
export interface Scenario {
  name: string;
  title: string;
  plays: 'bands' | 'neighbourhood';
  /** How many bands are invented where neither a file nor `--devices` says. */
  devices: number;
  /** Resolves when it is over; `ok` is false where something that had to be answered was not. */
  run(context: ScenarioContext): Promise<{ ok: boolean } & Record<string, unknown>>;
}

/** Resolves when the run is to end. */
export function ended(until: AbortSignal): Promise<void> {
  if (until.aborted) return Promise.resolve();
  return new Promise((resolve) => until.addEventListener('abort', () => resolve(), { once: true }));
}

/** Waits in real time; false when the run ended before. */
export function pause(ms: number, until: AbortSignal): Promise<boolean> {
  if (until.aborted) return Promise.resolve(false);
  return new Promise((resolve) => {
    const onAbort = () => {
      clearTimeout(handle);
      resolve(false);
    };
    const handle = setTimeout(
      () => {
        until.removeEventListener('abort', onAbort);
        resolve(true);
      },
      Math.max(0, ms),
    );
    until.addEventListener('abort', onAbort, { once: true });
  });
}
