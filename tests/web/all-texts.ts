import { officeEn, officeZh } from '../../src/web/i18n/office.ts';
import * as own from '../../src/web/i18n/translate.ts';

/** Everything that the pages say, as if all of it were loaded. */
export const zh = { ...own.zh, ...officeZh };
export const en: Readonly<Record<own.Key, string>> = { ...own.en, ...officeEn };
