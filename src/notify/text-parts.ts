import { z } from 'zod';

/** A message in a person's language: a line for the subject, labelled facts, and where to act. */
export interface MessageText {
  title: string;
  lines: string[];
  /** Page of the incident or ticket; absent where no public address is configured or there is none. */
  link?: string;
  mapLink?: string;
}

/** What people and devices wrote stays on its line. */
export const line = z.string().transform((text) => text.replace(/[\s\p{Cc}]+/gu, ' ').trim());
/** What a Date can hold. */
export const time = z.number().min(-8.64e15).max(8.64e15);
export const place = z.object({
  latitude: z.number(),
  longitude: z.number(),
  accuracyM: z.number().optional(),
  source: line.optional(),
  fresh: z.boolean().optional(),
});
export const optional = <T extends z.ZodType>(schema: T) => schema.nullish().catch(undefined);

/** AMap's marker page takes WGS-84 when it is told so. Source: https://lbs.amap.com/api/uri-api/guide/mobile-web/point */
export function mapLink(point: { latitude: number; longitude: number }, name: string): string {
  const parameters = new URLSearchParams({
    position: `${point.longitude.toFixed(6)},${point.latitude.toFixed(6)}`,
    name,
    coordinate: 'wgs84',
  });
  return `https://uri.amap.com/marker?${parameters}`;
}

/** One pass, so that a name cannot smuggle in another placeholder. */
export const fill = (pattern: string, values: Readonly<Record<string, string>>): string =>
  pattern.replace(/\{(\w+)\}/g, (whole, key: string) => values[key] ?? whole);
