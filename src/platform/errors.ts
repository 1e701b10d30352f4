/** The one error of ours: what went wrong as `AREA_PROBLEM`, whether trying again can help, and what to tell a person. */
export class AppError extends Error {
  readonly code: string;
  readonly retryable: boolean;
  readonly status: number;
  /** Values for the message in the reader's language; the pages and the API translate by `code`. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    code: string,
    message: string,
    options: {
      retryable?: boolean;
      status?: number;
      details?: Record<string, unknown>;
      cause?: unknown;
    } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.retryable = options.retryable ?? false;
    this.status = options.status ?? 400;
    this.details = options.details ?? {};
  }
}
