import { createContext, type ReactNode, use, useEffect, useMemo, useState } from 'react';
import type { Locale } from '../../api/schemas.ts';
import { setRequestLanguage } from '../core/http.ts';
import { recall, remember } from '../core/storage.ts';
import { createFormat, type Format } from './format.ts';
import { isKey, type Translate, translator } from './translate.ts';

export interface Language {
  locale: Locale;
  t: Translate;
  /** For words that come from the service: the text of `prefix.word`, or the word itself where we have none. */
  word: (prefix: string, value: string) => string;
  format: Format;
}

export interface Display extends Language {
  largePrint: boolean;
  setLocale: (locale: Locale) => void;
  setLargePrint: (large: boolean) => void;
}

const DisplayContext = createContext<Display | undefined>(undefined);

export function createLanguage(locale: Locale): Language {
  const t = translator(locale);
  const word = (prefix: string, value: string) => {
    const key = `${prefix}.${value}`;
    return isKey(key) ? (t as (key: string) => string)(key) : value;
  };
  return { locale, t, word, format: createFormat(locale) };
}

function firstLocale(): Locale {
  const chosen = recall('locale');
  if (chosen === 'zh-CN' || chosen === 'en') return chosen;
  return navigator.language.toLowerCase().startsWith('en') ? 'en' : 'zh-CN';
}

/** Language and print size: chosen on this browser, taken over from the account after the login. */
export function DisplayProvider({ children }: { children: ReactNode }) {
  const [locale, setLocale] = useState(firstLocale);
  const [largePrint, setLargePrint] = useState(() => recall('largePrint') === true);
  const language = useMemo(() => createLanguage(locale), [locale]);
  setRequestLanguage(locale);

  useEffect(() => {
    document.documentElement.lang = locale;
    document.title = language.t('app.name');
    remember('locale', locale);
  }, [locale, language]);
  useEffect(() => {
    document.documentElement.dataset.print = largePrint ? 'large' : 'normal';
    remember('largePrint', largePrint);
  }, [largePrint]);

  const display = useMemo(
    () => ({ ...language, largePrint, setLocale, setLargePrint }),
    [language, largePrint],
  );
  return <DisplayContext value={display}>{children}</DisplayContext>;
}

export function useDisplay(): Display {
  const display = use(DisplayContext);
  if (!display) throw new Error('useDisplay outside its provider');
  return display;
}
