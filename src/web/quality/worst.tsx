import type { AlarmPoint, AlarmQuality } from '../../api/alarm-quality-schemas.ts';
import { type Display, useDisplay } from '../i18n/language.tsx';
import { Card } from '../ui/surface.tsx';
import { Bars } from './bars.tsx';

const nameOf = ({ name, nativeId, channel }: AlarmPoint, { word }: Display): string =>
  [name ?? nativeId, channel && word('line', channel)].filter(Boolean).join(' ');

const keyOf = (point: AlarmPoint): string => [point.rule, point.nativeId, point.channel].join(' ');

/** Ten points are often most of the noise: mend those first. */
export function TopTenCard({ report }: { report: AlarmQuality }) {
  const display = useDisplay();
  const { t, word, format } = display;
  return (
    <Card title={t('quality.worst')} icon="alert">
      {report.topTen.length === 0 && <p className="text-small text-muted">{t('quality.none')}</p>}
      <Bars
        label={t('quality.worst')}
        bars={report.topTen.map((point) => ({
          key: keyOf(point),
          label: nameOf(point, display),
          note: word('kind', point.kind),
          value: point.alarms,
          text: `${format.number(point.alarms)} · ${format.number(100 * point.share, 1)}%`,
          ...(point.chatterEpisodes > 0 ? { fill: 'fill-danger' } : {}),
        }))}
      />
    </Card>
  );
}

/** What comes and goes, and what never goes. */
export function NuisanceCard({ report }: { report: AlarmQuality }) {
  const display = useDisplay();
  const { t, word, format } = display;
  const { chattering, stale, now } = report;
  return (
    <Card title={t('quality.nuisance')} icon="refresh">
      <h3 className="text-small font-semibold">{t('quality.chattering')}</h3>
      {chattering.length === 0 && <p className="text-small text-muted">{t('quality.none')}</p>}
      <ul className="grid gap-1 text-small">
        {chattering.map((point) => (
          <li key={keyOf(point)} className="flex flex-wrap justify-between gap-x-3">
            <span className="min-w-0">
              {nameOf(point, display)}
              <span className="text-muted"> · {word('kind', point.kind)}</span>
            </span>
            <span className="tnum text-muted">
              {t('quality.chatter', { times: point.chatterEpisodes, alarms: point.chatterAlarms })}
            </span>
          </li>
        ))}
      </ul>
      <h3 className="mt-4 text-small font-semibold">{t('quality.stale')}</h3>
      {stale.alarms.length === 0 && <p className="text-small text-muted">{t('quality.none')}</p>}
      <ul className="grid gap-1 text-small">
        {stale.alarms.map((alarm) => (
          <li key={alarm.id} className="flex flex-wrap justify-between gap-x-3">
            <span className="min-w-0">
              {alarm.name ?? alarm.nativeId}
              <span className="text-muted"> · {word('kind', alarm.kind)}</span>
            </span>
            <span className="tnum text-muted">{format.span((alarm.resolvedAt ?? now) - alarm.firedAt)}</span>
          </li>
        ))}
      </ul>
    </Card>
  );
}

/** When somebody got more than anybody can handle. */
export function FloodsCard({ report }: { report: AlarmQuality }) {
  const { t, format } = useDisplay();
  const { floods } = report.received;
  return (
    <Card title={t('quality.floods')} icon="bell">
      <p className="mb-2 text-small text-muted">{t('quality.floods.note')}</p>
      {floods.length === 0 && <p className="text-small">{t('quality.floods.none')}</p>}
      <ul className="grid gap-2 text-small">
        {floods.map((flood) => (
          <li key={`${flood.accountId} ${flood.from}`} className="flex flex-wrap justify-between gap-x-3">
            <span>
              <span className="font-medium">{flood.name}</span>
              <span className="text-muted"> · {format.moment(flood.from, report.now)}</span>
            </span>
            <span className="tnum text-muted">
              {t('quality.flood.line', {
                alarms: flood.alarms,
                span: format.span(flood.to - flood.from),
                most: flood.most,
              })}
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );
}

/** Versions on trial, scored on what people found. */
export function TrialsCard({ report }: { report: AlarmQuality }) {
  const { t, locale, format } = useDisplay();
  if (report.trials.length === 0) return null;
  const titleOf = (rule: string) => {
    const title = report.rules.find(({ key }) => key === rule)?.title;
    return title ? (locale === 'en' ? title.en : title.zh) : rule;
  };
  const points = (score: number | null) => (score === null ? t('quality.unknown') : format.number(score, 1));
  return (
    <Card title={t('quality.trials')} icon="rule">
      <p className="mb-2 text-small text-muted">{t('quality.trials.note')}</p>
      <ul className="grid gap-2 text-small">
        {report.trials.map((one) => (
          <li key={one.rule}>
            <p className="font-medium">{titleOf(one.rule)}</p>
            <p className="text-muted">
              {t('quality.trial', {
                trial: points(one.trialScore),
                live: points(one.liveScore),
                kept: one.trial.truePositives,
                real: one.real,
                spared: one.trial.trueNegatives,
                other: one.other,
                only: one.onlyTrial,
              })}
            </p>
          </li>
        ))}
      </ul>
    </Card>
  );
}
