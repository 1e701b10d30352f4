import { useState } from 'react';
import type { DeviceView } from '../../api/schemas.ts';
import { useDisplay } from '../i18n/language.tsx';
import { TextField } from '../ui/field.tsx';
import { Segments } from '../ui/segments.tsx';
import { Empty, Fetched } from '../ui/states.tsx';
import { Card, PageTitle } from '../ui/surface.tsx';
import { DeviceRow } from './device-row.tsx';
import { byNeed, deviceName, isGateway, needsCare, useBuildingDevices } from './devices.ts';

const filters = ['attention', 'gateways', 'all'] as const;
type Filter = (typeof filters)[number];
const belongs: Readonly<Record<Filter, (device: DeviceView) => boolean>> = {
  attention: needsCare,
  gateways: isGateway,
  all: () => true,
};

/** The health of all devices in buildings: what nobody hears, what runs flat, which gateways are lost. */
export function SensorsPage() {
  const { t } = useDisplay();
  const query = useBuildingDevices();
  const [filter, setFilter] = useState<Filter>('attention');
  const [text, setText] = useState('');
  const choices = filters.map((value) => ({
    value,
    label: t(`sensors.${value}`),
    count: query.data?.filter(belongs[value]).length,
  }));
  return (
    <div className="grid min-w-0 gap-4">
      <PageTitle note={t('sensors.note')}>{t('sensors.title')}</PageTitle>
      <div className="flex flex-wrap items-end justify-between gap-3">
        <Segments label={t('sensors.filter')} choices={choices} value={filter} onChange={setFilter} />
        <div className="w-full middle:max-w-xs">
          <TextField
            label={t('common.search')}
            type="search"
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        </div>
      </div>
      <Fetched query={query}>
        {(devices) => <DeviceGrid devices={devices.filter(belongs[filter])} filter={filter} text={text} />}
      </Fetched>
    </div>
  );
}

/** More rows than this nobody scrolls through: the search finds them. */
const SHOWN_AT_MOST = 300;

function DeviceGrid({
  devices,
  filter,
  text,
}: {
  devices: readonly DeviceView[];
  filter: Filter;
  text: string;
}) {
  const { t } = useDisplay();
  const wanted = text.trim().toLowerCase();
  const shown = devices
    .filter((device) =>
      [
        deviceName(device),
        device.nativeId,
        device.model,
        device.gateway?.name,
        device.asset?.name,
        ...(device.asset?.path ?? []),
      ].some((field) => field?.toLowerCase().includes(wanted)),
    )
    .sort(byNeed);
  if (shown.length === 0) {
    const isCalm = wanted === '' && filter === 'attention';
    return (
      <Card>
        <Empty icon={isCalm ? 'shield' : 'search'} title={isCalm ? t('sensors.fine') : t('common.nothing')}>
          {isCalm && t('sensors.fineNote')}
        </Empty>
      </Card>
    );
  }
  return (
    <ul className="grid grid-cols-[repeat(auto-fill,minmax(min(100%,22rem),1fr))] gap-3">
      {shown.slice(0, SHOWN_AT_MOST).map((device) => (
        <li
          key={device.id}
          className="min-w-0 overflow-hidden rounded-card border border-line bg-surface shadow-card"
        >
          <DeviceRow device={device} />
        </li>
      ))}
    </ul>
  );
}
