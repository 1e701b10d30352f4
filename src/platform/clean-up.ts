import type { Logger } from './logging.ts';

/** Undoes what was done, last first, whatever fails. */
export class CleanUp {
  #steps: (() => Promise<unknown> | unknown)[] = [];
  #log: Logger;

  constructor(log: Logger) {
    this.#log = log;
  }

  add(step: () => Promise<unknown> | unknown): void {
    this.#steps.push(step);
  }

  async run(): Promise<void> {
    for (const step of this.#steps.splice(0).reverse()) {
      try {
        await step();
      } catch (error) {
        this.#log.warn({ err: error }, 'not everything could be ended cleanly');
      }
    }
  }
}
