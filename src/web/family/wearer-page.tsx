import type { GridView, LatestReading, SubjectView } from '../../api/schemas.ts';
import { BandCommands } from '../band/band-commands.tsx';
import { useNow } from '../core/clock.ts';
import { api } from '../core/endpoints.ts';
import { isRecord } from '../core/http.ts';
import { useQuery } from '../core/query.ts';
import { pathTo } from '../core/router.ts';
import { useSession } from '../core/session.tsx';
import { useDisplay } from '../i18n/language.tsx';
import { Battery } from '../incidents/contact-card.tsx';
import { ageInYears } from '../incidents/describe.ts';
import type { MapMarker } from '../map/marker.tsx';
import { SchematicMap } from '../map/schematic-map.tsx';
import { IncidentList } from '../responder/responder-home.tsx';
import { BackLink, ButtonLink } from '../ui/button.tsx';
import { Icon } from '../ui/icons.tsx';
import { Fetched } from '../ui/states.tsx';
import { Card, Facts, PageTitle } from '../ui/surface.tsx';
import { AlertFinding } from './alert-finding.tsx';
import { ReadersCard } from './readers-card.tsx';
import { TraitChips } from './trait-chips.tsx';
import { Vitals } from './vitals.tsx';
import { AlertLines, WellBeingLine } from './well-being.tsx';

export function useSubject(id: number) {
  return useQuery(`subject-${id}`, () => api.subject(id), {
    topics: ['incident', 'alert', 'device'],
    pollMs: 30_000,
    onlyWithoutLive: true,
  });
}

export function WearerPage({ id }: { id: number }) {
  const { t } = useDisplay();
  const query = useSubject(id);
  return (
    <div className="mx-auto grid w-full max-w-5xl gap-4">
      <BackLink to={pathTo('family')}>{t('common.back')}</BackLink>
      <Fetched query={query}>{(subject) => <Wearer subject={subject} />}</Fetched>
    </div>
  );
}

function Wearer({ subject }: { subject: SubjectView }) {
  const { t } = useDisplay();
  const now = useNow(60_000);
  const age = ageInYears(subject.birthYear, now);
  const latest = subject.latest ?? [];
  return (
    <>
      <PageTitle
        note={subject.homeAddress ?? t('subject.noAddress')}
        aside={
          <ButtonLink to={pathTo('editWearer', subject.id)} size="small" icon="edit">
            {t('subject.edit')}
          </ButtonLink>
        }
      >
        {subject.name}
        {age !== undefined && (
          <span className="text-base font-normal text-muted"> {t('common.years', { age })}</span>
        )}
      </PageTitle>
      <WellBeingLine subject={subject} />
      <AlertLines subject={subject} />
      <AlertFinding subject={subject} />
      {subject.openIncidentId !== null && (
        <ButtonLink to={pathTo('incident', subject.openIncidentId)} tone="danger" icon="sos" block>
          {t('family.openIncident')}
        </ButtonLink>
      )}
      <div className="grid min-w-0 gap-4 wide:grid-cols-[3fr_2fr] wide:items-start">
        <div className="grid min-w-0 gap-4">
          <Vitals subjectId={subject.id} latest={latest} />
          <PastIncidents subjectId={subject.id} />
        </div>
        <div className="grid min-w-0 gap-4">
          <PositionCard subject={subject} latest={latest} />
          <BandCard subject={subject} />
          <ReadersCard subject={subject} />
        </div>
      </div>
    </>
  );
}

interface Fix {
  latitude: number;
  longitude: number;
  accuracyM: number | undefined;
  source: string;
  at: number;
}

/** The newest fix among the latest readings. */
export function latestFix(latest: readonly LatestReading[]): Fix | undefined {
  const reading = latest.find((one) => one.signal === 'location');
  if (!reading || !isRecord(reading.value)) return undefined;
  const { latitude, longitude, accuracyM, source } = reading.value;
  if (typeof latitude !== 'number' || typeof longitude !== 'number') return undefined;
  return {
    latitude,
    longitude,
    accuracyM: typeof accuracyM === 'number' ? accuracyM : undefined,
    source: String(source),
    at: reading.observedAt,
  };
}

