import { useState } from 'react';
import { adminApi } from '../core/admin-endpoints.ts';
import { useNow } from '../core/clock.ts';
import { api, type UnknownDevice } from '../core/endpoints.ts';
import { refresh, useQuery } from '../core/query.ts';
import { useDisplay } from '../i18n/language.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { SelectField } from '../ui/field.tsx';
import { useSubmit } from '../ui/submit.ts';
import { Notice } from '../ui/surface.tsx';
import { assetChoices } from './asset-choices.ts';
import { CreatedDevice, type NewSecret } from './created-device.tsx';
import type { FirstDevice } from './new-device-dialog.tsx';

interface WaitingRoomProps {
  devices: readonly UnknownDevice[];
  onRegister: (device: FirstDevice) => void;
}

/** Who speaks to us without being registered: each by itself, and what is behind a gateway together with it. */
export function WaitingRoom({ devices, onRegister }: WaitingRoomProps) {
  const { t } = useDisplay();
  const [adopting, setAdopting] = useState<Gateway | undefined>();
  if (devices.length === 0) return <p className="px-4 pb-4 text-small">{t('devices.nobodyWaits')}</p>;
  const gateways = gatewaysOf(devices);
  const alone = devices.filter(
    (device) => !device.gatewayNativeId && !gateways.some((one) => one.nativeId === device.nativeId),
  );
  return (
    <>
      <ul className="divide-y divide-line border-t border-line">
        {gateways.map((gateway) => (
          <li key={gateway.nativeId}>
            <GatewayWaiting gateway={gateway} onAdopt={() => setAdopting(gateway)} />
          </li>
        ))}
        {alone.map((device) => (
          <li key={`${device.protocol}-${device.nativeId}`}>
            <DeviceWaiting device={device} onRegister={onRegister} />
          </li>
        ))}
      </ul>
      {adopting && <AdoptDialog gateway={adopting} onClose={() => setAdopting(undefined)} />}
    </>
  );
}

interface Gateway {
  protocol: string;
  nativeId: string;
  children: readonly UnknownDevice[];
}

function gatewaysOf(devices: readonly UnknownDevice[]): Gateway[] {
  const found = new Map<string, Gateway>();
  for (const device of devices) {
    const nativeId = device.gatewayNativeId;
    if (!nativeId) continue;
    const known = found.get(nativeId) ?? { protocol: device.protocol, nativeId, children: [] };
    found.set(nativeId, { ...known, children: [...known.children, device] });
  }
  return [...found.values()];
}

function useFacts(device: UnknownDevice): string {
  const { t, format } = useDisplay();
  const now = useNow(10_000);
  const uplinks = t('devices.uplinks', { count: device.uplinks });
  return [device.description, device.protocol, device.source, uplinks, format.ago(device.lastSeenAt, now)]
    .filter(Boolean)
    .join(' · ');
}

function DeviceWaiting({
  device,
  onRegister,
}: {
  device: UnknownDevice;
  onRegister: (device: FirstDevice) => void;
}) {
  const { t } = useDisplay();
  const facts = useFacts(device);
  return (
    <div className="flex flex-wrap items-center justify-between gap-3 px-4 py-2.5">
      <div className="min-w-0 text-small">
        <p className="font-mono font-semibold">{device.nativeId}</p>
        <p className="text-fine text-muted">{facts}</p>
      </div>
      <Button
        size="small"
        icon="plus"
        onClick={() => onRegister({ protocol: device.protocol, nativeId: device.nativeId })}
      >
        {t('devices.register')}
      </Button>
    </div>
  );
}

function GatewayWaiting({ gateway, onAdopt }: { gateway: Gateway; onAdopt: () => void }) {
  const { t } = useDisplay();
  return (
    <div className="grid gap-1.5 px-4 py-2.5">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <p className="min-w-0 text-small">
          <span className="font-mono font-semibold">{gateway.nativeId}</span>{' '}
          <span className="text-muted">{t('devices.behind', { count: gateway.children.length })}</span>
        </p>
        <Button size="small" tone="action" icon="plus" onClick={onAdopt}>
          {t('devices.adopt')}
        </Button>
      </div>
      <details className="text-small">
        <summary className="tap-small flex items-center font-semibold text-action">
          {t('devices.showChildren')}
        </summary>
        <ul className="grid gap-1">
          {gateway.children.map((child) => (
            <Child key={child.nativeId} device={child} />
          ))}
        </ul>
      </details>
    </div>
  );
}

function Child({ device }: { device: UnknownDevice }) {
  const facts = useFacts(device);
  return (
    <li className="rounded-control bg-paper px-3 py-1.5">
      <p className="font-mono text-fine font-semibold">{device.nativeId}</p>
      <p className="text-fine text-muted">{facts}</p>
    </li>
  );
}

/** Registers a gateway with everything that was heard behind it. */
function AdoptDialog({ gateway, onClose }: { gateway: Gateway; onClose: () => void }) {
  const { t, locale } = useDisplay();
  const submission = useSubmit();
  const assets = useQuery('assets', api.assets);
  const [assetId, setAssetId] = useState('');
  const [adopted, setAdopted] = useState<{ count: number; made: NewSecret } | undefined>();
  const adopt = async () => {
    const place = assetId === '' ? {} : { assetId: Number(assetId) };
    const { protocol, nativeId } = gateway;
    const answer = await adminApi.adopt({ protocol, gatewayNativeId: nativeId, ...place });
    const { topicPrefix } = answer.gateway;
    setAdopted({ count: answer.adopted, made: { protocol, nativeId, topicPrefix, secret: answer.secret } });
    refresh(['device']);
  };
  return (
    <Dialog open onClose={onClose} title={t('devices.adopt')} note={gateway.nativeId}>
      {adopted ? (
        <>
          <Notice tone="ok" icon="checkCircle" title={t('devices.adopted', { count: adopted.count })} live />
          <CreatedDevice device={adopted.made} onClose={onClose} />
        </>
      ) : (
        <form className="grid gap-4" onSubmit={submission.onSubmit(adopt)}>
          <p className="text-small">{t('devices.adoptNote', { count: gateway.children.length })}</p>
          <SelectField
            label={t('devices.asset')}
            hint={t('devices.adoptAssetHint')}
            value={assetId}
            onChange={setAssetId}
            choices={[{ value: '', label: t('devices.noAsset') }, ...assetChoices(assets.data ?? [], locale)]}
          />
          {submission.error && <Notice tone="danger" icon="alert" title={submission.error} live />}
          <Button type="submit" tone="action" block busy={submission.busy}>
            {t('devices.adopt')}
          </Button>
        </form>
      )}
    </Dialog>
  );
}
