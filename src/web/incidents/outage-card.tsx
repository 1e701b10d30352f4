import { useState } from 'react';
import type { OutageView } from '../../api/outage-schemas.ts';
import type { IncidentDetail } from '../../api/schemas.ts';
import { useNow } from '../core/clock.ts';
import { api } from '../core/endpoints.ts';
import { useQuery } from '../core/query.ts';
import { useDisplay } from '../i18n/language.tsx';
import { Button } from '../ui/button.tsx';
import { Fetched } from '../ui/states.tsx';
import { Badge, Card, Notice } from '../ui/surface.tsx';
import { outageHint } from './describe.ts';

type OutageDevice = OutageView['devices'][number];

/** So many rows at first: what counts is how many there are. */
const FIRST = 12;

/** Who fell silent and who is back, as it stands now. */
export function OutageCard({ incident }: { incident: IncidentDetail }) {
  const display = useDisplay();
  const query = useQuery(`outage-${incident.id}`, () => api.outage(incident.id), {
    topics: ['incident', 'alert'],
    pollMs: 15_000,
  });
  return (
    <Card title={display.t('outage.title')} icon="offline" flush>
      {incident.outage && (
        <p className="px-4 pt-1 text-small text-muted">{outageHint(incident.outage, display)}</p>
      )}
      <Fetched query={query}>{(outage) => <LiveList outage={outage} />}</Fetched>
    </Card>
  );
}

function LiveList({ outage }: { outage: OutageView }) {
  const { t } = useDisplay();
  const silent = outage.devices.filter(({ backAt }) => backAt === null);
  const back = outage.devices.filter(({ backAt }) => backAt !== null);
  return (
    <div className="grid gap-3 px-4 pt-2 pb-4">
      <Progress outage={outage} />
      <Course outage={outage} />
      {silent.length > 0 && <Rows devices={silent} />}
      {back.length > 0 && (
        <details>
          <summary className="tap-small flex cursor-pointer items-center text-small font-semibold text-ok">
            {t('outage.showBack', { count: back.length })}
          </summary>
          <Rows devices={back} />
        </details>
      )}
      {outage.hidden > 0 && (
        <p className="text-fine text-muted">{t('outage.hidden', { count: outage.hidden })}</p>
      )}
    </div>
  );
}

/** Whether it lasts, is over, or is part of another. */
function Course({ outage: { into, endedAt, silent } }: { outage: OutageView }) {
  const { t } = useDisplay();
  if (into !== null) return <Notice tone="quiet" icon="offline" title={t('outage.into', { id: into })} />;
  if (endedAt !== null)
    return (
      <Notice tone="ok" icon="checkCircle" title={silent === 0 ? t('outage.allBack') : t('outage.ended')} />
    );
  return (
    <p className="flex items-start gap-2 rounded-control bg-sunken px-3 py-2.5 text-small">
      {t('outage.sosPasses')}
    </p>
  );
}

function Progress({ outage: { silent, back } }: { outage: OutageView }) {
  const { t } = useDisplay();
  const percent = Math.round((100 * back) / Math.max(1, silent + back));
  return (
    <div className="grid gap-2">
      <p className="flex flex-wrap items-center gap-2">
        <Badge tone={silent > 0 ? 'danger' : 'quiet'} icon="offline">
          {t('outage.silent', { count: silent })}
        </Badge>
        <Badge tone={back > 0 ? 'ok' : 'quiet'} icon="check">
          {t('outage.back', { count: back })}
        </Badge>
      </p>
      <div aria-hidden className="h-2.5 overflow-hidden rounded-full bg-danger-soft">
        <div className="h-full bg-ok" style={{ width: `${percent}%` }} />
      </div>
    </div>
  );
}

function Rows({ devices }: { devices: readonly OutageDevice[] }) {
  const { t } = useDisplay();
  const [all, setAll] = useState(false);
  const shown = all ? devices : devices.slice(0, FIRST);
  return (
    <>
      <ul className="grid divide-y divide-line">
        {shown.map((device) => (
          <Row key={device.id} device={device} />
        ))}
      </ul>
      {shown.length < devices.length && (
        <Button tone="bare" size="small" icon="down" onClick={() => setAll(true)}>
          {t('outage.showAll', { count: devices.length })}
        </Button>
      )}
    </>
  );
}

/** A wearer by her name; anything else by where it is, which is what one has to know to get there. */
function Row({ device }: { device: OutageDevice }) {
  const { t, format } = useDisplay();
  const now = useNow(5000);
  const { subject, name, nativeId, model, path, gateway, silentSince, backAt } = device;
  const place = path.slice(1).join(' › ') || path.join(' › ');
  const called = name ?? nativeId;
  const title = subject?.name ?? (place === '' ? called : place);
  const what = [
    title === called ? undefined : called,
    model,
    gateway === null ? undefined : t('outage.behind', { name: gateway }),
  ].filter(Boolean);
  return (
    <li className="grid grid-cols-[1fr_auto] items-baseline gap-x-3 py-2 large:grid-cols-1">
      <div className="min-w-0">
        <p className="font-semibold break-words">{title}</p>
        <p className="text-fine break-words text-muted">{what.join(' · ')}</p>
      </div>
      <p className={`text-small ${backAt === null ? 'text-danger' : 'text-ok'}`}>
        {backAt === null
          ? t('outage.for', { time: format.ago(silentSince, now) })
          : t('outage.backAt', { time: format.clock(backAt) })}
      </p>
    </li>
  );
}
