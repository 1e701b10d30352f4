import type { SubjectView } from '../../api/schemas.ts';
import { useNow } from '../core/clock.ts';
import { api } from '../core/endpoints.ts';
import { useQuery } from '../core/query.ts';
import { pathTo } from '../core/router.ts';
import { useSession } from '../core/session.tsx';
import { useDisplay } from '../i18n/language.tsx';
import { Battery } from '../incidents/contact-card.tsx';
import { ageInYears } from '../incidents/describe.ts';
import { SoundCheck } from '../ring/sound-check.tsx';
import { ButtonLink, Link } from '../ui/button.tsx';
import { Icon } from '../ui/icons.tsx';
import { Empty, Fetched } from '../ui/states.tsx';
import { Card, PageTitle } from '../ui/surface.tsx';
import { AlertLines, WellBeingLine } from './well-being.tsx';

/** One card per wearer: the answer to "is she well?" before anything else. */
export function FamilyHome() {
  const { t } = useDisplay();
  const { me } = useSession();
  const subjects = useQuery('subjects', api.subjects, {
    topics: ['incident', 'alert', 'device'],
    pollMs: 15_000,
  });
  return (
    <div className="mx-auto grid w-full max-w-2xl gap-4">
      <PageTitle note={t('family.greeting', { name: me.name })}>{t('family.title')}</PageTitle>
      <Fetched query={subjects}>{(all) => <Wearers subjects={all} />}</Fetched>
      <SoundCheck />
    </div>
  );
}

function Wearers({ subjects }: { subjects: readonly SubjectView[] }) {
  const { t } = useDisplay();
  if (subjects.length === 0) {
    return (
      <Card>
        <Empty icon="watch" title={t('family.none')}>
          <p>{t('family.noneNote')}</p>
        </Empty>
        <ButtonLink to={pathTo('register')} tone="action" icon="plusCircle" block>
          {t('family.register')}
        </ButtonLink>
      </Card>
    );
  }
  return (
    <>
      {subjects.map((subject) => (
        <WearerCard key={subject.id} subject={subject} />
      ))}
      <ButtonLink to={pathTo('register')} icon="plusCircle" block>
        {t('family.registerAnother')}
      </ButtonLink>
    </>
  );
}

function WearerCard({ subject }: { subject: SubjectView }) {
  const { t } = useDisplay();
  const now = useNow(60_000);
  const age = ageInYears(subject.birthYear, now);
  return (
    <Card flush>
      <div className="grid gap-3 p-4">
        <Link
          to={pathTo('wearer', subject.id)}
          className="tap -m-1 flex items-center justify-between gap-3 rounded-control p-1 hover:bg-sunken"
        >
          <span className="min-w-0">
            <span className="block text-title font-bold">
              {subject.name}
              {age !== undefined && (
                <span className="text-base font-normal text-muted"> {t('common.years', { age })}</span>
              )}
            </span>
            <span className="block text-small text-muted">
              {subject.homeAddress ?? t('subject.noAddress')}
            </span>
          </span>
          <Icon name="right" className="text-muted" />
        </Link>
        <WellBeingLine subject={subject} />
        <AlertLines subject={subject} />
        {subject.openIncidentId !== null && (
          <ButtonLink to={pathTo('incident', subject.openIncidentId)} tone="danger" icon="sos" block>
            {t('family.openIncident')}
          </ButtonLink>
        )}
        <p className="flex flex-wrap items-center gap-x-4 gap-y-1 text-small">
          <span className="inline-flex items-center gap-1.5">
            <span className="text-muted">{t('device.battery')}</span>
            {subject.device ? <Battery level={subject.device.battery} /> : t('subject.noDevice')}
          </span>
          {subject.grid && (
            <span>
              <span className="text-muted">{t('where.grid')}</span> {subject.grid.name}
            </span>
          )}
        </p>
      </div>
    </Card>
  );
}
