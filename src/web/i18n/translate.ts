import { accountEn } from './en/account.ts';
import { bandEn } from './en/band.ts';
import { commonEn } from './en/common.ts';
import { familyEn } from './en/family.ts';
import { incidentEn } from './en/incident.ts';
import { outagesEn } from './en/outages.ts';
import { wordsEn } from './en/words.ts';
import type { officeZh } from './office.ts';
import { accountZh } from './zh/account.ts';
import { bandZh } from './zh/band.ts';
import { commonZh } from './zh/common.ts';
import { familyZh } from './zh/family.ts';
import { incidentZh } from './zh/incident.ts';
import { outagesZh } from './zh/outages.ts';
import { wordsZh } from './zh/words.ts';

/** What everybody's pages say; the rest comes with the pages that need it, and not to a grid worker's phone. */
export const zh = {
  ...commonZh,
  ...wordsZh,
  ...accountZh,
  ...incidentZh,
  ...familyZh,
  ...bandZh,
  ...outagesZh,
};
export const en: Readonly<Record<keyof typeof zh, string>> = {
  ...commonEn,
  ...wordsEn,
  ...accountEn,
  ...incidentEn,
  ...familyEn,
  ...bandEn,
  ...outagesEn,
};

type Texts = typeof zh & typeof officeZh;
export type Key = keyof Texts;

type Slots<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Slots<Rest>
  : never;
/** The values that a text wants, by its Chinese form: none, or an object with one for each `{name}`. */
export type Values<K extends Key> = [Slots<Texts[K]>] extends [never]
  ? []
  : [values: Record<Slots<Texts[K]>, string | number>];

type Dictionary = Partial<Record<Key, string>>;
const dictionaries: Readonly<Record<'zh-CN' | 'en', Dictionary>> = { 'zh-CN': { ...zh }, en: { ...en } };

/** Takes texts on that were loaded later. */
export function addTexts(more: { zh: Dictionary; en: Dictionary }): void {
  Object.assign(dictionaries['zh-CN'], more.zh);
  Object.assign(dictionaries.en, more.en);
}

export type Translate = <K extends Key>(key: K, ...values: Values<K>) => string;

/** The texts of one language, with `{name}` filled in. */
export function translator(locale: 'zh-CN' | 'en'): Translate {
  const texts = dictionaries[locale];
  return (key, ...[values]) => fill(texts[key] ?? key, values ?? {});
}

function fill(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (slot, name: string) => String(values[name] ?? slot));
}

export function isKey(text: string): text is Key {
  return Object.hasOwn(dictionaries['zh-CN'], text);
}
