import { accountEn } from './en/account.ts';
import { adminEn } from './en/admin.ts';
import { boardEn } from './en/board.ts';
import { commonEn } from './en/common.ts';
import { familyEn } from './en/family.ts';
import { incidentEn } from './en/incident.ts';
import { placesEn } from './en/places.ts';
import { propertyEn } from './en/property.ts';
import { ticketsEn } from './en/tickets.ts';
import { wordsEn } from './en/words.ts';
import { accountZh } from './zh/account.ts';
import { adminZh } from './zh/admin.ts';
import { boardZh } from './zh/board.ts';
import { commonZh } from './zh/common.ts';
import { familyZh } from './zh/family.ts';
import { incidentZh } from './zh/incident.ts';
import { placesZh } from './zh/places.ts';
import { propertyZh } from './zh/property.ts';
import { ticketsZh } from './zh/tickets.ts';
import { wordsZh } from './zh/words.ts';

export const zh = {
  ...commonZh,
  ...wordsZh,
  ...accountZh,
  ...incidentZh,
  ...familyZh,
  ...boardZh,
  ...adminZh,
  ...placesZh,
  ...ticketsZh,
  ...propertyZh,
};
export type Key = keyof typeof zh;
export const en: Readonly<Record<Key, string>> = {
  ...commonEn,
  ...wordsEn,
  ...accountEn,
  ...incidentEn,
  ...familyEn,
  ...boardEn,
  ...adminEn,
  ...placesEn,
  ...ticketsEn,
  ...propertyEn,
};

type Slots<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Slots<Rest>
  : never;
/** The values that a text wants, by its Chinese form: none, or an object with one for each `{name}`. */
export type Values<K extends Key> = [Slots<(typeof zh)[K]>] extends [never]
  ? []
  : [values: Record<Slots<(typeof zh)[K]>, string | number>];

const dictionaries: Readonly<Record<'zh-CN' | 'en', Readonly<Record<Key, string>>>> = { 'zh-CN': zh, en };

export type Translate = <K extends Key>(key: K, ...values: Values<K>) => string;

/** The texts of one language, with `{name}` filled in. */
export function translator(locale: 'zh-CN' | 'en'): Translate {
  const texts = dictionaries[locale];
  return (key, ...[values]) => fill(texts[key], values ?? {});
}

function fill(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (slot, name: string) => String(values[name] ?? slot));
}

export function isKey(text: string): text is Key {
  return Object.hasOwn(zh, text);
}
