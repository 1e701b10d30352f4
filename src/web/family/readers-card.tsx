import type { AuditView, SubjectView } from '../../api/schemas.ts';
import { useNow } from '../core/clock.ts';
import { api } from '../core/endpoints.ts';
import { useQuery } from '../core/query.ts';
import { useDisplay } from '../i18n/language.tsx';
import { CallLink } from '../incidents/contact-card.tsx';
import { Icon } from '../ui/icons.tsx';
import { Fetched } from '../ui/states.tsx';
import { Card } from '../ui/surface.tsx';

/** Who may see her data, and who looked at what, when. */
export function ReadersCard({ subject }: { subject: SubjectView }) {
  const { t } = useDisplay();
  const grids = useQuery('grids', api.grids);
  const grid = grids.data?.find((one) => one.id === subject.grid?.id);
  const onDuty = [grid?.worker, grid?.deputy].filter((person) => person !== null && person !== undefined);
  return (
    <Card title={t('readers.title')} icon="eye">
      <p className="text-small text-muted">{t('readers.note')}</p>
      <h3 className="mt-3 mb-1.5 text-small font-semibold">{t('readers.family')}</h3>
      <ul className="grid gap-1 text-small">
        {subject.family.map((person) => (
          <li key={person.id}>
            {person.name} · {person.relation}
          </li>
        ))}
      </ul>
      {onDuty.length > 0 && (
        <>
          <h3 className="mt-3 mb-1.5 text-small font-semibold">{t('readers.onDuty')}</h3>
          <div className="grid gap-1.5">
            {onDuty.map((person) =>
              person.phone ? (
                <CallLink
                  key={person.id}
                  phone={person.phone}
                  label={t('readers.worker')}
                  name={person.name}
                />
              ) : (
                <p key={person.id} className="text-small">
                  {person.name}
                </p>
              ),
            )}
          </div>
        </>
      )}
      <h3 className="mt-4 mb-1.5 text-small font-semibold">{t('readers.log')}</h3>
      <AccessLog subjectId={subject.id} />
    </Card>
  );
}

interface Look {
  entry: AuditView;
  times: number;
}

const SAME_LOOK_MS = 30 * 60_000;

/** Looks of one person at one thing within half an hour become one line, with the newest of them; the log itself keeps each. */
function together(entries: readonly AuditView[]): Look[] {
  const looks: Look[] = [];
  for (const entry of [...entries].sort((a, b) => b.at - a.at)) {
    const same = looks.find(
      ({ entry: newest }) =>
        newest.account?.id === entry.account?.id &&
        newest.action === entry.action &&
        newest.at - entry.at < SAME_LOOK_MS,
    );
    if (same) same.times += 1;
    else looks.push({ entry, times: 1 });
  }
  return looks;
}

function AccessLog({ subjectId }: { subjectId: number }) {
  const { t } = useDisplay();
  const query = useQuery(`audit-${subjectId}`, () => api.audit({ subject: subjectId, limit: 100 }));
  return (
    <Fetched query={query}>
      {(entries) =>
        entries.length === 0 ? (
          <p className="text-small text-muted">{t('readers.none')}</p>
        ) : (
          <ol className="grid gap-2">
            {together(entries)
              .slice(0, 12)
              .map((look) => (
                <LookLine key={look.entry.id} look={look} />
              ))}
          </ol>
        )
      }
    </Fetched>
  );
}

function LookLine({ look: { entry, times } }: { look: Look }) {
  const { t, word, format } = useDisplay();
  const now = useNow(30_000);
  return (
    <li className="flex items-start gap-2 text-small">
      <Icon name="eye" size={18} className="mt-0.5 text-muted" />
      <span className="min-w-0">
        <span className="font-semibold">{entry.account?.name ?? t('readers.service')}</span> ·{' '}
        {word('audit', entry.action)}
        {times > 1 && <span className="text-muted"> {t('readers.times', { count: times })}</span>}
        <span className="block text-fine text-muted">{format.moment(entry.at, now)}</span>
      </span>
    </li>
  );
}
