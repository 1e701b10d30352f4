import type { Locale } from './schemas.ts';

/** The language of an account's setting or of one tag of a header; undefined where it is neither Chinese nor English. */
export function toLocale(tag: string): Locale | undefined {
  const language = tag.trim().toLowerCase().split('-')[0];
  if (language === 'zh') return 'zh-CN';
  return language === 'en' ? 'en' : undefined;
}

/** The first of our languages in an `Accept-Language` header by its weights (RFC 9110, 12.5.4), Chinese where none is wanted. */
export function preferredLocale(header: string | undefined): Locale {
  const wanted = (header ?? '')
    .split(',')
    .map((part) => {
      const [tag = '', ...parameters] = part.split(';');
      const weight = parameters.map((p) => /^\s*q=([\d.]+)\s*$/.exec(p)?.[1]).find((q) => q !== undefined);
      return { locale: toLocale(tag), weight: weight === undefined ? 1 : Number(weight) };
    })
    .filter((entry) => entry.weight > 0)
    .sort((a, b) => b.weight - a.weight);
  return wanted.find((entry) => entry.locale)?.locale ?? 'zh-CN';
}
