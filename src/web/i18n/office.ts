import { adminEn } from './en/admin.ts';
import { boardEn } from './en/board.ts';
import { placesEn } from './en/places.ts';
import { propertyEn } from './en/property.ts';
import { qualityEn } from './en/quality.ts';
import { rulesEn } from './en/rules.ts';
import { ticketsEn } from './en/tickets.ts';
import { adminZh } from './zh/admin.ts';
import { boardZh } from './zh/board.ts';
import { placesZh } from './zh/places.ts';
import { propertyZh } from './zh/property.ts';
import { qualityZh } from './zh/quality.ts';
import { rulesZh } from './zh/rules.ts';
import { ticketsZh } from './zh/tickets.ts';

/** The texts of desks, offices and property companies. */
export const officeZh = {
  ...adminZh,
  ...boardZh,
  ...placesZh,
  ...propertyZh,
  ...qualityZh,
  ...rulesZh,
  ...ticketsZh,
};
export const officeEn: Readonly<Record<keyof typeof officeZh, string>> = {
  ...adminEn,
  ...boardEn,
  ...placesEn,
  ...propertyEn,
  ...qualityEn,
  ...rulesEn,
  ...ticketsEn,
};
