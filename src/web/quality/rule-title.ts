import type { AlarmQuality } from '../../api/alarm-quality-schemas.ts';
import type { Display } from '../i18n/language.tsx';

/** How a rule is called; by its name where it is no longer there. */
export const titleOfRule = (
  { key, title }: Pick<AlarmQuality['rules'][number], 'key' | 'title'>,
  { locale }: Pick<Display, 'locale'>,
): string => (title ? (locale === 'en' ? title.en : title.zh) : key);
