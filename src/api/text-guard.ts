import { AppError } from '../platform/errors.ts';

/** PostgreSQL stores neither NUL in text nor half of a surrogate pair in jsonb. */
const isStorable = (text: string): boolean => !text.includes('\0') && text.isWellFormed();

/** No request of ours is nested more deeply; one that is could exhaust the stack of whoever walks through it. */
const MOST_LEVELS = 32;

/** Throws REQUEST_TEXT_BROKEN where a string anywhere in a parsed request could not be stored, and where it is nested without end. */
export function refuseBrokenText(value: unknown, level = 0): void {
  if (typeof value === 'string') {
    if (!isStorable(value))
      throw new AppError('REQUEST_TEXT_BROKEN', 'a text holds characters that cannot be stored');
    return;
  }
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return;
  if (level > MOST_LEVELS) throw new AppError('REQUEST_INVALID', 'nested too deeply');
  for (const [key, part] of Object.entries(value)) {
    refuseBrokenText(key, level);
    refuseBrokenText(part, level + 1);
  }
}
