import { useState } from 'react';
import { api } from '../core/endpoints.ts';
import { useQuery } from '../core/query.ts';
import { useDisplay } from '../i18n/language.tsx';
import { SchematicMap } from '../map/schematic-map.tsx';
import { CheckField, ChoiceField, TextArea, TextField } from '../ui/field.tsx';
import { HealthFields, WatchHomeFields } from './health-fields.tsx';
import { numberOf, type WearerDraft, type WearerProblem } from './wearer-draft.ts';

interface WearerFieldsProps {
  draft: WearerDraft;
  onChange: (draft: WearerDraft) => void;
  problem: WearerProblem | undefined;
}

interface PartProps {
  draft: WearerDraft;
  set: (patch: Partial<WearerDraft>) => void;
  problem: WearerProblem | undefined;
}

export function WearerFields({ draft, onChange, problem }: WearerFieldsProps) {
  const part = { draft, set: (patch: Partial<WearerDraft>) => onChange({ ...draft, ...patch }), problem };
  return (
    <>
      <PersonFields {...part} />
      <AddressFields {...part} />
      <WatchHomeFields {...part} />
      <HealthFields {...part} />
      <CareFields {...part} />
    </>
  );
}

function PersonFields({ draft, set, problem }: PartProps) {
  const { t } = useDisplay();
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
    </>
  );
}

function CareFields({ draft, set }: PartProps) {
  const { t } = useDisplay();
  return (
    <>
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

/** Home: as an address, and as a point that is pressed on our map or typed. */
function AddressFields(part: PartProps) {
  const { draft, set, problem } = part;
  const { t } = useDisplay();
  const [typing, setTyping] = useState(false);
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
        <HomeMap draft={draft} set={set} />
        <CheckField label={t('wearer.typeCoordinates')} checked={typing} onChange={setTyping} />
        {(typing || problem === 'coordinates') && <CoordinateFields {...part} />}
      </div>
    </>
  );
}

function HomeMap({ draft, set }: Omit<PartProps, 'problem'>) {
  const { t } = useDisplay();
  const grids = useQuery('grids', api.grids);
  const latitude = numberOf(draft.latitude);
  const longitude = numberOf(draft.longitude);
  if (!grids.data) return null;
  const name = t('where.homeShort');
  const isSet = latitude !== null && longitude !== null && !Number.isNaN(latitude + longitude);
  const home = { key: 'home', kind: 'home', title: name, text: name, fit: false } as const;
  return (
    <div className="overflow-hidden rounded-control border border-edge">
      <SchematicMap
        grids={grids.data}
        markers={isSet ? [{ ...home, latitude, longitude }] : []}
        fitAll
        label={t('wearer.homePoint')}
        onPick={(place) =>
          set({ latitude: place.latitude.toFixed(6), longitude: place.longitude.toFixed(6) })
        }
      />
    </div>
  );
}

function CoordinateFields({ draft, set, problem }: PartProps) {
  const { t } = useDisplay();
  return (
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
  );
}
