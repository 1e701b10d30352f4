import { z } from 'zod';

export interface Answer<T = unknown> {
  status: number;
  body: T;
  headers: Headers;
}

const errorBody = z.object({ error: z.object({ code: z.string(), message: z.string() }) });

/** The code of an error, or what came instead. */
export function codeOf(answer: Answer): string {
  const parsed = errorBody.safeParse(answer.body);
  return parsed.success ? parsed.data.error.code : `${answer.status} without an error`;
}

/** Calls the API as a program or a page would, with the cookie that it was given. */
export class ApiClient {
  readonly url: string;
  cookie: string | undefined;

  constructor(url: string) {
    this.url = url;
  }

  async login(login: string, password: string): Promise<Answer> {
    const answer = await this.post('/api/session', { login, password });
    const [cookie] = answer.headers.getSetCookie();
    if (answer.status === 200) this.cookie = cookie?.split(';')[0];
    return answer;
  }

  get<T = unknown>(path: string, headers: Record<string, string> = {}): Promise<Answer<T>> {
    return this.call('GET', path, { headers });
  }

  post<T = unknown>(path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer<T>> {
    return this.call('POST', path, { body, headers });
  }

  patch<T = unknown>(path: string, body?: unknown): Promise<Answer<T>> {
    return this.call('PATCH', path, { body });
  }

  put<T = unknown>(path: string, body?: unknown): Promise<Answer<T>> {
    return this.call('PUT', path, { body });
  }

  delete<T = unknown>(path: string): Promise<Answer<T>> {
    return this.call('DELETE', path);
  }

  /** A body that is a string is sent as it is. */
  async call<T = unknown>(
    method: string,
    path: string,
    { body, headers = {} }: { body?: unknown; headers?: Record<string, string> } = {},
  ): Promise<Answer<T>> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(this.cookie ? { cookie: this.cookie } : {}),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') ?? false;
    return {
      status: response.status,
      headers: response.headers,
      body: (isJson && text ? JSON.parse(text) : text) as T,
    };
  }
}
