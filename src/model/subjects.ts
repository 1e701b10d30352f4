/** What is said of a wearer; a field left out stays as it is, or empty in a new one. */
export interface SubjectFields {
  name?: string | undefined;
  kind?: 'elder' | 'child' | undefined;
  sex?: 'female' | 'male' | null | undefined;
  birthYear?: number | null | undefined;
  phone?: string | null | undefined;
  homeAddress?: string | null | undefined;
  /** WGS-84 degrees. */
  homeLatitude?: number | null | undefined;
  homeLongitude?: number | null | undefined;
  homeGridId?: number | null | undefined;
  livesAlone?: boolean | undefined;
  mobility?: 'normal' | 'impaired' | undefined;
  careNotes?: string | null | undefined;
}

export type NewSubject = SubjectFields & { name: string; kind: 'elder' | 'child' };

/** What a family member is to a wearer; a guardian may correct what is said of her and read who looked at it. */
export interface NewMember {
  subjectId: number;
  accountId: number;
  relation: string;
  guardian: boolean;
}
