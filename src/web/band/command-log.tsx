import { useState } from 'react';
import type { DownlinkView } from '../../api/downlink-schemas.ts';
import { useNow } from '../core/clock.ts';
import { api } from '../core/endpoints.ts';
import { useQuery } from '../core/query.ts';
import { useDisplay } from '../i18n/language.tsx';
import { Button } from '../ui/button.tsx';
import { Icon, type IconName } from '../ui/icons.tsx';
import { commandName, reasonText } from './command-text.ts';

/** As many as say what was done just now; the others are asked for. */
const FEW = 3;

const looks: Readonly<Record<DownlinkView['state'], { icon: IconName; look: string }>> = {
  queued: { icon: 'clock', look: 'text-muted' },
  sent: { icon: 'up', look: 'text-action' },
  acknowledged: { icon: 'checkCircle', look: 'text-ok' },
  failed: { icon: 'alert', look: 'text-danger' },
  expired: { icon: 'offline', look: 'text-warn' },
};

/** The latest commands to a wristband and how each fared, the newest first. */
export function CommandLog({ deviceId }: { deviceId: number }) {
  const { t } = useDisplay();
  const query = useQuery(`downlinks-${deviceId}`, () => api.downlinks(deviceId), {
    topics: ['device'],
    pollMs: 5_000,
  });
  const [all, setAll] = useState(false);
  const sent = (query.data ?? []).filter(({ kind }) => kind !== 'switch');
  if (sent.length === 0) return null;
  return (
    <section className="grid gap-1.5">
      <h3 className="text-small font-bold">{t('band.log')}</h3>
      <ul className="grid gap-1.5">
        {sent.slice(0, all ? sent.length : FEW).map((downlink) => (
          <Line key={downlink.id} downlink={downlink} />
        ))}
      </ul>
      {sent.length > FEW && !all && (
        <Button tone="bare" size="small" onClick={() => setAll(true)}>
          {t('band.logAll', { count: sent.length })}
        </Button>
      )}
    </section>
  );
}

function Line({ downlink }: { downlink: DownlinkView }) {
  const { t, format, word } = useDisplay();
  const now = useNow(10_000);
  const { state, reason, createdAt, expiresAt, requestedBy, text } = downlink;
  const { icon, look } = looks[state];
  const waits = state === 'queued' || state === 'sent';
  const told = [
    format.moment(createdAt, now),
    requestedBy?.name ?? t('band.byService'),
    waits ? t('band.until', { at: format.moment(expiresAt, now) }) : undefined,
    reason === null ? undefined : reasonText(reason, t),
  ];
  return (
    <li className="flex items-start gap-2.5 rounded-control bg-paper px-3 py-2 text-small">
      <Icon name={icon} size={20} className={`mt-0.5 shrink-0 ${look}`} />
      <span className="min-w-0">
        <span className="font-semibold">{commandName(downlink, word)}</span>
        {text !== null && text !== '' && <span className="wrap-anywhere"> “{text}”</span>}
        {` · ${t(`downlink.${state}`)}`}
        <span className="block text-fine text-muted">{told.filter(Boolean).join(' · ')}</span>
      </span>
    </li>
  );
}
