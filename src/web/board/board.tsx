import { useMemo } from 'react';
import type { IncidentSummary, SubjectView } from '../../api/schemas.ts';
import { api } from '../core/endpoints.ts';
import { useQuery } from '../core/query.ts';
import { pathTo } from '../core/router.ts';
import { useSession } from '../core/session.tsx';
import { useDisplay } from '../i18n/language.tsx';
import { byUrgency } from '../incidents/describe.ts';
import { IncidentRow } from '../incidents/incident-row.tsx';
import { useRing } from '../ring/ring-state.tsx';
import { SoundCheck } from '../ring/sound-check.tsx';
import { Empty, Fetched } from '../ui/states.tsx';
import { Card } from '../ui/surface.tsx';
import { BoardFigures } from './board-figures.tsx';
import { BoardMap } from './board-map.tsx';
import { BoardPanel } from './board-panel.tsx';
import { WearerStates } from './wearer-states.tsx';

/**
 * The desk of a street or city: what is open and how old, where, how the wearers are, and beside it the incident that was chosen. On a
 * phone the chosen one takes the whole page.
 */
export function Board({ incidentId }: { incidentId: number | undefined }) {
  const { t } = useDisplay();
  const { open } = useRing();
  const subjects = useQuery('subjects', api.subjects, {
    topics: ['incident', 'alert', 'device'],
    pollMs: 15_000,
  });
  const rest = incidentId === undefined ? '' : 'hidden wide:grid';
  return (
    <div className="grid min-w-0 gap-4">
      <h1 className="sr-only">{t('nav.board')}</h1>
      <div className={`grid gap-3 wide:grid-cols-[1fr_auto] wide:items-center ${rest}`}>
        <BoardFigures />
        <SoundCheck compact />
      </div>
      <div className="grid min-w-0 gap-4 wide:grid-cols-[minmax(300px,24rem)_minmax(0,1fr)_minmax(340px,27rem)] wide:items-start">
        <div className={`grid min-w-0 gap-4 ${rest}`}>
          <OpenList selectedId={incidentId} />
        </div>
        <div className={`grid min-w-0 gap-4 ${rest}`}>
          <BoardMap incidents={open.data ?? []} subjects={subjects.data ?? []} selectedId={incidentId} />
          <Fetched query={subjects}>{(all: SubjectView[]) => <WearerStates subjects={all} />}</Fetched>
        </div>
        <BoardPanel incidentId={incidentId} />
      </div>
    </div>
  );
}

function OpenList({ selectedId }: { selectedId: number | undefined }) {
  const { t } = useDisplay();
  const { me } = useSession();
  const { open } = useRing();
  return (
    <>
      <Card title={t('board.open', { count: open.data?.length ?? 0 })} icon="bell" flush>
        <Fetched query={open}>
          {(incidents) => <Rows incidents={incidents} selectedId={selectedId} readerId={me.id} />}
        </Fetched>
      </Card>
      <ToReview selectedId={selectedId} readerId={me.id} />
    </>
  );
}

interface RowsProps {
  incidents: readonly IncidentSummary[];
  selectedId: number | undefined;
  readerId: number;
}

function Rows({ incidents, selectedId, readerId }: RowsProps) {
  const { t } = useDisplay();
  const sorted = useMemo(() => [...incidents].sort(byUrgency), [incidents]);
  if (sorted.length === 0) {
    return (
      <Empty icon="shield" title={t('board.calm')}>
        {t('board.calmNote')}
      </Empty>
    );
  }
  return (
    <ul className="mt-2 divide-y divide-line border-t border-line">
      {sorted.map((incident) => (
        <li key={incident.id}>
          <IncidentRow
            incident={incident}
            to={pathTo('boardIncident', incident.id)}
            selected={incident.id === selectedId}
            readerId={readerId}
          />
        </li>
      ))}
    </ul>
  );
}

/** Resolved ones that a desk still has to look through and close. */
function ToReview({ selectedId, readerId }: { selectedId: number | undefined; readerId: number }) {
  const { t } = useDisplay();
  const query = useQuery('incidents-past', () => api.incidents({ open: false, limit: 20 }), {
    topics: ['incident'],
    pollMs: 60_000,
  });
  const past = query.data ?? [];
  const waiting = past.filter((one) => one.status === 'resolved');
  const closed = past.filter((one) => one.status === 'closed').slice(0, 5);
  return (
    <>
      {waiting.length > 0 && (
        <Card title={t('board.review', { count: waiting.length })} icon="checkCircle" flush>
          <Rows incidents={waiting} selectedId={selectedId} readerId={readerId} />
        </Card>
      )}
      {closed.length > 0 && (
        <Card title={t('board.closed')} icon="lock" flush>
          <Rows incidents={closed} selectedId={selectedId} readerId={readerId} />
        </Card>
      )}
    </>
  );
}
