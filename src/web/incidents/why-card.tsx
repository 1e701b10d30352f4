import { useState } from 'react';
import type { AlertView } from '../../api/why-schemas.ts';
import { useQuery } from '../core/query.ts';
import { pathTo } from '../core/router.ts';
import { hasRole, useSession } from '../core/session.tsx';
import { type AlertsOf, whyApi } from '../core/why-endpoints.ts';
import { useDisplay } from '../i18n/language.tsx';
import { Button, Link } from '../ui/button.tsx';
import { Fetched } from '../ui/states.tsx';
import { Card } from '../ui/surface.tsx';
import { WhyTold } from './why-told.tsx';

/** Which rules raised this, and on request how each decided. */
export function WhyCard({ of }: { of: AlertsOf }) {
  const { t } = useDisplay();
  const { data: alerts } = useQuery(`alerts-${of.kind}-${of.id}`, () => whyApi.alerts(of), {
    topics: ['alert'],
  });
  if (!alerts || alerts.length === 0) return null;
  return (
    <Card title={t('why.title')} icon="rule">
      <ul className="grid gap-3 divide-y divide-line">
        {alerts.map((alert) => (
          <li key={alert.id} className="grid gap-2 pt-2 first:pt-0">
            <OneAlert alert={alert} />
          </li>
        ))}
      </ul>
    </Card>
  );
}

function OneAlert({ alert }: { alert: AlertView }) {
  const { t, format } = useDisplay();
  const { me } = useSession();
  const [open, setOpen] = useState(false);
  const seesRules = hasRole(me, 'admin') || hasRole(me, 'dispatcher');
  return (
    <>
      <p className="text-small">
        <span className="font-semibold">{t('why.rule', { title: alert.title })}</span> ·{' '}
        <span className="tnum text-muted">{format.full(alert.firedAt)}</span>
        {alert.withdrawnAt !== null && <span className="text-warn"> · {t('why.withdrawn')}</span>}
      </p>
      {open ? (
        <Told alert={alert} />
      ) : (
        <div>
          <Button size="small" icon="eye" onClick={() => setOpen(true)}>
            {t('why.show')}
          </Button>
        </div>
      )}
      {seesRules && (
        <Link
          to={pathTo('rule', alert.rule)}
          className="tap-small -ml-2 inline-flex items-center rounded-control px-2 text-small font-semibold text-action"
        >
          {t('why.openRule')}
        </Link>
      )}
    </>
  );
}

function Told({ alert }: { alert: AlertView }) {
  const { t } = useDisplay();
  const query = useQuery(`why-${alert.id}`, () => whyApi.ofAlert(alert.id));
  return (
    <Fetched query={query}>
      {(why) => (
        <>
          <WhyTold why={why} />
          {why.by === 'now' && <p className="text-fine text-muted">{t('why.now')}</p>}
        </>
      )}
    </Fetched>
  );
}
