import { z } from 'zod';
import type { Part } from '../rule.ts';
import { absenceMemo } from './absence.ts';
import { countMemo } from './count.ts';
import { expressionMemo } from './expression.ts';
import { geofenceMemo } from './geofence.ts';
import { personalMemo } from './personal.ts';
import { shiftMemo } from './shift.ts';
import { smoothingMemo } from './smoothing.ts';

/** Whether what was stored of a part is what a part of its kind remembers: the rule may have been rewritten since. */
export function memoFits(part: Part, memo: unknown): boolean {
  if (memo === undefined) return true;
  let schema = schemas.get(part);
  if (!schema) {
    schema = schemaOf(part) ?? z.never();
    schemas.set(part, schema);
  }
  return schema.safeParse(memo).success;
}

const schemas = new WeakMap<Part, z.ZodType>();

/** Undefined: parts of this kind have none. */
function schemaOf(part: Part): z.ZodType | undefined {
  switch (part.type) {
    case 'threshold':
      return z.strictObject({
        ...(part.smooth ? { smooth: smoothingMemo(part.smooth) } : {}),
        ...(part.personal ? { personal: personalMemo(part.personal).optional() } : {}),
      });
    case 'count':
      return countMemo(part);
    case 'shift':
      return shiftMemo();
    case 'geofence':
      return geofenceMemo();
    case 'absence':
      return absenceMemo(part);
    case 'expression':
      return expressionMemo(part);
    default:
      return undefined;
  }
}
