import { useState } from 'react';
import type { DeviceView } from '../../api/schemas.ts';
import { BandCommands } from '../band/band-commands.tsx';
import { adminApi } from '../core/admin-endpoints.ts';
import { useNow } from '../core/clock.ts';
import { api, type DevicePatch } from '../core/endpoints.ts';
import { refresh, useQuery } from '../core/query.ts';
import { pathTo } from '../core/router.ts';
import { useDisplay } from '../i18n/language.tsx';
import { deviceName } from '../property/devices.ts';
import { SwitchButton } from '../property/switch-dialog.tsx';
import { Button, ButtonLink } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { CheckField, SelectField, TextField } from '../ui/field.tsx';
import { useSubmit } from '../ui/submit.ts';
import { Notice } from '../ui/surface.tsx';
import { assetChoices } from './asset-choices.ts';
import { DeviceFacts } from './device-facts.tsx';

interface DeviceDialogProps {
  device: DeviceView;
  devices: readonly DeviceView[];
  onOpen: (id: number) => void;
  onClose: () => void;
}

/** A device: what is known of it, what it is bound to, what is behind it. */
export function DeviceDialog({ device, devices, onOpen, onClose }: DeviceDialogProps) {
  const { t } = useDisplay();
  const note = device.name === null ? {} : { note: device.nativeId };
  const children = devices.filter((one) => one.gateway?.id === device.id);
  return (
    <Dialog open onClose={onClose} title={deviceName(device)} {...note}>
      <DeviceFacts device={device} />
      {device.openTicketId !== null && (
        <ButtonLink to={pathTo('ticket', device.openTicketId)} tone="action" icon="wrench" block>
          {t('sensors.ticket')}
        </ButtonLink>
      )}
      <SwitchButton device={device} />
      <BandCommands device={device} />
      <BindingForm device={device} onClose={onClose} />
      {children.length > 0 && <Children devices={children} onOpen={onOpen} />}
    </Dialog>
  );
}

/** What it is called and what it watches. */
function BindingForm({ device, onClose }: { device: DeviceView; onClose: () => void }) {
  const { t, locale } = useDisplay();
  const submission = useSubmit();
  const assets = useQuery('assets', api.assets);
  const [name, setName] = useState(device.name ?? '');
  const [assetId, setAssetId] = useState(String(device.asset?.id ?? ''));
  const worn = String(device.subject?.id ?? '');
  const [subjectId, setSubjectId] = useState(worn);
  const [active, setActive] = useState(device.active);
  const save = async () => {
    const binding: DevicePatch = {
      ...(device.subject ? {} : { assetId: assetId === '' ? null : Number(assetId) }),
      ...(subjectId === worn ? {} : { subjectId: subjectId === '' ? null : Number(subjectId) }),
    };
    const called = name.trim() === '' ? {} : { name: name.trim() };
    await adminApi.patchDevice(device.id, { ...called, ...binding, active });
    refresh(['device']);
    onClose();
  };
  return (
    <form className="grid gap-4" onSubmit={submission.onSubmit(save)}>
      <TextField
        label={t('devices.name')}
        optional={t('common.optional')}
        maxLength={64}
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
      {device.topicPrefix === null && assetId === '' && (
        <WearerField device={device} value={subjectId} onChange={setSubjectId} />
      )}
      {!device.subject && subjectId === '' && (
        <SelectField
          label={t('devices.asset')}
          {...(device.gateway ? { hint: t('devices.assetOfGateway') } : {})}
          value={assetId}
          onChange={setAssetId}
          choices={[{ value: '', label: t('devices.noAsset') }, ...assetChoices(assets.data ?? [], locale)]}
        />
      )}
      <CheckField label={t('devices.active')} checked={active} onChange={setActive} />
      {submission.error && <Notice tone="danger" icon="alert" title={submission.error} live />}
      <Button type="submit" tone="action" block busy={submission.busy}>
        {t('common.save')}
      </Button>
    </form>
  );
}

interface WearerFieldProps {
  device: DeviceView;
  value: string;
  onChange: (subjectId: string) => void;
}

/** Who wears it: herself, or somebody who has none yet. */
function WearerField({ device, value, onChange }: WearerFieldProps) {
  const { t } = useDisplay();
  const subjects = useQuery('subjects', api.subjects);
  const free = (subjects.data ?? []).filter((one) => !one.device && one.id !== device.subject?.id);
  return (
    <SelectField
      label={t('devices.wearer')}
      value={value}
      onChange={onChange}
      choices={[
        { value: '', label: t('devices.noWearer') },
        ...[...(device.subject ? [device.subject] : []), ...free].map(({ id, name }) => ({
          value: String(id),
          label: name,
        })),
      ]}
    />
  );
}

function Children({ devices, onOpen }: { devices: readonly DeviceView[]; onOpen: (id: number) => void }) {
  const { t, format } = useDisplay();
  const now = useNow(10_000);
  return (
    <section className="grid gap-1.5">
      <h3 className="text-small font-bold">{t('sensors.children', { count: devices.length })}</h3>
      <ul
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls has to be reached by keyboard.
        tabIndex={0}
        aria-label={t('sensors.children', { count: devices.length })}
        className="max-h-64 divide-y divide-line overflow-y-auto rounded-control border border-line"
      >
        {devices.map((device) => (
          <li key={device.id}>
            <button
              type="button"
              onClick={() => onOpen(device.id)}
              className="tap-small flex w-full flex-wrap justify-between gap-x-3 px-3 py-1.5 text-left text-small hover:bg-paper"
            >
              <span className="font-semibold">{deviceName(device)}</span>
              <span className="text-fine text-muted">
                {device.model} ·{' '}
                {device.lastSeenAt === null ? t('common.never') : format.ago(device.lastSeenAt, now)}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