function PositionCard({ subject, latest }: { subject: SubjectView; latest: readonly LatestReading[] }) {
  const { t } = useDisplay();
  const grids = useQuery('grids', api.grids);
  const fix = latestFix(latest);
  const home = homeMarker(subject, t('where.homeShort'));
  if (!fix && !home) return null;
  return (
    <Card title={t('where.title')} icon="pin" flush>
      <p className="px-4 pt-1 pb-3 text-small text-muted">
        {fix ? <FixText fix={fix} /> : t('where.homeOnly')}
      </p>
      {grids.data && <PositionMap subject={subject} grids={grids.data} fix={fix} home={home} />}
    </Card>
  );
}

function FixText({ fix }: { fix: Fix }) {
  const { format, word } = useDisplay();
  const now = useNow(10_000);
  const accuracy = fix.accuracyM === undefined ? '' : ` · ± ${format.metres(fix.accuracyM)}`;
  return `${word('fix', fix.source)}${accuracy} · ${format.ago(fix.at, now)}`;
}

function homeMarker(subject: SubjectView, text: string): MapMarker | undefined {
  const { homeLatitude, homeLongitude } = subject;
  if (homeLatitude === null || homeLongitude === null) return undefined;
  return { key: 'home', kind: 'home', latitude: homeLatitude, longitude: homeLongitude, title: text, text };
}

interface PositionMapProps {
  subject: SubjectView;
  grids: readonly GridView[];
  fix: Fix | undefined;
  home: MapMarker | undefined;
}

function PositionMap({ subject, grids, fix, home }: PositionMapProps) {
  const { t } = useDisplay();
  const markers: MapMarker[] = home ? [home] : [];
  if (fix) {
    const { latitude, longitude, accuracyM } = fix;
    markers.push({
      key: 'fix',
      kind: 'wearer',
      latitude,
      longitude,
      accuracyM,
      title: subject.name,
      text: subject.name,
    });
  }
  return (
    <SchematicMap
      grids={grids}
      markers={markers}
      focusGridId={subject.grid?.id}
      label={t('map.wearer', { who: subject.name, grid: subject.grid?.name ?? '' })}
    />
  );
}

function BandCard({ subject }: { subject: SubjectView }) {
  const { t, format } = useDisplay();
  const now = useNow(10_000);
  const { device } = subject;
  return (
    <Card title={t('device.title')} icon="watch">
      {device ? (
        <div className="grid gap-3">
          <Facts
            rows={[
              [t('device.battery'), <Battery key="battery" level={device.battery} />],
              [t('device.id'), device.nativeId],
              [
                t('device.lastSeen'),
                subject.lastSeenAt === null ? t('common.never') : format.ago(subject.lastSeenAt, now),
              ],
            ]}
          />
          <Told deviceId={device.id} />
        </div>
      ) : (
        <p className="text-small text-muted">{t('subject.noDevice')}</p>
      )}
      {subject.traits.length > 0 && (
        <div className="mt-3 border-t border-line pt-3">
          <TraitChips traits={subject.traits} />
        </div>
      )}
      {subject.watchHome && (
        <p className="mt-3 flex items-start gap-2 border-t border-line pt-3 text-small">
          <Icon name="home" size={19} className="mt-0.5" />
          {t('wearer.watched', {
            radius:
              subject.homeRadiusM === null
                ? t('wearer.homeRadiusDefault')
                : t('wearer.metres', { count: subject.homeRadiusM }),
          })}
        </p>
      )}
      {subject.careNotes && (
        <p className="mt-3 border-t border-line pt-3 text-small whitespace-pre-line">{subject.careNotes}</p>
      )}
    </Card>
  );
}

function Told({ deviceId }: { deviceId: number }) {
  const device = useQuery(`device-${deviceId}`, () => api.device(deviceId), { topics: ['device'] });
  return device.data ? <BandCommands device={device.data} /> : null;
}

function PastIncidents({ subjectId }: { subjectId: number }) {
  const { t } = useDisplay();
  const { me } = useSession();
  const query = useQuery(
    `incidents-of-${subjectId}`,
    () => api.incidents({ subject: subjectId, limit: 20 }),
    {
      topics: ['incident'],
    },
  );
  return <IncidentList title={t('family.incidents')} incidents={query.data ?? []} readerId={me.id} />;
}
