import type { Signal } from '../../src/model/signals.ts';

export const modelKinds = [
  'wristband',
  'pendant',
  'tracker',
  'phone',
  'button',
  'fall',
  'gateway',
  'leak',
  'pressure',
  'level',
  'water_meter',
  'valve',
  'manhole',
  'bin',
  'tilt',
  'breaker',
  'socket',
  'power_meter',
  'smoke',
  'gas',
  'carbon_monoxide',
  'fire_panel',
  'generic',
] as const;
export type ModelKind = (typeof modelKinds)[number];

/** A device that people can buy: which language it speaks and what is to be expected of it. */
export interface CatalogueModel {
  protocol: string;
  vendor: string;
  model: string;
  kind: ModelKind;
  /** What it tells when all is well with it, and when not. */
  signals: readonly Signal[];
  /** How often it reports, as it comes from its maker, in seconds; absent where it reports changes alone, or where nobody says. */
  everySeconds?: number;
  /** What its maker promises or users report, in days of normal use; absent where it hangs on the mains or nobody says. */
  batteryDays?: number;
}

/** Models of one vendor that differ in nothing that is said here. */
export interface CatalogueFamily extends Omit<CatalogueModel, 'model'> {
  models: readonly string[];
}

export const MINUTE = 60;
export const HOUR = 3600;
export const DAY = 86_400;
export const YEAR_DAYS = 365;

export function modelsOf(families: readonly CatalogueFamily[]): CatalogueModel[] {
  return families.flatMap(({ models, ...shared }) => models.map((model) => ({ ...shared, model })));
}
