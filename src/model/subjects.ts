/** What shipped rules ask for, or families often tell; others are words of the one who wrote them. */
export const knownTraits = [
  'copd',
  'heart_disease',
  'hypertension',
  'diabetes',
  'dementia',
  'bedridden',
  'athlete',
] as const;
export type KnownTrait = (typeof knownTraits)[number];

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
  /** What is known of her and matters to rules: one of `knownTraits`, or words of the one who wrote them. */
  traits?: string[] | undefined;
  /** Whether leaving home is to be told, and from how far away in metres; null: as the rule says. */
  watchHome?: boolean | undefined;
  homeRadiusM?: number | null | undefined;
}

export type NewSubject = SubjectFields & { name: string; kind: 'elder' | 'child' };

/** What a family member is to a wearer; a guardian may correct what is said of her and read who looked at it. */
export interface NewMember {
  subjectId: number;
  accountId: number;
  relation: string;
  guardian: boolean;
}
