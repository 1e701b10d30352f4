import { useState } from 'react';
import { useNow } from '../core/clock.ts';
import { api, type UnknownDevice } from '../core/endpoints.ts';
import { useQuery } from '../core/query.ts';
import { useDisplay } from '../i18n/language.tsx';
import { Button } from '../ui/button.tsx';
import { useLanguageTitle } from './language-title.ts';
import type { FirstDevice } from './new-device-dialog.tsx';
import { keyOf, type WaitingGateway } from './waiting-list.ts';

const STEP = 30;
type OnRegister = (device: FirstDevice) => void;

function useFacts({ protocol, source, uplinks, lastSeenAt }: UnknownDevice): string {
  const { t, format } = useDisplay();
  const now = useNow(10_000);
  const titleOf = useLanguageTitle();
  const count = t('devices.uplinks', { count: format.number(uplinks) });
  return [titleOf(protocol), source, count, format.ago(lastSeenAt, now)].join(' · ');
}

/** One device with what is known of it, and the way to register it. */
export function DeviceWaiting({ device, onRegister }: { device: UnknownDevice; onRegister: OnRegister }) {
  const { t } = useDisplay();
  const facts = useFacts(device);
  const { protocol, nativeId, description } = device;
  return (
    <div className="flex flex-wrap items-center justify-between gap-x-3 gap-y-1.5 px-4 py-2.5">
      <div className="min-w-0 flex-1 basis-40 text-small">
        <p className="wrap-anywhere">
          <span className="font-mono font-semibold">{nativeId}</span>
          {description && <span className="font-medium"> {description}</span>}
        </p>
        <p className="text-fine text-muted">{facts}</p>
      </div>
      <Button
        size="small"
        icon="plus"
        aria-label={`${t('devices.register')} ${nativeId}`}
        onClick={() => onRegister({ protocol, nativeId, description: description ?? undefined })}
      >
        {t('devices.register')}
      </Button>
    </div>
  );
}

interface GatewayProps {
  gateway: WaitingGateway;
  onAdopt: () => void;
  onRegister: OnRegister;
}

/** A gateway with what is behind it. In an open language each of those may also be registered by itself. */
export function GatewayWaiting({ gateway, onAdopt, onRegister }: GatewayProps) {
  const { t } = useDisplay();
  const titleOf = useLanguageTitle();
  const { data } = useQuery('catalogue', api.catalogue);
  const isOpen = data?.languages.find(({ name }) => name === gateway.protocol)?.isOpen ?? false;
  return (
    <div className="grid gap-1.5 py-2.5">
      <div className="flex flex-wrap items-center justify-between gap-3 px-4">
        <div className="min-w-0 text-small">
          <p className="wrap-anywhere">
            <span className="font-mono font-semibold">{gateway.nativeId}</span>{' '}
            <span className="text-muted">{t('devices.behind', { count: gateway.children.length })}</span>
          </p>
          <p className="text-fine text-muted">{titleOf(gateway.protocol)}</p>
        </div>
        <Button size="small" tone={isOpen ? 'plain' : 'action'} icon="plus" onClick={onAdopt}>
          {t('devices.adopt')}
        </Button>
      </div>
      <details className="text-small">
        <summary className="tap-small flex cursor-pointer items-center px-4 font-semibold text-action">
          {t('devices.showChildren')}
        </summary>
        <Children devices={gateway.children} onRegister={isOpen ? onRegister : undefined} />
      </details>
    </div>
  );
}

function Children({
  devices,
  onRegister,
}: {
  devices: readonly UnknownDevice[];
  onRegister: OnRegister | undefined;
}) {
  const { t, format } = useDisplay();
  const [most, setMost] = useState(STEP);
  return (
    <>
      <ul className="mx-4 grid gap-1">
        {devices.slice(0, most).map((child) => (
          <li key={keyOf(child)} className="rounded-control bg-paper">
            {onRegister ? <DeviceWaiting device={child} onRegister={onRegister} /> : <Child device={child} />}
          </li>
        ))}
      </ul>
      {devices.length > most && (
        <Button tone="bare" size="small" block onClick={() => setMost(most + STEP)}>
          {t('devices.more', { count: format.number(devices.length - most) })}
        </Button>
      )}
    </>
  );
}

function Child({ device }: { device: UnknownDevice }) {
  const facts = useFacts(device);
  return (
    <div className="px-3 py-1.5">
      <p className="text-fine wrap-anywhere">
        <span className="font-mono font-semibold">{device.nativeId}</span> {device.description}
      </p>
      <p className="text-fine text-muted">{facts}</p>
    </div>
  );
}
