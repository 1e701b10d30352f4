import type { SubjectFields } from '../model/subjects.ts';
import { AppError } from '../platform/errors.ts';

/**
 * Fills in the grid of a home from its coordinates, where the polygons say one. Throws SUBJECT_HOME_INCOMPLETE where one coordinate
 * is given without the other.
 */
export async function withHomeGrid<F extends SubjectFields>(
  fields: F,
  gridAt: (point: { latitude: number; longitude: number }) => Promise<number | undefined>,
): Promise<F> {
  const { homeLatitude: latitude, homeLongitude: longitude } = fields;
  if ((typeof latitude === 'number') !== (typeof longitude === 'number'))
    throw new AppError('SUBJECT_HOME_INCOMPLETE', 'a home has two coordinates or none');
  if (typeof latitude !== 'number' || typeof longitude !== 'number') return fields;
  const homeGridId = await gridAt({ latitude, longitude });
  return homeGridId === undefined ? fields : { ...fields, homeGridId };
}
