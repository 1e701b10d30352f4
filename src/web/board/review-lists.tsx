import { api } from '../core/endpoints.ts';
import { useQuery } from '../core/query.ts';
import { useDisplay } from '../i18n/language.tsx';
import { Card } from '../ui/surface.tsx';
import { type Chosen, IncidentRows } from './worklist.tsx';

/** Resolved ones that a desk still has to look through and close. */
export function ReviewLists({ chosen }: { chosen: Chosen }) {
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
          <IncidentRows incidents={waiting} chosen={chosen} />
        </Card>
      )}
      {closed.length > 0 && (
        <Card title={t('board.closed')} icon="lock" flush>
          <IncidentRows incidents={closed} chosen={chosen} />
        </Card>
      )}
    </>
  );
}
