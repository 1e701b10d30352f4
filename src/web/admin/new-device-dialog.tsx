import { useState } from 'react';
import { api, type CreatedDevice } from '../core/endpoints.ts';
import { refresh, useQuery } from '../core/query.ts';
import { useDisplay } from '../i18n/language.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { SelectField, TextField } from '../ui/field.tsx';
import { useSubmit } from '../ui/submit.ts';
import { Notice } from '../ui/surface.tsx';
import { CopyBlock } from './copy-block.tsx';

interface NewDeviceDialogProps {
  first: { protocol: string; nativeId: string };
  onClose: () => void;
}

export function NewDeviceDialog({ first, onClose }: NewDeviceDialogProps) {
  const { t } = useDisplay();
  const [created, setCreated] = useState<CreatedDevice | undefined>();
  return (
    <Dialog open onClose={onClose} title={created ? t('devices.created') : t('devices.add')}>
      {created ? (
        <Created device={created} onClose={onClose} />
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

interface FormProps {
  first: { protocol: string; nativeId: string };
  onCreated: (device: CreatedDevice) => void;
}

function NewDeviceForm({ first, onCreated }: FormProps) {
  const { t } = useDisplay();
  const subjects = useQuery('subjects', api.subjects);
  const [protocol, setProtocol] = useState(first.protocol);
  const [nativeId, setNativeId] = useState(first.nativeId);
  const [subjectId, setSubjectId] = useState('');
  const submission = useSubmit();
  const free = (subjects.data ?? []).filter((subject) => !subject.device);
  const create = async () => {
    const wearer = subjectId === '' ? {} : { subjectId: Number(subjectId) };
    onCreated(await api.createDevice({ protocol, nativeId: nativeId.trim(), ...wearer }));
  };
  return (
    <form className="grid gap-4" onSubmit={submission.onSubmit(create)}>
      <SelectField
        label={t('devices.protocol')}
        value={protocol}
        onChange={setProtocol}
        choices={[
          { value: 'native', label: t('devices.native') },
          { value: 'watch', label: t('devices.watch') },
        ]}
      />
      <TextField
        label={t('devices.nativeId')}
        hint={protocol === 'watch' ? t('register.imeiHint') : t('devices.nativeIdHint')}
        required
        maxLength={64}
        autoComplete="off"
        value={nativeId}
        onChange={(event) => setNativeId(event.target.value)}
      />
      <SelectField
        label={t('devices.wearer')}
        value={subjectId}
        onChange={setSubjectId}
        choices={[
          { value: '', label: t('devices.noWearer') },
          ...free.map((subject) => ({ value: String(subject.id), label: subject.name })),
        ]}
      />
      {submission.error && <Notice tone="danger" icon="alert" title={submission.error} live />}
      <Button type="submit" tone="action" block busy={submission.busy}>
        {t('devices.create')}
      </Button>
    </form>
  );
}

/** The secret is shown this once, beside the line that tries it. */
function Created({ device, onClose }: { device: CreatedDevice; onClose: () => void }) {
  const { t } = useDisplay();
  const { secret, nativeId } = device;
  const host = window.location.hostname;
  const body = '{"seq":1,"sos":true,"battery":64}';
  const line = `mosquitto_pub -h ${host} -p 1883 -q 1 -u '${nativeId}' -P '${secret}' -i '${nativeId}' -t 'gridguard/v1/${nativeId}/up' -m '${body}'`;
  return (
    <>
      {secret === null ? (
        <p>{t('devices.noSecret')}</p>
      ) : (
        <>
          <Notice tone="warn" icon="lock" title={t('devices.secretOnce')} />
          <CopyBlock label={t('devices.secret')} text={secret} />
          <CopyBlock label={t('devices.tryIt')} text={line} />
          <p className="text-small text-muted">{t('devices.tryNote')}</p>
        </>
      )}
      <Button tone="action" block onClick={onClose}>
        {t('devices.noted')}
      </Button>
    </>
  );
}
