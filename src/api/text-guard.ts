import { AppError } from '../platform/errors.ts';

/** PostgreSQL stores neither NUL in text nor half of a surrogate pair in jsonb. */
const isStorable = (text: string): boolean => !text.includes('\0') && text.isWellFormed();

/** Throws REQUEST_TEXT_BROKEN where a string anywhere in a parsed request could not be stored. */
export function refuseBrokenText(value: unknown): void {
  if (typeof value === 'string') {
    if (!isStorable(value))
      throw new AppError('REQUEST_TEXT_BROKEN', 'a text holds characters that cannot be stored');
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  for (const [key, part] of Object.entries(value)) {
    refuseBrokenText(key);
    refuseBrokenText(part);
  }
}
