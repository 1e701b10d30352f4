/**
 * Two times run side by side. Real time is what devices write into their messages and what their protocols wait for; the
 * server trusts no other. Story time decides what the wearers do and how far apart things happen: it starts now and runs
 * `speed` times as fast, so an hour of the village takes a minute at speed 60.
 */
export interface SimTime {
  /** Milliseconds since 1970. */
  now(): number;
  story(): number;
  /** When a moment of the story comes in real time. */
  realOf(storyMs: number): number;
  readonly speed: number;
  readonly startedAt: number;
}

export function createSimTime(speed: number): SimTime {
  const startedAt = Date.now();
  return {
    speed,
    startedAt,
    now: () => Date.now(),
    story: () => startedAt + (Date.now() - startedAt) * speed,
    realOf: (storyMs) => startedAt + (storyMs - startedAt) / speed,
  };
}

/** Nothing repeats faster than this, however high the speed. */
const SHORTEST_PERIOD_MS = 1_000;

/** The timers of one device, so that switching it off ends them all. */
export class Timers {
  #handles = new Set<NodeJS.Timeout>();

  after(ms: number, run: () => void): () => void {
    const handle = setTimeout(() => {
      this.#handles.delete(handle);
      run();
    }, ms);
    this.#handles.add(handle);
    return () => {
      clearTimeout(handle);
      this.#handles.delete(handle);
    };
  }

  /** Runs for ever; `storyMs` is asked anew for each round, so that a period may vary. */
  everyStory(time: SimTime, storyMs: () => number, run: () => void): void {
    const next = () =>
      this.after(Math.max(SHORTEST_PERIOD_MS, storyMs() / time.speed), () => {
        next();
        run();
      });
    next();
  }

  clear(): void {
    for (const handle of this.#handles) clearTimeout(handle);
    this.#handles.clear();
  }
}

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** `90s`, `10m`, `2h`, `500ms` or plain seconds, in milliseconds; undefined where it is none. */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text);
  if (!match) return undefined;
  const unit = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }[match[2] ?? 's'] ?? 1_000;
  return Number(match[1]) * unit;
}
