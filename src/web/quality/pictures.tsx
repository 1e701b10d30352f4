import type { AlarmFigures, AlarmQuality } from '../../api/alarm-quality-schemas.ts';
import type { Finding } from '../../model/findings.ts';
import { useDisplay } from '../i18n/language.tsx';
import { Card } from '../ui/surface.tsx';
import { type Bar, Bars, Columns, type Part, Stack } from './bars.tsx';

/** How many alarms people got by day and by night. */
export function DaysCard({ report }: { report: AlarmQuality }) {
  const { t, format } = useDisplay();
  const day = (text: string) => text.slice(5).replace('-', '/');
  const nights = report.days.reduce((sum, one) => sum + one.byNight, 0);
  const perPerson = report.received.people * report.days.length;
  return (
    <Card title={t('quality.days')} icon="calendar">
      <Columns
        label={t('quality.days.label', { alarms: report.received.alarms, nights })}
        columns={report.days.map((one) => ({
          key: one.day,
          label: day(one.day),
          title: t('quality.day', {
            day: day(one.day),
            byDay: one.byDay,
            byNight: one.byNight,
            people: one.people,
          }),
          parts: [
            { value: one.byNight, fill: 'fill-brand' },
            { value: one.byDay, fill: 'fill-gold' },
          ],
        }))}
      />
      <Legend
        parts={[
          { key: 'night', label: t('quality.night'), fill: 'fill-brand' },
          { key: 'day', label: t('quality.byDay'), fill: 'fill-gold' },
        ]}
      />
      <p className="mt-1 text-small text-muted">
        {perPerson === 0
          ? t('quality.nobody')
          : t('quality.perPerson', {
              people: report.received.people,
              alarms: format.number(report.received.alarms / perPerson, 1),
              nights: format.number(nights / perPerson, 1),
            })}
      </p>
    </Card>
  );
}

/** How alarms come: alone, or many at once. */
export function WindowsCard({ report }: { report: AlarmQuality }) {
  const { t, format } = useDisplay();
  const { windows } = report.received;
  const [empty, ...others] = windows;
  const all = windows.reduce((sum, one) => sum + one.count, 0);
  const nameOf = (atLeast: number, next: number | undefined) => {
    if (next === undefined) return t('quality.window.over', { count: atLeast - 1 });
    if (next - atLeast === 1) return t('quality.window.one', { count: atLeast });
    return t('quality.window.range', { from: atLeast, to: next - 1 });
  };
  const bars: Bar[] = others.map(({ atLeast, count }, i) => ({
    key: String(atLeast),
    label: nameOf(atLeast, others[i + 1]?.atLeast),
    value: count,
    text: t('quality.window.count', { count: format.number(count) }),
    fill: i === others.length - 1 ? 'fill-danger' : 'fill-brand-lit',
  }));
  return (
    <Card title={t('quality.windows')} icon="pulse">
      <Bars bars={bars} label={t('quality.windows')} />
      <p className="mt-3 text-small text-muted">
        {t('quality.window.none', {
          percent: format.number(all === 0 ? 100 : (100 * (empty?.count ?? 0)) / all, 1),
          hours: format.number(report.received.busyHours),
        })}
      </p>
    </Card>
  );
}

const severities = [
  { key: 'critical', aim: 0.05, fill: 'fill-danger' },
  { key: 'warning', aim: 0.15, fill: 'fill-gold' },
  { key: 'info', aim: 0.8, fill: 'fill-brand-lit' },
] as const;

/** Where everything is urgent, nothing is. */
export function PriorityCard({ report }: { report: AlarmQuality }) {
  const { t, format } = useDisplay();
  const { alarms, severities: counts } = report.figures;
  const percent = (share: number) => `${format.number(100 * share)}%`;
  const parts: Part[] = severities.map(({ key, fill }) => ({
    key,
    fill,
    label: `${t(`severity.${key}`)} ${percent(alarms === 0 ? 0 : counts[key] / alarms)}`,
    share: alarms === 0 ? 0 : counts[key] / alarms,
  }));
  const aims: Part[] = severities.map(({ key, fill, aim }) => ({
    key,
    fill,
    label: `${t(`severity.${key}`)} ${percent(aim)}`,
    share: aim,
  }));
  return (
    <Card title={t('quality.priority')} icon="flag">
      <p className="text-small font-medium">{t('quality.priority.is')}</p>
      <Stack parts={parts} label={parts.map((part) => part.label).join(t('common.comma'))} />
      <Legend parts={parts} />
      <p className="mt-3 text-small font-medium">{t('quality.priority.aim')}</p>
      <Stack parts={aims} label={aims.map((part) => part.label).join(t('common.comma'))} />
      <Legend parts={aims} />
    </Card>
  );
}

const causes: readonly { finding: Finding; fill: string }[] = [
  { finding: 'real', fill: 'fill-ok' },
  { finding: 'false_press', fill: 'fill-danger' },
  { finding: 'device_fault', fill: 'fill-danger' },
  { finding: 'harmless', fill: 'fill-warn' },
  { finding: 'test', fill: 'fill-edge' },
];

/** What the alarms were, by who looked into them. */
export function FindingsCard({ figures }: { figures: AlarmFigures }) {
  const { t, format } = useDisplay();
  const bars: Bar[] = causes.map(({ finding, fill }) => ({
    key: finding,
    label: t(`finding.${finding}`),
    value: figures.findings[finding],
    text: format.number(figures.findings[finding]),
    fill,
  }));
  return (
    <Card title={t('quality.findings')} icon="search">
      <Bars bars={bars} label={t('quality.findings')} />
      <p className="mt-3 text-small text-muted">
        {t('quality.unjudged', {
          count: format.number(figures.unjudged),
          withdrawn: format.number(figures.withdrawn),
        })}
      </p>
    </Card>
  );
}

function Legend({ parts }: { parts: readonly Pick<Part, 'key' | 'label' | 'fill'>[] }) {
  return (
    <ul className="mt-1 flex flex-wrap gap-x-4 gap-y-1 text-fine">
      {parts.map((part) => (
        <li key={part.key} className="inline-flex items-center gap-1.5">
          <svg aria-hidden="true" viewBox="0 0 8 8" className="size-3">
            <rect width="8" height="8" rx="2" className={part.fill} />
          </svg>
          {part.label}
        </li>
      ))}
    </ul>
  );
}
