import { useState } from 'react';
import type { Catalogue } from '../../api/catalogue-schemas.ts';
import { api, type CreatedDevice as Created } from '../core/endpoints.ts';
import { refresh, useQuery } from '../core/query.ts';
import { useDisplay } from '../i18n/language.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { SelectField, TextField } from '../ui/field.tsx';
import { Fetched } from '../ui/states.tsx';
import { useSubmit } from '../ui/submit.ts';
import { Notice } from '../ui/surface.tsx';
import { assetChoices } from './asset-choices.ts';
import { CreatedDevice } from './created-device.tsx';
import { type Draft, firstDraft, hasPrefix, toDeviceInput } from './device-draft.ts';
import { CodeField, LanguageFields, ModelField } from './device-fields.tsx';

export interface FirstDevice {
  /** Empty where it is still to be chosen. */
  protocol: string;
  nativeId: string;
  /** What was heard of it: vendor, model and name. */
  description?: string | undefined;
}

interface NewDeviceDialogProps {
  first: FirstDevice;
  onClose: () => void;
}

export function NewDeviceDialog({ first, onClose }: NewDeviceDialogProps) {
  const { t } = useDisplay();
  const [created, setCreated] = useState<Created | undefined>();
  const catalogue = useQuery('catalogue', api.catalogue);
  return (
    <Dialog open onClose={onClose} title={created ? t('devices.created') : t('devices.add')}>
      <Fetched query={catalogue}>
        {(known) =>
          created ? (
            <CreatedDevice device={created} onClose={onClose} />
          ) : (
            <NewDeviceForm
              first={first}
              catalogue={known}
              onCreated={(device) => {
                setCreated(device);
                refresh(['device']);
              }}
            />
          )
        }
      </Fetched>
    </Dialog>
  );
}

/** Whether a number that was typed may be a mistyped IMEI. */
async function isDoubtful(nativeId: string): Promise<boolean> {
  return /^\d{15}$/.test(nativeId.trim()) && (await api.readCode(nativeId)).doubt !== null;
}

interface FormProps {
  first: FirstDevice;
  catalogue: Catalogue;
  onCreated: (device: Created) => void;
}

function NewDeviceForm({ first, catalogue, onCreated }: FormProps) {
  const { t } = useDisplay();
  const submission = useSubmit();
  const [draft, setDraft] = useState<Draft>(() => firstDraft(first, catalogue.models));
  const language = catalogue.languages.find(({ name }) => name === draft.protocol);
  const [doubted, setDoubted] = useState<string>();
  const create = async () => {
    if (!language) return submission.refuse(t('devices.protocolMissing'));
    const isMisread = draft.nativeId !== doubted && (await isDoubtful(draft.nativeId));
    if (isMisread) {
      setDoubted(draft.nativeId);
      return submission.refuse(t('devices.codeDoubt'));
    }
    onCreated(await api.createDevice(toDeviceInput(draft, language)));
  };
  const fields = { draft, onChange: setDraft };
  return (
    <form className="grid gap-4" onSubmit={submission.onSubmit(create)}>
      <CodeField {...fields} onDoubt={setDoubted} />
      <ModelField {...fields} models={catalogue.models} />
      <LanguageFields {...fields} languages={catalogue.languages} />
      <TextField
        label={t('devices.name')}
        optional={t('common.optional')}
        maxLength={64}
        value={draft.name}
        onChange={(event) => setDraft({ ...draft, name: event.target.value })}
      />
      <PlaceFields {...fields} speaksForOthers={hasPrefix(draft, language) && language?.isAlone === false} />
      {submission.error && <Notice tone="danger" icon="alert" title={submission.error} live />}
      <Button type="submit" tone="action" block busy={submission.busy}>
        {t('devices.create')}
      </Button>
    </form>
  );
}

interface PlaceProps {
  draft: Draft;
  onChange: (draft: Draft) => void;
  speaksForOthers: boolean;
}

/** Whom or what it watches: a wearer or an asset, not both. */
function PlaceFields({ draft, onChange, speaksForOthers }: PlaceProps) {
  const { t, locale } = useDisplay();
  const subjects = useQuery('subjects', api.subjects);
  const assets = useQuery('assets', api.assets);
  const free = (subjects.data ?? []).filter((subject) => !subject.device);
  return (
    <>
      {!speaksForOthers && (
        <SelectField
          label={t('devices.wearer')}
          value={draft.subjectId}
          onChange={(subjectId) => onChange({ ...draft, subjectId, assetId: '' })}
          choices={[
            { value: '', label: t('devices.noWearer') },
            ...free.map((subject) => ({ value: String(subject.id), label: subject.name })),
          ]}
        />
      )}
      <SelectField
        label={t('devices.asset')}
        value={draft.assetId}
        onChange={(assetId) => onChange({ ...draft, assetId, subjectId: '' })}
        choices={[{ value: '', label: t('devices.noAsset') }, ...assetChoices(assets.data ?? [], locale)]}
      />
    </>
  );
}
