import { useState } from 'react';
import type { SubjectInput } from '../../api/schemas.ts';
import { api } from '../core/endpoints.ts';
import { useQuery } from '../core/query.ts';
import { useDisplay } from '../i18n/language.tsx';
import { SchematicMap } from '../map/schematic-map.tsx';
import { CheckField, ChoiceField, TextArea, TextField } from '../ui/field.tsx';

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

const numberOf = (text: string): number | null => (text.trim() === '' ? null : Number(text));
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

interface WearerFieldsProps {
  draft: WearerDraft;
  onChange: (draft: WearerDraft) => void;
  problem: WearerProblem | undefined;
}

export function WearerFields({ draft, onChange, problem }: WearerFieldsProps) {
  const { t } = useDisplay();
  const set = (patch: Partial<WearerDraft>) => onChange({ ...draft, ...patch });
  return (
    <>
      <TextField
        label={t('wearer.name')}
        value={draft.name}
        autoComplete="off"
        maxLength={64}
        onChange={(event) => set({ name: event.target.value })}
        error={problem === 'name' ? t('wearer.nameMissing') : undefined}
      />
      <ChoiceField
        label={t('wearer.kind')}
        value={draft.kind}
        onChange={(kind) => set({ kind })}
        choices={[
          { value: 'elder', label: t('subject.elder') },
          { value: 'child', label: t('subject.child') },
        ]}
      />
      <ChoiceField
        label={t('wearer.sex')}
        value={draft.sex}
        onChange={(sex) => set({ sex })}
        choices={[
          { value: 'female', label: t('sex.female') },
          { value: 'male', label: t('sex.male') },
        ]}
      />
      <TextField
        label={t('wearer.birthYear')}
        optional={t('common.optional')}
        inputMode="numeric"
        maxLength={4}
        value={draft.birthYear}
        onChange={(event) => set({ birthYear: event.target.value })}
        error={problem === 'birthYear' ? t('wearer.birthYearWrong') : undefined}
      />
      <TextField
        label={t('wearer.phone')}
        optional={t('common.optional')}
        hint={t('wearer.phoneHint')}
        type="tel"
        maxLength={32}
        value={draft.phone}
        onChange={(event) => set({ phone: event.target.value })}
      />
      <HomeFields draft={draft} set={set} problem={problem} />
      <CheckField
        label={t('wearer.livesAlone')}
        checked={draft.livesAlone}
        onChange={(livesAlone) => set({ livesAlone })}
      />
      <CheckField
        label={t('wearer.impaired')}
        checked={draft.impaired}
        onChange={(impaired) => set({ impaired })}
      />
      <TextArea
        label={t('wearer.careNotes')}
        optional={t('common.optional')}
        hint={t('wearer.careNotesHint')}
        value={draft.careNotes}
        maxLength={2000}
        onChange={(event) => set({ careNotes: event.target.value })}
      />
    </>
  );
}

interface HomeFieldsProps {
  draft: WearerDraft;
  set: (patch: Partial<WearerDraft>) => void;
  problem: WearerProblem | undefined;
}

/** Home: as an address, and as a point that is pressed on our map or typed. */
function HomeFields({ draft, set, problem }: HomeFieldsProps) {
  const { t } = useDisplay();
  const grids = useQuery('grids', api.grids);
  const [typing, setTyping] = useState(false);
  const latitude = numberOf(draft.latitude);
  const longitude = numberOf(draft.longitude);
  const isSet = latitude !== null && longitude !== null && !Number.isNaN(latitude + longitude);
  const marker = {
    key: 'home',
    kind: 'home' as const,
    title: t('where.homeShort'),
    text: t('where.homeShort'),
  };
  return (
    <>
      <TextField
        label={t('wearer.address')}
        hint={t('wearer.addressHint')}
        maxLength={200}
        autoComplete="off"
        value={draft.homeAddress}
        onChange={(event) => set({ homeAddress: event.target.value })}
      />
      <div className="grid gap-1.5">
        <p className="text-small font-semibold">{t('wearer.homePoint')}</p>
        <p className="text-fine text-muted">{t('wearer.homePointHint')}</p>
        {grids.data && (
          <div className="overflow-hidden rounded-control border border-edge">
            <SchematicMap
              grids={grids.data}
              markers={isSet ? [{ ...marker, latitude, longitude, fit: false }] : []}
              fitAll
              label={t('wearer.homePoint')}
              onPick={(place) =>
                set({ latitude: place.latitude.toFixed(6), longitude: place.longitude.toFixed(6) })
              }
            />
          </div>
        )}
        <CheckField label={t('wearer.typeCoordinates')} checked={typing} onChange={setTyping} />
        {(typing || problem === 'coordinates') && (
          <div className="grid grid-cols-2 gap-3 large:grid-cols-1">
            <TextField
              label={t('wearer.latitude')}
              inputMode="decimal"
              value={draft.latitude}
              onChange={(event) => set({ latitude: event.target.value })}
              error={problem === 'coordinates' ? t('wearer.coordinatesWrong') : undefined}
            />
            <TextField
              label={t('wearer.longitude')}
              inputMode="decimal"
              value={draft.longitude}
              onChange={(event) => set({ longitude: event.target.value })}
            />
          </div>
        )}
      </div>
    </>
  );
}
