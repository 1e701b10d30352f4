import type { NewMember, NewSubject, SubjectFields } from '../model/subjects.ts';
import type { Queryable } from '../platform/database.ts';

const columnsOf = (fields: SubjectFields) => ({
  sex: fields.sex,
  birth_year: fields.birthYear,
  phone: fields.phone,
  home_address: fields.homeAddress,
  home_latitude: fields.homeLatitude,
  home_longitude: fields.homeLongitude,
  home_grid_id: fields.homeGridId,
  lives_alone: fields.livesAlone,
  mobility: fields.mobility,
  care_notes: fields.careNotes,
});

export async function createSubject(db: Queryable, fields: NewSubject): Promise<number> {
  const row = await db
    .insertInto('subjects')
    .values({ name: fields.name, kind: fields.kind, ...columnsOf(fields) })
    .returning('id')
    .executeTakeFirstOrThrow();
  return row.id;
}

export async function updateSubject(db: Queryable, id: number, fields: SubjectFields): Promise<void> {
  const set = { name: fields.name, kind: fields.kind, ...columnsOf(fields) };
  if (Object.values(set).every((value) => value === undefined)) return;
  await db.updateTable('subjects').set(set).where('id', '=', id).execute();
}

/** Makes an account family of a wearer; one that is already stays as it is. */
export async function addMember(db: Queryable, member: NewMember): Promise<void> {
  await db
    .insertInto('subject_members')
    .values({
      subject_id: member.subjectId,
      account_id: member.accountId,
      relation: member.relation,
      guardian: member.guardian,
    })
    .onConflict((c) => c.columns(['subject_id', 'account_id']).doNothing())
    .execute();
}

export async function isMember(db: Queryable, subjectId: number, accountId: number): Promise<boolean> {
  const row = await db
    .selectFrom('subject_members')
    .select('account_id')
    .where('subject_id', '=', subjectId)
    .where('account_id', '=', accountId)
    .executeTakeFirst();
  return row !== undefined;
}
