import { useState } from 'react';
import type { DeviceView } from '../../api/schemas.ts';
import { useNow } from '../core/clock.ts';
import { api } from '../core/endpoints.ts';
import { useQuery } from '../core/query.ts';
import { useDisplay } from '../i18n/language.tsx';
import { Battery } from '../incidents/contact-card.tsx';
import { deviceName, isGateway } from '../property/devices.ts';
import { Button } from '../ui/button.tsx';
import { TextField } from '../ui/field.tsx';
import { Segments } from '../ui/segments.tsx';
import { Empty } from '../ui/states.tsx';
import { Badge, type BadgeTone } from '../ui/surface.tsx';
import { DeviceDialog } from './device-dialog.tsx';
import { wornLanguages } from './device-draft.ts';
import { useLanguageTitle } from './language-title.ts';

const views = ['all', 'bands', 'sensors', 'gateways'] as const;
type View = (typeof views)[number];
type Fits = Readonly<Record<View, (device: DeviceView) => boolean>>;

function fitsOf(wornLanguages: ReadonlySet<string>): Fits {
  const isBand = ({ subject, protocol, asset }: DeviceView) =>
    subject !== null || (asset === null && wornLanguages.has(protocol));
  return {
    all: () => true,
    bands: isBand,
    sensors: (device) => !isBand(device) && !isGateway(device),
    gateways: isGateway,
  };
}

/** As many as a person scrolls through; the search finds the others. */
const STEP = 60;

/** Registered devices, searched by whatever is known of them. */
export function DeviceList({ devices }: { devices: readonly DeviceView[] }) {
  const { t, format } = useDisplay();
  const [text, setText] = useState('');
  const [view, setView] = useState<View>('all');
  const [most, setMost] = useState(STEP);
  const [openedId, setOpenedId] = useState<number | undefined>();
  const { data } = useQuery('catalogue', api.catalogue);
  const titleOf = useLanguageTitle();
  const fits = fitsOf(wornLanguages(data?.models ?? []));
  const shown = devices.filter((device) => fits[view](device) && matches(device, text, titleOf));
  const opened = devices.find((device) => device.id === openedId);
  const choices = views.map((value) => ({
    value,
    label: t(`deviceView.${value}`),
    count: devices.filter(fits[value]).length,
  }));
  return (
    <>
      <div className="grid gap-3 px-4 pt-1 pb-3">
        <Segments label={t('devices.views')} choices={choices} value={view} onChange={setView} />
        <TextField
          label={t('common.search')}
          type="search"
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      </div>
      {shown.length === 0 && <Empty icon="search" title={t('common.nothing')} />}
      <ul className="divide-y divide-line border-t border-line">
        {shown.slice(0, most).map((device) => (
          <li key={device.id}>
            <DeviceRow device={device} onOpen={() => setOpenedId(device.id)} />
          </li>
        ))}
      </ul>
      {shown.length > most && (
        <div className="border-t border-line p-2">
          <Button tone="bare" block onClick={() => setMost(most + STEP)}>
            {t('devices.more', { count: format.number(shown.length - most) })}
          </Button>
        </div>
      )}
      {opened && (
        <DeviceDialog
          key={opened.id}
          device={opened}
          devices={devices}
          onOpen={setOpenedId}
          onClose={() => setOpenedId(undefined)}
        />
      )}
    </>
  );
}

function matches(device: DeviceView, text: string, titleOf: (protocol: string) => string): boolean {
  const wanted = text.trim().toLowerCase();
  if (wanted === '') return true;
  const fields = [
    device.nativeId,
    device.name,
    device.model,
    device.subject?.name,
    device.grid?.name,
    device.protocol,
    titleOf(device.protocol),
    device.gateway?.name,
    device.asset?.name,
    ...(device.asset?.path ?? []),
  ];
  return fields.some((field) => field?.toLowerCase().includes(wanted));
}

function toneOf(device: DeviceView): BadgeTone {
  if (device.lastSeenAt === null) return 'quiet';
  return device.silent || device.online === false ? 'warn' : 'ok';
}

function DeviceRow({ device, onOpen }: { device: DeviceView; onOpen: () => void }) {
  const { t, format } = useDisplay();
  const now = useNow(10_000);
  const titleOf = useLanguageTitle();
  const { asset, subject } = device;
  const place = asset ? [...asset.path, asset.name].join(' › ') : undefined;
  const isQuiet = device.silent || device.online === false || device.lastSeenAt === null;
  return (
    <button
      type="button"
      onClick={onOpen}
      className="grid w-full gap-1 px-4 py-2.5 text-left text-small hover:bg-paper middle:grid-cols-[2fr_2fr_1fr] middle:items-center middle:gap-4"
    >
      <span className="min-w-0">
        <span className="block font-semibold">{deviceName(device)}</span>
        <span className="block text-fine text-muted">
          {[device.name && device.nativeId, titleOf(device.protocol), device.model]
            .filter(Boolean)
            .join(' · ')}
        </span>
      </span>
      <span className="min-w-0">
        {subject?.name ?? place ?? t('sensors.noPlace')}
        <span className="block text-fine text-muted">
          {device.grid?.name ?? t('where.noGrid')}
          {device.gateway && ` · ${t('sensors.through', { name: device.gateway.name })}`}
          {device.children > 0 && ` · ${t('sensors.children', { count: device.children })}`}
        </span>
      </span>
      <span className="flex flex-wrap items-center gap-x-3 gap-y-1 middle:justify-end">
        {device.battery !== null && <Battery level={device.battery} />}
        {!device.active ? (
          <Badge tone="quiet">{t('devices.inactive')}</Badge>
        ) : (
          <Badge tone={toneOf(device)} icon={isQuiet ? 'offline' : 'check'}>
            {device.lastSeenAt === null ? t('common.never') : format.ago(device.lastSeenAt, now)}
          </Badge>
        )}
      </span>
    </button>
  );
}
