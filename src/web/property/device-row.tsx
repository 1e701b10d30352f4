import type { ReactNode } from 'react';
import type { DeviceView } from '../../api/schemas.ts';
import { useNow } from '../core/clock.ts';
import { pathTo } from '../core/router.ts';
import { useDisplay } from '../i18n/language.tsx';
import { Battery } from '../incidents/contact-card.tsx';
import { Link } from '../ui/button.tsx';
import { Icon, type IconName } from '../ui/icons.tsx';
import { Badge, type BadgeTone } from '../ui/surface.tsx';
import { type DeviceState, deviceName, deviceState, isGateway } from './devices.ts';

const tones: Readonly<Record<DeviceState, { tone: BadgeTone; icon: IconName }>> = {
  offline: { tone: 'danger', icon: 'offline' },
  silent: { tone: 'warn', icon: 'offline' },
  never: { tone: 'quiet', icon: 'offline' },
  flat: { tone: 'ok', icon: 'check' },
  fine: { tone: 'ok', icon: 'check' },
  inactive: { tone: 'quiet', icon: 'pause' },
};

/** One device: what it is, where, whether it speaks, its battery and its ticket. */
export function DeviceRow({ device, children }: { device: DeviceView; children?: ReactNode }) {
  const { t } = useDisplay();
  const { asset, gateway } = device;
  const place = asset ? [...asset.path, asset.name].join(' › ') : t('sensors.noPlace');
  return (
    <div className="grid h-full content-start gap-2 bg-surface px-4 py-3">
      <div className="flex items-start gap-3">
        <Icon name={isGateway(device) ? 'gateway' : 'device'} size={24} className="text-muted" />
        <div className="min-w-0 flex-1">
          <p className="text-small font-bold">{deviceName(device)}</p>
          {asset ? (
            <Link to={pathTo('asset', asset.id)} className="block text-fine text-action hover:underline">
              {place}
            </Link>
          ) : (
            <p className="text-fine text-muted">{place}</p>
          )}
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
        {device.battery !== null && <Battery level={device.battery} />}
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
