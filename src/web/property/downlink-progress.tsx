import type { DownlinkView } from '../../api/downlink-schemas.ts';
import { reasonText } from '../band/command-text.ts';
import { api } from '../core/endpoints.ts';
import { useQuery } from '../core/query.ts';
import { useDisplay } from '../i18n/language.tsx';
import { Icon, type IconName } from '../ui/icons.tsx';
import { Fetched } from '../ui/states.tsx';
import { Notice } from '../ui/surface.tsx';

const isDone = (state: DownlinkView['state']) =>
  state === 'acknowledged' || state === 'failed' || state === 'expired';

/** How a command fares, step by step, until the device's own state proves it or it is given up. */
export function DownlinkProgress({ deviceId, downlinkId }: { deviceId: number; downlinkId: number }) {
  const query = useQuery(`downlinks-${deviceId}`, () => api.downlinks(deviceId), {
    topics: ['device'],
    pollMs: 2_000,
  });
  return (
    <Fetched query={query}>
      {(downlinks) => {
        const downlink = downlinks.find((one) => one.id === downlinkId);
        return downlink ? <Steps downlink={downlink} /> : null;
      }}
    </Fetched>
  );
}

function Steps({ downlink }: { downlink: DownlinkView }) {
  const { t, format } = useDisplay();
  const { state, createdAt, sentAt, doneAt, reason } = downlink;
  const last = isDone(state) ? state : 'acknowledged';
  const steps: { name: DownlinkView['state']; at: number | null; reached: boolean }[] = [
    { name: 'queued', at: createdAt, reached: true },
    { name: 'sent', at: sentAt, reached: sentAt !== null },
    { name: last, at: doneAt, reached: isDone(state) },
  ];
  const failed = state === 'failed' || state === 'expired';
  return (
    <div role="status" className="grid gap-3">
      <ol aria-label={t('switch.progress')} className="grid gap-2">
        {steps.map(({ name, at, reached }) => (
          <li
            key={name}
            {...(name === state ? { 'aria-current': 'step' as const } : {})}
            className={`flex items-center gap-3 text-small ${reached ? 'font-semibold' : 'text-muted'}`}
          >
            <Icon name={stepIcon(name, reached)} className={stepLook(name, reached)} />
            <span className="min-w-0 flex-1">{t(`downlink.${name}`)}</span>
            {at !== null && <span className="tnum text-fine text-muted">{format.clockSeconds(at)}</span>}
          </li>
        ))}
      </ol>
      {!isDone(state) && <p className="text-small text-muted">{t('switch.wait')}</p>}
      {failed && (
        <Notice tone="danger" icon="alert">
          {[reason && reasonText(reason, t), t('downlinkReason.none')].filter(Boolean).join(' · ')}
        </Notice>
      )}
    </div>
  );
}

function stepIcon(name: DownlinkView['state'], reached: boolean): IconName {
  if (!reached) return 'clock';
  return name === 'failed' || name === 'expired' ? 'alert' : 'checkCircle';
}

function stepLook(name: DownlinkView['state'], reached: boolean): string {
  if (!reached) return 'text-muted';
  return name === 'failed' || name === 'expired' ? 'text-danger' : 'text-ok';
}
