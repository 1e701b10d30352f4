import type { AlarmQuality } from '../../api/alarm-quality-schemas.ts';
import { useDisplay } from '../i18n/language.tsx';
import { Icon, type IconName } from '../ui/icons.tsx';
import { shareText } from './share-text.ts';
import { saysEnough, targets, type Verdict, verdictOn } from './verdict.ts';

const looks: Readonly<Record<Verdict, { icon: IconName; text: string }>> = {
  good: { icon: 'checkCircle', text: 'text-ok' },
  fair: { icon: 'alert', text: 'text-warn' },
  bad: { icon: 'alert', text: 'text-danger' },
  unknown: { icon: 'info', text: 'text-muted' },
};

interface Figure {
  label: string;
  value: string;
  aim: string;
  verdict: Verdict;
}

/** The figures that say whether people can trust their alarms, each with what it ought to be. */
export function Headline({ report }: { report: AlarmQuality }) {
  const { t } = useDisplay();
  const figures = useFigures(report);
  return (
    <ul
      aria-label={t('quality.headline')}
      className="grid grid-cols-2 gap-2 large:grid-cols-1 middle:grid-cols-4"
    >
      {figures.map(({ label, value, aim, verdict }) => (
        <li
          key={label}
          className="min-w-0 rounded-card border border-line bg-surface px-3 py-2.5 shadow-card"
        >
          <p className="text-fine text-muted">{label}</p>
          <p className={`flex items-center gap-1.5 text-title font-bold ${looks[verdict].text}`}>
            <span className="tnum min-w-0">{value}</span>
            <Icon name={looks[verdict].icon} size={18} />
            <span className="sr-only">{t(`quality.verdict.${verdict}`)}</span>
          </p>
          <p className="text-fine text-muted">{aim}</p>
        </li>
      ))}
    </ul>
  );
}

function useFigures(report: AlarmQuality): Figure[] {
  const { t, format } = useDisplay();
  const { received, figures, acknowledge } = report;
  const share = (value: number | null) => (value === null ? t('quality.unknown') : shareText(value, format));
  const span = (ms: number | null) => (ms === null ? t('quality.unknown') : format.span(ms));
  const ofPeople = (value: number) => (received.people === 0 ? null : value);
  const average = Math.max(0, ...report.workers.map((one) => one.average10Min));
  const flooded = Math.max(0, ...report.workers.map((one) => one.floodShare));
  const topTen = saysEnough(report) ? report.topTenShare : null;
  return [
    {
      label: t('quality.average'),
      value: format.number(average, 2),
      aim: t('quality.average.aim'),
      verdict: verdictOn('average10Min', ofPeople(average)),
    },
    {
      label: t('quality.most'),
      value: format.number(received.most10Min),
      aim: t('quality.most.aim'),
      verdict: verdictOn('most10Min', ofPeople(received.most10Min)),
    },
    {
      label: t('quality.flood'),
      value: share(flooded),
      aim: t('quality.flood.aim'),
      verdict: verdictOn('floodShare', ofPeople(flooded)),
    },
    {
      label: t('quality.actionable'),
      value: share(figures.actionableShare),
      aim: t('quality.actionable.aim', { percent: 100 * targets.actionableShare.good }),
      verdict: verdictOn('actionableShare', figures.actionableShare),
    },
    {
      label: t('quality.topTen'),
      value: share(report.topTenShare),
      aim: t('quality.topTen.aim'),
      verdict: verdictOn('topTenShare', topTen),
    },
    {
      label: t('quality.chattering'),
      value: format.number(figures.chatteringPoints),
      aim: t('quality.chattering.aim', { fleeting: format.number(figures.fleeting) }),
      verdict: verdictOn('chattering', figures.chatteringPoints),
    },
    {
      label: t('quality.stale'),
      value: format.number(report.stale.mostOnADay),
      aim: t('quality.stale.aim'),
      verdict: verdictOn('stale', report.stale.mostOnADay),
    },
    {
      label: t('quality.answered'),
      value: span(acknowledge.incidents.p50),
      aim: t('quality.answered.aim', { p95: span(acknowledge.incidents.p95) }),
      verdict: verdictOn('incidentP50', acknowledge.incidents.p50),
    },
  ];
}
