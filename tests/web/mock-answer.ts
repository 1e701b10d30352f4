import type { Me } from '../../src/api/schemas.ts';
import type { MockState } from './mock-routes.ts';

/** What the stand-in answers, and to what. */
export interface Answer {
  status: number;
  payload?: unknown;
  cookie?: string;
  /** In place of a payload: a picture. */
  picture?: { type: string; bytes: Buffer };
}

export interface Call {
  state: MockState;
  me: Me;
  /** Path parts after `/api`. */
  parts: string[];
  query: URLSearchParams;
  body: Record<string, unknown>;
  /** Bytes of a body that is no JSON. */
  bytes: Buffer | undefined;
}

export type Route = (call: Call) => Answer;

export const ok = (payload: unknown, status = 200): Answer => ({ status, payload });
export const refuse = (
  status: number,
  code: string,
  message: string,
  details?: Record<string, unknown>,
): Answer => ({
  status,
  payload: { error: { code, message, ...(details ? { details } : {}) } },
});
export const notFound = refuse(404, 'NOT_FOUND', '没有找到');
