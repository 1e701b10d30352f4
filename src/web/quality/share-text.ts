import type { Format } from '../i18n/format.ts';

/** A share from 0 to 1 in percent; what is hardly anything is not called nothing. */
export function shareText(share: number, format: Format): string {
  return share > 0 && share < 0.001 ? '<0.1%' : `${format.number(100 * share, 1)}%`;
}
