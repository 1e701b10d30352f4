import { useState } from 'react';
import type { DeviceView } from '../../api/schemas.ts';
import { useNow } from '../core/clock.ts';
import { pathTo } from '../core/router.ts';
import { useDisplay } from '../i18n/language.tsx';
import { SensorBattery } from '../property/device-row.tsx';
import { deviceName } from '../property/devices.ts';
import { Link } from '../ui/button.tsx';
import { Icon, type IconName } from '../ui/icons.tsx';
import { Card } from '../ui/surface.tsx';
import { isSensor, type SensorState, sensorState } from './points.ts';

export const sensorLooks: Readonly<Record<SensorState, { icon: IconName; soft: string }>> = {
  fault: { icon: 'alert', soft: 'bg-warn-soft text-warn' },
  down: { icon: 'gateway', soft: 'bg-danger-soft text-danger' },
  silent: { icon: 'offline', soft: 'bg-sunken text-muted' },
  fine: { icon: 'checkCircle', soft: 'bg-ok-soft text-ok' },
};
const order: readonly SensorState[] = ['down', 'fault', 'silent', 'fine'];
/** More rows than a person reads; the search of the devices page finds any. */
const MOST = 60;

/** All sensors and gateways, those one has to think of first; a press on a state shows only those. */
export function SensorStates({ devices }: { devices: readonly DeviceView[] }) {
  const { t, format } = useDisplay();
  const [only, setOnly] = useState<SensorState | undefined>();
  const sensors = devices.filter(isSensor);
  const count = (state: SensorState) => sensors.filter((one) => sensorState(one) === state).length;
  const shown = sensors
    .filter((device) => only === undefined || sensorState(device) === only)
    .sort(
      (a, b) =>
        order.indexOf(sensorState(a)) - order.indexOf(sensorState(b)) ||
        deviceName(a).localeCompare(deviceName(b)),
    );
  return (
    <Card
      title={t('board.sensors', { count: format.number(sensors.length) })}
      icon="gauge"
      flush
      className="flex flex-col"
    >
      <fieldset aria-label={t('board.sensorFilter')} className="flex flex-wrap gap-2 px-4 py-2.5">
        {order.map((state) => (
          <button
            key={state}
            type="button"
            aria-pressed={only === state}
            onClick={() => setOnly(only === state ? undefined : state)}
            className="tap-small inline-flex items-center gap-1.5 rounded-full border border-edge px-3.5 text-small font-semibold aria-pressed:border-brand aria-pressed:bg-brand aria-pressed:text-white"
          >
            <Icon name={sensorLooks[state].icon} size={18} />
            {t(`sensorState.${state}`)}
            <span className="tnum">{format.number(count(state))}</span>
          </button>
        ))}
      </fieldset>
      <ul
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls has to be reached by keyboard.
        tabIndex={0}
        aria-label={t('board.sensors', { count: format.number(shown.length) })}
        className="max-h-[32rem] min-h-0 divide-y divide-line overflow-y-auto border-t border-line wide:max-h-none wide:flex-1"
      >
        {shown.slice(0, MOST).map((device) => (
          <li key={device.id}>
            <SensorRow device={device} />
          </li>
        ))}
        {shown.length > MOST && (
          <li className="px-4 py-3 text-center text-small text-muted">
            {t('board.sensorsMore', { count: format.number(shown.length - MOST) })}
          </li>
        )}
        {shown.length === 0 && (
          <li className="px-4 py-6 text-center text-small text-muted">{t('board.noSensors')}</li>
        )}
      </ul>
    </Card>
  );
}

function SensorRow({ device }: { device: DeviceView }) {
  const { t, format } = useDisplay();
  const now = useNow(10_000);
  const state = sensorState(device);
  const looks = sensorLooks[state];
  const row = (
    <>
      <span className={`grid size-9 shrink-0 place-items-center rounded-full ${looks.soft}`}>
        <Icon name={looks.icon} size={20} />
      </span>
      <span className="min-w-0 flex-1">
        <span className="block text-small font-semibold">
          {deviceName(device)}
          <span className="font-normal text-muted">
            {' · '}
            {device.asset?.path[0] ?? device.asset?.name ?? device.grid?.name ?? t('where.noGrid')}
          </span>
        </span>
        <span className="block text-fine text-muted">
          {t(`sensorState.${state}`)}
          {device.children > 0 && ` · ${t('sensors.children', { count: device.children })}`}
        </span>
      </span>
      <span className="text-right text-fine">
        <span className="block text-muted">
          {device.lastSeenAt === null ? t('common.never') : format.ago(device.lastSeenAt, now)}
        </span>
        {device.battery !== null && <SensorBattery level={device.battery} />}
      </span>
    </>
  );
  const looksOfRow = 'flex items-center gap-3 px-4 py-2';
  if (device.openTicketId === null) return <div className={looksOfRow}>{row}</div>;
  return (
    <Link to={pathTo('boardTicket', device.openTicketId)} className={`${looksOfRow} hover:bg-sunken`}>
      {row}
    </Link>
  );
}
