import type { SubjectFields } from '../../model/subjects.ts';
import type { Trx } from '../../platform/database.ts';

/** A wearer as she is known before an import. */
export interface WearerBefore {
  id: number;
  gridId: number | null;
  fields: SubjectFields;
}

/** Wearers of these names, locked until the end of the transaction. */
export async function lockWearersNamed(trx: Trx, names: readonly string[]): Promise<WearerBefore[]> {
  const rows = await trx
    .selectFrom('subjects')
    .selectAll()
    .where('name', 'in', names.length > 0 ? [...names] : [''])
    .orderBy('id')
    .forUpdate()
    .execute();
  return rows.map((row) => ({
    id: row.id,
    gridId: row.home_grid_id,
    fields: {
      name: row.name,
      kind: row.kind,
      sex: row.sex,
      birthYear: row.birth_year,
      phone: row.phone,
      homeAddress: row.home_address,
      homeLatitude: row.home_latitude,
      homeLongitude: row.home_longitude,
      homeGridId: row.home_grid_id,
      livesAlone: row.lives_alone,
      mobility: row.mobility,
      traits: row.traits,
      watchHome: row.watch_home,
      homeRadiusM: row.home_radius_m,
      careNotes: row.care_notes,
    },
  }));
}
