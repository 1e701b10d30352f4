import { pino } from 'pino';

export type Logger = Pick<import('pino').Logger, 'debug' | 'info' | 'warn' | 'error' | 'fatal'>;

export function createLogger(level: string): Logger {
  return pino({ level, redact: ['*.password', '*.secret', '*.token'] });
}
