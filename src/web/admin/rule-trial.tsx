import type { RuleDetail, ShadowReport } from '../../api/rule-schemas.ts';
import { useNow } from '../core/clock.ts';
import { useQuery } from '../core/query.ts';
import { ruleApi } from '../core/rule-endpoints.ts';
import { hasRole, useSession } from '../core/session.tsx';
import { useDisplay } from '../i18n/language.tsx';
import { Empty, Fetched } from '../ui/states.tsx';
import { Badge, type BadgeTone, Card, Notice } from '../ui/surface.tsx';
import { useSpeaker } from '../ui/toast.tsx';
import { ConfirmButton } from './confirm-button.tsx';

/** What the version on trial raised beside the one in force, and what becomes of it. */
export function RuleTrial({ rule, reload }: { rule: RuleDetail; reload: () => void }) {
  const { t } = useDisplay();
  const { me } = useSession();
  const isRecording = rule.trial !== null || rule.state === 'shadow';
  const query = useQuery(`trial ${rule.name} ${rule.trial?.id ?? ''}`, () => ruleApi.report(rule.name), {
    pollMs: 30_000,
    enabled: isRecording,
  });
  if (!isRecording)
    return (
      <Empty icon="eye" title={t('rules.noTrial')}>
        {t('rules.noTrialNote')}
      </Empty>
    );
  return (
    <>
      <Fetched query={query}>{(report) => <Report rule={rule} report={report} />}</Fetched>
      {hasRole(me, 'admin') && rule.trial && <Fate rule={rule} trial={rule.trial} reload={reload} />}
    </>
  );
}

const sides = ['both', 'live', 'shadow'] as const;
const labels = { both: 'rules.trialBoth', live: 'rules.trialLive', shadow: 'rules.trialShadow' } as const;
const tones: Readonly<Record<(typeof sides)[number], BadgeTone>> = {
  both: 'ok',
  live: 'warn',
  shadow: 'action',
};

function Report({ rule, report }: { rule: RuleDetail; report: ShadowReport }) {
  const { t, format } = useDisplay();
  const now = useNow(30_000);
  const by = rule.trial?.author ?? rule.author ?? t('rules.folder');
  const isQuiet = sides.every((side) => report.counts[side] === 0);
  return (
    <>
      <Notice
        tone="action"
        icon="eye"
        title={t('rules.trialSince', { ago: format.ago(report.since, now), by })}
      >
        {rule.trial?.note ?? t('rules.tryNote')}
      </Notice>
      <dl className="grid grid-cols-3 gap-2">
        {sides.map((side) => (
          <div key={side} className="rounded-card border border-line bg-surface px-3 py-3 shadow-card">
            <dt className="text-fine text-muted">{t(labels[side])}</dt>
            <dd className="tnum text-title font-bold">{format.number(report.counts[side])}</dd>
          </div>
        ))}
      </dl>
      {isQuiet ? (
        <p className="text-small text-muted">{t('rules.trialNone')}</p>
      ) : (
        <Card title={t('rules.trialAlerts')} icon="bell">
          <ul className="grid gap-2">
            {report.alerts.map((alert) => (
              <li
                key={`${alert.at} ${alert.device} ${alert.in}`}
                className="flex flex-wrap items-center justify-between gap-x-3 gap-y-1 text-small"
              >
                <span className="min-w-0">
                  <span className="font-medium">{alert.device}</span>
                  {alert.asset && <span className="text-muted"> · {alert.asset}</span>}
                </span>
                <span className="flex flex-wrap items-center gap-2">
                  <span className="tnum text-muted">{format.moment(alert.at, now)}</span>
                  <Badge tone={tones[alert.in]}>{t(labels[alert.in])}</Badge>
                </span>
              </li>
            ))}
          </ul>
        </Card>
      )}
    </>
  );
}

interface FateProps {
  rule: RuleDetail;
  trial: NonNullable<RuleDetail['trial']>;
  reload: () => void;
}

function Fate({ rule, trial, reload }: FateProps) {
  const { t } = useDisplay();
  const { toast } = useSpeaker();
  const done = (text: string) => {
    toast({ tone: 'ok', text });
    reload();
  };
  return (
    <div className="flex flex-wrap gap-2">
      <ConfirmButton
        label={t('rules.adopt')}
        question={t('rules.adoptQuestion')}
        icon="checkCircle"
        onConfirm={async () => {
          await ruleApi.adopt(rule.name, { versionId: trial.id, basedOn: rule.basedOn });
          done(t('rules.adopted'));
        }}
      />
      <ConfirmButton
        label={t('rules.stopTrial')}
        question={t('rules.stopTrialQuestion')}
        onConfirm={async () => {
          await ruleApi.stopTrial(rule.name, { basedOn: rule.trialBasedOn });
          done(t('rules.stopped'));
        }}
      />
    </div>
  );
}
