import type { LiveEvent } from '../../src/api/schemas.ts';
import type { ApiClient } from './api-client.ts';
import { until } from './until.ts';

/** An open page: reads `GET /api/live` as EventSource would. */
export class LivePage {
  readonly events: LiveEvent[] = [];
  readonly headers: Headers;
  beats = 0;
  text = '';
  ended = false;
  #abort: AbortController;

  private constructor(response: Response, abort: AbortController) {
    this.headers = response.headers;
    this.#abort = abort;
    void this.#read(response);
  }

  static async open(client: ApiClient): Promise<LivePage> {
    const abort = new AbortController();
    const response = await fetch(`${client.url}/api/live`, {
      headers: client.cookie ? { cookie: client.cookie } : {},
      signal: abort.signal,
    });
    if (response.status !== 200) throw new Error(`live answered ${response.status}`);
    const page = new LivePage(response, abort);
    await until(() => page.text.includes(':ok'), { what: 'the stream to begin' });
    return page;
  }

  /** The first event that fits; waits for it. */
  event(fits: (event: LiveEvent) => boolean, what: string): Promise<LiveEvent> {
    return until(() => this.events.find(fits), { what });
  }

  close(): void {
    this.#abort.abort();
  }

  async #read(response: Response): Promise<void> {
    const decoder = new TextDecoder();
    let rest = '';
    try {
      for await (const chunk of response.body ?? []) {
        const text = decoder.decode(chunk, { stream: true });
        this.text += text;
        const blocks = (rest + text).split('\n\n');
        rest = blocks.pop() ?? '';
        for (const block of blocks) this.#take(block);
      }
    } catch {
      // Aborted by the test, or torn down by the server: either way it is over.
    }
    this.ended = true;
  }

  #take(block: string): void {
    if (block.startsWith('event: heartbeat')) this.beats++;
    const data = /^event: change\ndata: (.*)$/.exec(block)?.[1];
    if (data) this.events.push(JSON.parse(data) as LiveEvent);
  }
}
