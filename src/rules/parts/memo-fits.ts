import { z } from 'zod';
import type { Part } from '../rule.ts';
import { absenceMemo } from './absence.ts';
import { countMemo } from './count.ts';
import { expressionMemo } from './expression.ts';
import { geofenceMemo } from './geofence.ts';
import { personalMemo } from './personal.ts';
import { shiftMemo } from './shift.ts';
import { smoothingMemo } from './smoothing.ts';

const schemas: Partial<Record<Part['type'], z.ZodType>> = {
  threshold: z.strictObject({
    smooth: smoothingMemo.exactOptional(),
    personal: personalMemo.exactOptional(),
  }),
  count: countMemo,
  shift: shiftMemo,
  geofence: geofenceMemo,
  absence: absenceMemo,
  expression: expressionMemo,
};

/**
 * Whether what was stored of a part is what a part of its kind remembers: the rule may have been rewritten since. It does not depend on
 * numbers of the part, which may read otherwise for some wearers.
 */
export const memoFits = (part: Pick<Part, 'type'>, memo: unknown): boolean =>
  memo === undefined || (schemas[part.type]?.safeParse(memo).success ?? false);
