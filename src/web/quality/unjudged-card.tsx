import { useState } from 'react';
import type { UnjudgedAlert } from '../../api/alarm-quality-schemas.ts';
import type { Finding } from '../../model/findings.ts';
import { adminApi } from '../core/admin-endpoints.ts';
import { useNow } from '../core/clock.ts';
import { api } from '../core/endpoints.ts';
import { useQuery } from '../core/query.ts';
import { useDisplay } from '../i18n/language.tsx';
import { Button } from '../ui/button.tsx';
import { useSubmit } from '../ui/submit.ts';
import { Card } from '../ui/surface.tsx';

const findings: readonly Finding[] = ['real', 'device_fault', 'harmless', 'false_press', 'test'];
const SHOWN = 8;

/** Alarms that are over and of which nobody has said what they were; without that no share of false ones is known. */
export function UnjudgedCard({ onJudged }: { onJudged: () => void }) {
  const { t } = useDisplay();
  const query = useQuery('unjudged-alerts', adminApi.unjudgedAlerts);
  const alerts = query.data ?? [];
  if (alerts.length === 0) return null;
  const done = () => {
    query.reload();
    onJudged();
  };
  return (
    <Card title={t('quality.ask', { count: alerts.length })} icon="note">
      <p className="mb-2 text-small text-muted">{t('quality.ask.note')}</p>
      <ul className="grid gap-3">
        {alerts.slice(0, SHOWN).map((alert) => (
          <UnjudgedRow key={alert.id} alert={alert} onJudged={done} />
        ))}
      </ul>
    </Card>
  );
}

function UnjudgedRow({ alert, onJudged }: { alert: UnjudgedAlert; onJudged: () => void }) {
  const { t, word, format } = useDisplay();
  const now = useNow(60_000);
  const submission = useSubmit();
  const [isOpen, setOpen] = useState(false);
  const say = (finding: Finding) =>
    submission.run(async () => {
      await api.finding(alert.id, finding);
      onJudged();
    });
  const name = alert.deviceName ?? alert.nativeId;
  return (
    <li className="grid gap-1.5 border-b border-line pb-3 last:border-0 last:pb-0">
      <div className="flex flex-wrap items-center justify-between gap-x-3 gap-y-1">
        <p className="min-w-0 text-small">
          <span className="font-medium">{name}</span>
          <span className="text-muted">
            {' · '}
            {word('kind', alert.kind)} · {format.moment(alert.firedAt, now)}
            {alert.resolvedAt !== null &&
              alert.resolvedAt > alert.firedAt &&
              ` · ${format.span(alert.resolvedAt - alert.firedAt)}`}
          </span>
        </p>
        <Button
          size="small"
          tone="soft"
          aria-expanded={isOpen}
          aria-label={`${t('quality.ask.open')} ${name}`}
          onClick={() => setOpen(!isOpen)}
        >
          {t('quality.ask.open')}
        </Button>
      </div>
      {isOpen && (
        <div className="flex flex-wrap gap-2">
          {findings.map((finding) => (
            <Button key={finding} size="small" disabled={submission.busy} onClick={() => say(finding)}>
              {t(`finding.${finding}`)}
            </Button>
          ))}
        </div>
      )}
      {submission.error && (
        <p role="alert" className="text-small text-danger">
          {submission.error}
        </p>
      )}
    </li>
  );
}
