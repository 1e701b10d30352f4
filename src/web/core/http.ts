/** A refusal by the service, or no answer at all (`status` 0): `message` is in the reader's language where the service wrote it. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly details: Record<string, unknown>;

  constructor(status: number, code: string, message: string, details: Record<string, unknown> = {}) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.code = code;
    this.details = details;
  }
}

/** Code of an `ApiError` that means: nothing reached the service, or nothing came back. */
export const NO_CONNECTION = 'NO_CONNECTION';
const TIMEOUT_MS = 12_000;
const UPLOAD_TIMEOUT_MS = 120_000;

type ContactListener = (at: number) => void;
const contactListeners = new Set<ContactListener>();
let signedOut: () => void = () => undefined;
let language = 'zh-CN';

/** Is told the time of every sign of life of the service. */
export function onContact(listener: ContactListener): () => void {
  contactListeners.add(listener);
  return () => contactListeners.delete(listener);
}

export function reportContact(): void {
  for (const listener of contactListeners) listener(Date.now());
}

/** Is called when the service says that the session has ended. */
export function onSignedOut(callback: () => void): void {
  signedOut = callback;
}

export function setRequestLanguage(locale: string): void {
  language = locale;
}

export type Query = Record<string, string | number | boolean | undefined>;

export function withQuery(path: string, query: Query = {}): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') search.set(key, String(value));
  }
  const text = search.toString();
  return text ? `${path}?${text}` : path;
}

/** One call of the API; a Blob is sent as it is, anything else as JSON. Rejects with an `ApiError` only. */
export async function request<T>(
  method: string,
  path: string,
  body?: unknown,
  options: { timeoutMs?: number } = {},
): Promise<T> {
  const init = body === undefined ? {} : { body: body instanceof Blob ? body : JSON.stringify(body) };
  const response = await send(path, { method, ...init }, options.timeoutMs ?? TIMEOUT_MS);
  reportContact();
  const payload: unknown = response.status === 204 ? undefined : await readJson(response);
  if (response.ok) return payload as T;
  if (response.status === 401 && path !== '/api/session') signedOut();
  throw toError(response.status, payload);
}

async function send(
  path: string,
  init: { method: string; body?: string | Blob },
  timeoutMs: number,
): Promise<Response> {
  const headers: Record<string, string> = { accept: 'application/json', 'accept-language': language };
  if (init.body !== undefined) {
    headers['content-type'] = init.body instanceof Blob ? init.body.type : 'application/json';
  }
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    return await fetch(path, { ...init, headers, credentials: 'same-origin', signal });
  } catch (error) {
    throw new ApiError(0, NO_CONNECTION, error instanceof Error ? error.message : String(error));
  }
}

/**
 * Sends bytes as they are; `onProgress` is told the part that is sent, 0 to 1. Rejects with an `ApiError` only. A weak network gets
 * two minutes.
 */
export function upload(path: string, bytes: Blob, onProgress: (part: number) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const exchange = new XMLHttpRequest();
    exchange.open('POST', path);
    exchange.timeout = UPLOAD_TIMEOUT_MS;
    exchange.setRequestHeader('accept', 'application/json');
    exchange.setRequestHeader('accept-language', language);
    exchange.setRequestHeader('content-type', bytes.type);
    exchange.upload.onprogress = ({ loaded, total }) => onProgress(total > 0 ? loaded / total : 0);
    const lost = () => reject(new ApiError(0, NO_CONNECTION, ''));
    exchange.onerror = lost;
    exchange.ontimeout = lost;
    exchange.onabort = lost;
    exchange.onload = () => {
      reportContact();
      if (exchange.status >= 200 && exchange.status < 300) return resolve();
      if (exchange.status === 401) signedOut();
      reject(toError(exchange.status, parse(exchange.responseText)));
    };
    exchange.send(bytes);
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function readJson(response: Response): Promise<unknown> {
  return parse(await response.text().catch(() => ''));
}

function toError(status: number, payload: unknown): ApiError {
  if (isRecord(payload) && isRecord(payload.error)) {
    const { code, message, details } = payload.error;
    return new ApiError(status, String(code), String(message), isRecord(details) ? details : {});
  }
  const code = status >= 502 && status <= 504 ? NO_CONNECTION : 'HTTP_ERROR';
  return new ApiError(code === NO_CONNECTION ? 0 : status, code, `HTTP ${status}`);
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
