import type { AssetView } from '../../api/asset-schemas.ts';
import { useDisplay } from '../i18n/language.tsx';
import { Badge } from '../ui/surface.tsx';

/** How a place and everything below it stands, in words; a dot says the same at a glance. */
export function AssetState({ asset, quietWhenCalm = false }: { asset: AssetView; quietWhenCalm?: boolean }) {
  const { t } = useDisplay();
  const { openTickets, silentDevices, devices, worstSeverity } = asset;
  return (
    <span className="flex flex-wrap items-center gap-1.5">
      {openTickets > 0 && (
        <Badge tone={worstSeverity === 'critical' ? 'danger' : 'warn'} icon="wrench">
          {t('assets.tickets', { count: openTickets })}
        </Badge>
      )}
      {silentDevices > 0 && (
        <Badge tone="quiet" icon="offline">
          {t('assets.silent', { count: silentDevices })}
        </Badge>
      )}
      {openTickets === 0 && silentDevices === 0 && !quietWhenCalm && (
        <Badge tone={devices > 0 ? 'ok' : 'quiet'} {...(devices > 0 ? { icon: 'check' as const } : {})}>
          {devices > 0 ? t('assets.calm') : t('assets.noDevices')}
        </Badge>
      )}
    </span>
  );
}

const dots = {
  critical: 'bg-danger',
  other: 'bg-gold',
  silent: 'bg-edge',
  calm: 'bg-ok',
  none: 'bg-line',
} as const;

/** The dot alone, beside a name; what it means stands in the words of `AssetState`. */
export function AssetDot({ asset }: { asset: AssetView }) {
  const { openTickets, silentDevices, devices, worstSeverity } = asset;
  const trouble = openTickets > 0 ? (worstSeverity === 'critical' ? 'critical' : 'other') : undefined;
  const state = trouble ?? (silentDevices > 0 ? 'silent' : devices > 0 ? 'calm' : 'none');
  return <span aria-hidden="true" className={`size-3 shrink-0 rounded-full ${dots[state]}`} />;
}
