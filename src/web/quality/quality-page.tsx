import { useState } from 'react';
import type { AlarmQuality } from '../../api/alarm-quality-schemas.ts';
import { type AlarmQuery, adminApi } from '../core/admin-endpoints.ts';
import { withQuery } from '../core/http.ts';
import { useQuery } from '../core/query.ts';
import { useDisplay } from '../i18n/language.tsx';
import { Button } from '../ui/button.tsx';
import { Segments } from '../ui/segments.tsx';
import { Empty, Fetched } from '../ui/states.tsx';
import { PageTitle } from '../ui/surface.tsx';
import { askedFor, Filters, nothingChosen } from './filters.tsx';
import { type GroupKind, GroupsCard } from './groups-card.tsx';
import { Headline } from './headline.tsx';
import { DaysCard, FindingsCard, PriorityCard, WindowsCard } from './pictures.tsx';
import { UnjudgedCard } from './unjudged-card.tsx';
import { FloodsCard, NuisanceCard, TopTenCard, TrialsCard } from './worst.tsx';

const DAY_MS = 24 * 3_600_000;
const spans = ['1', '7', '30'] as const;
type Days = (typeof spans)[number];

/** Whether the alarms are such that people can trust them, and where they are not. */
export function QualityPage() {
  const { t } = useDisplay();
  const [days, setDays] = useState<Days>('7');
  const [chosen, setChosen] = useState(nothingChosen);
  const [now, setNow] = useState(() => Date.now());
  const period = { from: now - Number(days) * DAY_MS, to: now };
  const asked: AlarmQuery = { ...period, ...askedFor(chosen) };
  const all = useReport(period);
  const query = useReport(asked);
  const again = () => setNow(Date.now());
  return (
    <>
      <PageTitle note={t('quality.note')}>{t('admin.quality')}</PageTitle>
      <div className="flex flex-wrap items-end gap-3">
        <Segments
          label={t('quality.period')}
          value={days}
          onChange={setDays}
          choices={spans.map((value) => ({ value, label: t(`quality.days.${value}`) }))}
        />
        <Button size="small" icon="refresh" busy={query.loading} onClick={again}>
          {t('quality.again')}
        </Button>
        <Filters all={all.data} chosen={chosen} onChange={setChosen} />
      </div>
      <Fetched query={query}>
        {(report) => (
          <Report
            report={report}
            csv={(table) => withQuery('/api/reports/alarm-quality.csv', { ...asked, table })}
          />
        )}
      </Fetched>
      <UnjudgedCard onJudged={again} />
    </>
  );
}

/** The same question is asked once. */
const useReport = (asked: AlarmQuery) =>
  useQuery(`quality-${JSON.stringify(asked)}`, () => adminApi.alarmQuality(asked));

function Report({ report, csv }: { report: AlarmQuality; csv: (table: GroupKind) => string }) {
  const { t } = useDisplay();
  if (report.figures.alarms === 0 && report.received.alarms === 0)
    return (
      <Empty icon="checkCircle" title={t('quality.empty')}>
        {t('quality.empty.note')}
      </Empty>
    );
  return (
    <>
      <Headline report={report} />
      <div className="grid min-w-0 gap-4 middle:grid-cols-2">
        <DaysCard report={report} />
        <WindowsCard report={report} />
        <FindingsCard figures={report.figures} />
        <PriorityCard report={report} />
        <TopTenCard report={report} />
        <div className="grid min-w-0 content-start gap-4">
          <FloodsCard report={report} />
          <NuisanceCard report={report} />
        </div>
      </div>
      <TrialsCard report={report} />
      <GroupsCard report={report} csv={csv} />
    </>
  );
}
