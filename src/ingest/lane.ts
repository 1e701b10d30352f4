/** Something that waits for a commit. */
export interface Waiting<T> {
  item: T;
  resolve(): void;
  reject(error: unknown): void;
}

/**
 * Group commit: whoever comes while nothing is under way is committed at once, whoever comes meanwhile goes with the next batch.
 * Batches of one lane may overlap up to `width`; with a width of one, order is kept.
 */
export class Lane<T> {
  #commit: (items: T[]) => Promise<void>;
  #splits: (error: unknown) => boolean;
  #mayStart: () => boolean;
  #width: number;
  #most: number;
  #waiting: Waiting<T>[] = [];
  #running = 0;

  /** `splits` says of an error that one item of the batch caused it, so that the others are to be tried alone. */
  constructor(options: {
    width: number;
    most: number;
    commit(items: T[]): Promise<void>;
    splits(error: unknown): boolean;
    /** Asked before each batch; whoever says no calls `flush` once it may. */
    mayStart?(): boolean;
  }) {
    this.#commit = options.commit;
    this.#splits = options.splits;
    this.#mayStart = options.mayStart ?? (() => true);
    this.#width = options.width;
    this.#most = options.most;
  }

  get length(): number {
    return this.#waiting.length;
  }

  add(item: T): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
    });
  }

  /** Starts what may start; to be called once a slice of work has been added. */
  flush(): void {
    while (this.#running < this.#width && this.#waiting.length > 0 && this.#mayStart()) {
      const batch = this.#waiting.splice(0, this.#most);
      this.#running++;
      this.#run(batch).finally(() => {
        this.#running--;
        this.flush();
      });
    }
  }

  async #run(batch: Waiting<T>[]): Promise<void> {
    try {
      await this.#commit(batch.map((w) => w.item));
      for (const w of batch) w.resolve();
    } catch (error) {
      if (batch.length > 1 && this.#splits(error)) for (const w of batch) await this.#run([w]);
      else for (const w of batch) w.reject(error);
    }
  }
}
