import { useState } from 'react';
import type { DeviceView } from '../../api/schemas.ts';
import { useNow } from '../core/clock.ts';
import { api, type UnknownDevice } from '../core/endpoints.ts';
import { useQuery } from '../core/query.ts';
import { useDisplay } from '../i18n/language.tsx';
import { Battery } from '../incidents/contact-card.tsx';
import { Button } from '../ui/button.tsx';
import { TextField } from '../ui/field.tsx';
import { Empty, Fetched } from '../ui/states.tsx';
import { Badge, type BadgeTone, Card, PageTitle } from '../ui/surface.tsx';
import { NewDeviceDialog } from './new-device-dialog.tsx';

/** Registered devices, and those that speak to us without being registered. */
export function DevicesPage() {
  const { t } = useDisplay();
  const devices = useQuery('devices', api.devices, { topics: ['device'], pollMs: 30_000 });
  const unknown = useQuery('devices-unknown', api.unknownDevices, { topics: ['device'], pollMs: 30_000 });
  const [adding, setAdding] = useState<{ protocol: string; nativeId: string } | undefined>();
  return (
    <>
      <PageTitle
        aside={
          <Button tone="action" icon="plus" onClick={() => setAdding({ protocol: 'native', nativeId: '' })}>
            {t('devices.add')}
          </Button>
        }
      >
        {t('admin.devices')}
      </PageTitle>
      <Card title={t('devices.waiting', { count: unknown.data?.length ?? 0 })} icon="info" flush>
        <p className="px-4 pb-2 text-small text-muted">{t('devices.waitingNote')}</p>
        <Fetched query={unknown}>
          {(all) => (
            <WaitingRoom
              devices={all}
              onRegister={({ protocol, nativeId }) => setAdding({ protocol, nativeId })}
            />
          )}
        </Fetched>
      </Card>
      <Card title={t('devices.list', { count: devices.data?.length ?? 0 })} icon="watch" flush>
        <Fetched query={devices}>{(all) => <DeviceList devices={all} />}</Fetched>
      </Card>
      {adding && (
        <NewDeviceDialog key={adding.nativeId} first={adding} onClose={() => setAdding(undefined)} />
      )}
    </>
  );
}

function WaitingRoom({
  devices,
  onRegister,
}: {
  devices: readonly UnknownDevice[];
  onRegister: (device: UnknownDevice) => void;
}) {
  const { t, format } = useDisplay();
  const now = useNow(10_000);
  if (devices.length === 0) return <p className="px-4 pb-4 text-small">{t('devices.nobodyWaits')}</p>;
  return (
    <ul className="divide-y divide-line border-t border-line">
      {devices.map((device) => (
        <li
          key={`${device.protocol}-${device.nativeId}`}
          className="flex flex-wrap items-center justify-between gap-3 px-4 py-2.5"
        >
          <div className="min-w-0 text-small">
            <p className="font-mono font-semibold">{device.nativeId}</p>
            <p className="text-fine text-muted">
              {device.protocol} · {device.source} · {t('devices.uplinks', { count: device.uplinks })} ·{' '}
              {format.ago(device.lastSeenAt, now)}
            </p>
          </div>
          <Button size="small" icon="plus" onClick={() => onRegister(device)}>
            {t('devices.register')}
          </Button>
        </li>
      ))}
    </ul>
  );
}

function DeviceList({ devices }: { devices: readonly DeviceView[] }) {
  const { t } = useDisplay();
  const [text, setText] = useState('');
  const wanted = text.trim().toLowerCase();
  const shown = devices.filter((device) =>
    [device.nativeId, device.name, device.subject?.name, device.grid?.name, device.protocol].some((field) =>
      field?.toLowerCase().includes(wanted),
    ),
  );
  return (
    <>
      <div className="px-4 pt-1 pb-3">
        <TextField
          label={t('common.search')}
          type="search"
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      </div>
      {shown.length === 0 && <Empty icon="search" title={t('common.nothing')} />}
      <ul className="divide-y divide-line border-t border-line">
        {shown.map((device) => (
          <li key={device.id}>
            <DeviceRow device={device} />
          </li>
        ))}
      </ul>
    </>
  );
}

function toneOf(device: DeviceView): BadgeTone {
  if (device.lastSeenAt === null) return 'quiet';
  return device.silent ? 'warn' : 'ok';
}

function DeviceRow({ device }: { device: DeviceView }) {
  const { t, format } = useDisplay();
  const now = useNow(10_000);
  return (
    <div className="grid gap-1 px-4 py-2.5 text-small middle:grid-cols-[2fr_2fr_1fr] middle:items-center middle:gap-4">
      <div className="min-w-0">
        <p className="font-mono font-semibold">{device.nativeId}</p>
        <p className="text-fine text-muted">
          {[device.protocol, device.model, device.name].filter(Boolean).join(' · ')}
        </p>
      </div>
      <p className="min-w-0">
        {device.subject?.name ?? t('devices.noWearer')}
        <span className="text-muted"> · {device.grid?.name ?? t('where.noGrid')}</span>
      </p>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1 middle:justify-end">
        <Battery level={device.battery} />
        {!device.active ? (
          <Badge tone="quiet">{t('devices.inactive')}</Badge>
        ) : (
          <Badge
            tone={toneOf(device)}
            icon={device.silent || device.lastSeenAt === null ? 'offline' : 'check'}
          >
            {device.lastSeenAt === null ? t('common.never') : format.ago(device.lastSeenAt, now)}
          </Badge>
        )}
      </div>
    </div>
  );
}
