import { useState } from 'react';
import { api, type CreatedDevice as Created } from '../core/endpoints.ts';
import { refresh, useQuery } from '../core/query.ts';
import { useDisplay } from '../i18n/language.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { SelectField, TextField } from '../ui/field.tsx';
import { useSubmit } from '../ui/submit.ts';
import { Notice } from '../ui/surface.tsx';
import { assetChoices } from './asset-choices.ts';
import { CreatedDevice } from './created-device.tsx';

const GATEWAY = 'zigbee2mqtt';

export interface FirstDevice {
  protocol: string;
  nativeId: string;
}

interface NewDeviceDialogProps {
  first: FirstDevice;
  onClose: () => void;
}

export function NewDeviceDialog({ first, onClose }: NewDeviceDialogProps) {
  const { t } = useDisplay();
  const [created, setCreated] = useState<Created | undefined>();
  return (
    <Dialog open onClose={onClose} title={created ? t('devices.created') : t('devices.add')}>
      {created ? (
        <CreatedDevice device={created} onClose={onClose} />
      ) : (
        <NewDeviceForm
          first={first}
          onCreated={(device) => {
            setCreated(device);
            refresh(['device']);
          }}
        />
      )}
    </Dialog>
  );
}

interface Draft extends FirstDevice {
  name: string;
  subjectId: string;
  assetId: string;
  topicPrefix: string;
}

interface FormProps {
  first: FirstDevice;
  onCreated: (device: Created) => void;
}

function NewDeviceForm({ first, onCreated }: FormProps) {
  const { t } = useDisplay();
  const submission = useSubmit();
  const [draft, setDraft] = useState<Draft>({
    ...first,
    ...{ name: '', subjectId: '', assetId: '', topicPrefix: '' },
  });
  const create = async () => {
    const { protocol, nativeId, name, subjectId, assetId, topicPrefix } = draft;
    const given = (key: string, text: string, as: (text: string) => unknown = String) =>
      text.trim() === '' ? {} : { [key]: as(text.trim()) };
    onCreated(
      await api.createDevice({
        protocol,
        nativeId: nativeId.trim(),
        ...given('name', name),
        ...given('subjectId', subjectId, Number),
        ...given('assetId', assetId, Number),
        ...(protocol === GATEWAY ? given('topicPrefix', topicPrefix) : {}),
      }),
    );
  };
  return (
    <form className="grid gap-4" onSubmit={submission.onSubmit(create)}>
      <IdentityFields draft={draft} onChange={setDraft} />
      <PlaceFields draft={draft} onChange={setDraft} />
      {submission.error && <Notice tone="danger" icon="alert" title={submission.error} live />}
      <Button type="submit" tone="action" block busy={submission.busy}>
        {t('devices.create')}
      </Button>
    </form>
  );
}

interface FieldsProps {
  draft: Draft;
  onChange: (draft: Draft) => void;
}

function IdentityFields({ draft, onChange }: FieldsProps) {
  const { t } = useDisplay();
  const isGateway = draft.protocol === GATEWAY;
  const hint = isGateway ? t('devices.gatewayIdHint') : t('devices.nativeIdHint');
  return (
    <>
      <SelectField
        label={t('devices.protocol')}
        value={draft.protocol}
        onChange={(protocol) => onChange({ ...draft, protocol })}
        choices={[
          { value: 'native', label: t('devices.native') },
          { value: 'watch', label: t('devices.watch') },
          { value: GATEWAY, label: t('devices.gatewayProtocol') },
        ]}
      />
      <TextField
        label={t('devices.nativeId')}
        hint={draft.protocol === 'watch' ? t('register.imeiHint') : hint}
        required
        maxLength={64}
        autoComplete="off"
        value={draft.nativeId}
        onChange={(event) => onChange({ ...draft, nativeId: event.target.value })}
      />
      <TextField
        label={t('devices.name')}
        optional={t('common.optional')}
        maxLength={64}
        value={draft.name}
        onChange={(event) => onChange({ ...draft, name: event.target.value })}
      />
      {isGateway && (
        <TextField
          label={t('devices.topicPrefix')}
          optional={t('common.optional')}
          hint={t('devices.topicPrefixHint', { prefix: `zigbee2mqtt/${draft.nativeId.trim() || '…'}` })}
          maxLength={128}
          pattern="[^+#\/\s]+(\/[^+#\/\s]+)*"
          value={draft.topicPrefix}
          onChange={(event) => onChange({ ...draft, topicPrefix: event.target.value })}
        />
      )}
    </>
  );
}

/** Whom or what it watches: a wearer or an asset, not both. */
function PlaceFields({ draft, onChange }: FieldsProps) {
  const { t, locale } = useDisplay();
  const subjects = useQuery('subjects', api.subjects);
  const assets = useQuery('assets', api.assets);
  const free = (subjects.data ?? []).filter((subject) => !subject.device);
  return (
    <>
      {draft.protocol !== GATEWAY && (
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
      {draft.protocol !== 'watch' && (
        <SelectField
          label={t('devices.asset')}
          value={draft.assetId}
          onChange={(assetId) => onChange({ ...draft, assetId, subjectId: '' })}
          choices={[{ value: '', label: t('devices.noAsset') }, ...assetChoices(assets.data ?? [], locale)]}
        />
      )}
    </>
  );
}
