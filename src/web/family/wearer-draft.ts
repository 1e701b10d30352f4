import type { SubjectInput } from '../../api/schemas.ts';

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
};

export type WearerProblem = 'name' | 'birthYear' | 'coordinates';

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
  return isPair && inRange ? undefined : 'coordinates';
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
  };
}
