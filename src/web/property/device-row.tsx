import type { ReactNode } from 'react';
import type { DeviceView } from '../../api/schemas.ts';
import { useNow } from '../core/clock.ts';
import { pathTo } from '../core/router.ts';
import { useDisplay } from '../i18n/language.tsx';
import { Link } from '../ui/button.tsx';
import { BatteryIcon, Icon, type IconName } from '../ui/icons.tsx';
import { Badge, type BadgeTone } from '../ui/surface.tsx';
import { type DeviceState, deviceName, deviceState, isFlat, isGateway } from './devices.ts';
import { assetIcons } from './tree.ts';

const iconsByName: ReadonlyMap<string, IconName> = new Map(Object.entries(assetIcons));

const tones: Readonly<Record<DeviceState, { tone: BadgeTone; icon: IconName }>> = {
  offline: { tone: 'danger', icon: 'offline' },
  silent: { tone: 'warn', icon: 'offline' },
  never: { tone: 'quiet', icon: 'offline' },
  flat: { tone: 'ok', icon: 'check' },
  fine: { tone: 'ok', icon: 'check' },
  inactive: { tone: 'quiet', icon: 'pause' },
};

interface DeviceRowProps {
  device: DeviceView;
  /** On the page of its own place, which need not be said again. */
  isHere?: boolean;
  children?: ReactNode;
}

/** One device: what it is, where, whether it speaks, its battery and its ticket. */
export function DeviceRow({ device, isHere = false, children }: DeviceRowProps) {
  const { t } = useDisplay();
  const { gateway } = device;
  return (
    <div className="grid h-full content-start gap-2 bg-surface px-4 py-3">
      <div className="flex items-start gap-3">
        <Icon name={deviceIcon(device)} size={24} className="text-muted" />
        <div className="min-w-0 flex-1">
          <p className="text-small font-bold">{deviceName(device)}</p>
          {!isHere && <Place device={device} />}
          <p className="text-fine text-muted">
            {[
              device.model,
              gateway ? t('sensors.through', { name: gateway.name }) : '',
              isGateway(device) ? t('sensors.children', { count: device.children }) : '',
            ]
              .filter(Boolean)
              .join(' · ')}
          </p>
        </div>
      </div>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1.5 text-small">
        <StateBadge device={device} />
        {device.battery !== null && <SensorBattery level={device.battery} />}
        {device.openTicketId !== null && (
          <Link
            to={pathTo('ticket', device.openTicketId)}
            className="tap-small -my-2 inline-flex items-center gap-1 font-semibold text-action"
          >
            <Icon name="wrench" size={18} />
            {t('sensors.ticket')}
          </Link>
        )}
      </div>
      {children}
    </div>
  );
}

function StateBadge({ device }: { device: DeviceView }) {
  const { t, format } = useDisplay();
  const now = useNow(10_000);
  const state = deviceState(device);
  const seen =
    device.lastSeenAt === null
      ? t('sensors.never')
      : t('sensors.seen', { ago: format.ago(device.lastSeenAt, now) });
  const words: Readonly<Record<DeviceState, string>> = {
    offline: t('sensors.offline'),
    silent: t('sensors.silent'),
    never: '',
    flat: device.online ? t('sensors.online') : '',
    fine: device.online ? t('sensors.online') : '',
    inactive: t('sensors.inactive'),
  };
  return <Badge {...tones[state]}>{[words[state], seen].filter(Boolean).join(' · ')}</Badge>;
}

function deviceIcon(device: DeviceView): IconName {
  if (isGateway(device)) return 'gateway';
  return (device.asset && iconsByName.get(device.asset.kind)) ?? 'device';
}

function Place({ device }: { device: DeviceView }) {
  const { t } = useDisplay();
  const { asset } = device;
  if (!asset) return <p className="text-fine text-muted">{t('sensors.noPlace')}</p>;
  return (
    <Link to={pathTo('asset', asset.id)} className="block text-fine text-action hover:underline">
      {[...asset.path, asset.name].join(' › ')}
    </Link>
  );
}

/** Its charge; a flat one is changed, where a wristband is charged. */
export function SensorBattery({ level }: { level: number }) {
  const { t, format } = useDisplay();
  return (
    <span className={`inline-flex items-center gap-1.5 ${isFlat(level) ? 'font-semibold text-danger' : ''}`}>
      <BatteryIcon level={level} />
      {format.percent(level)}
      {isFlat(level) && ` · ${t('sensors.batteryLow')}`}
    </span>
  );
}
