import type { NewMember, NewSubject, SubjectFields } from '../model/subjects.ts';
import type { Queryable, Trx } from '../platform/database.ts';

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
  traits: fields.traits && [...new Set(fields.traits)],
  watch_home: fields.watchHome,
  home_radius_m: fields.homeRadiusM,
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

/** The active account of a family member with this login name. */
export async function findRelative(db: Queryable, login: string): Promise<number | undefined> {
  const row = await db
    .selectFrom('accounts')
    .select(['id', 'roles'])
    .where('login', '=', login)
    .where('active', '=', true)
    .executeTakeFirst();
  return row?.roles.includes('family') ? row.id : undefined;
}

/** The family of a wearer; nobody else changes it until the end of the transaction. */
export async function lockMembers(
  trx: Trx,
  subjectId: number,
): Promise<{ accountId: number; guardian: boolean }[]> {
  await trx.selectFrom('subjects').select('id').where('id', '=', subjectId).forUpdate().execute();
  const rows = await trx
    .selectFrom('subject_members')
    .select(['account_id', 'guardian'])
    .where('subject_id', '=', subjectId)
    .execute();
  return rows.map((row) => ({ accountId: row.account_id, guardian: row.guardian }));
}

export async function removeMember(db: Queryable, subjectId: number, accountId: number): Promise<void> {
  await db
    .deleteFrom('subject_members')
    .where('subject_id', '=', subjectId)
    .where('account_id', '=', accountId)
    .execute();
}
