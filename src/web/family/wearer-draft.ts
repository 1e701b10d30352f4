import type { SubjectInput } from '../../api/schemas.ts';
import type { KnownTrait } from '../../model/subjects.ts';

/** What is typed of a wearer; numbers stay text until they are sent. */
export interface WearerDraft {
  kind: 'elder' | 'child';
  name: string;
  sex: 'female' | 'male' | undefined;
  birthYear: string;
  phone: string;
  homeAddress: string;
  latitude: string;
  longitude: string;
  livesAlone: boolean;
  impaired: boolean;
  careNotes: string;
  traits: readonly string[];
  /** Other words, separated by commas. */
  otherTraits: string;
  watchHome: boolean;
  /** In metres; empty: as the rule says. */
  homeRadius: string;
}

export const emptyWearer: WearerDraft = {
  kind: 'elder',
  name: '',
  sex: undefined,
  birthYear: '',
  phone: '',
  homeAddress: '',
  latitude: '',
  longitude: '',
  livesAlone: true,
  impaired: false,
  careNotes: '',
  traits: [],
  otherTraits: '',
  watchHome: false,
  homeRadius: '',
};

export type WearerProblem = 'name' | 'birthYear' | 'coordinates' | 'traits' | 'watchHome';

const MOST_TRAITS = 20;
const LONGEST_TRAIT = 32;

/** To be ticked; each has a word in both languages. */
export const knownTraits: readonly KnownTrait[] = [
  'copd',
  'heart_disease',
  'hypertension',
  'diabetes',
  'dementia',
  'bedridden',
  'athlete',
];
const isKnown = (trait: string): boolean => knownTraits.some((known) => known === trait);

/** What was ticked and what was written, each once. */
function traitsOf({ traits, otherTraits }: WearerDraft): string[] {
  const written = otherTraits.split(/[,，、;；\n]/).map((trait) => trait.trim());
  return [...new Set([...traits, ...written.filter((trait) => trait !== '')])];
}

/** The other way round. */
export const draftTraits = (traits: readonly string[]): Pick<WearerDraft, 'traits' | 'otherTraits'> => ({
  traits: traits.filter(isKnown),
  otherTraits: traits.filter((trait) => !isKnown(trait)).join('，'),
});

export const numberOf = (text: string): number | null => (text.trim() === '' ? null : Number(text));
const textOf = (text: string): string | null => (text.trim() === '' ? null : text.trim());

/** The first thing that cannot be sent as it is. */
export function problemOf(draft: WearerDraft): WearerProblem | undefined {
  if (draft.name.trim() === '') return 'name';
  const year = numberOf(draft.birthYear);
  if (year !== null && !(Number.isInteger(year) && year >= 1900 && year <= new Date().getFullYear()))
    return 'birthYear';
  const latitude = numberOf(draft.latitude);
  const longitude = numberOf(draft.longitude);
  const isPair = (latitude === null) === (longitude === null);
  const inRange = Math.abs(latitude ?? 0) <= 90 && Math.abs(longitude ?? 0) <= 180;
  if (!isPair || !inRange) return 'coordinates';
  if (draft.watchHome && latitude === null) return 'watchHome';
  const traits = traitsOf(draft);
  const isTooMuch = traits.length > MOST_TRAITS || traits.some((trait) => trait.length > LONGEST_TRAIT);
  return isTooMuch ? 'traits' : undefined;
}

export function toInput(draft: WearerDraft): SubjectInput {
  return {
    kind: draft.kind,
    name: draft.name.trim(),
    sex: draft.sex ?? null,
    birthYear: numberOf(draft.birthYear),
    phone: textOf(draft.phone),
    homeAddress: textOf(draft.homeAddress),
    homeLatitude: numberOf(draft.latitude),
    homeLongitude: numberOf(draft.longitude),
    livesAlone: draft.livesAlone,
    mobility: draft.impaired ? 'impaired' : 'normal',
    careNotes: textOf(draft.careNotes),
    traits: traitsOf(draft),
    watchHome: draft.watchHome,
    homeRadiusM: numberOf(draft.homeRadius),
  };
}
