import { destination, pino } from 'pino';

export type Logger = Pick<import('pino').Logger, 'debug' | 'info' | 'warn' | 'error' | 'fatal'>;

/** Lines of JSON on the standard error; what is meant for people goes to the standard output. */
export function createLogger(level: string): Logger {
  return pino({ level, redact: ['*.password', '*.secret', '*.token'] }, destination(2));
}
