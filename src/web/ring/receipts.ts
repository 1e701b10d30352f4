import { useEffect } from 'react';
import type { IncidentDetail, NotificationView } from '../../api/schemas.ts';
import { api } from '../core/endpoints.ts';
import { useSession } from '../core/session.tsx';

const order: readonly NotificationView['state'][] = [
  'queued',
  'accepted',
  'delivered',
  'rung',
  'answered',
  'read',
];
const sent = new Set<string>();

/** Tells the service once per message that this page rang with it or showed it. A receipt that gets lost changes nothing else. */
export function useReceipt(incident: IncidentDetail | undefined, state: 'rung' | 'read' | undefined): void {
  const { me } = useSession();
  useEffect(() => {
    if (!incident || !state) return;
    for (const one of incident.notifications) {
      const key = `${one.id}-${state}`;
      const isMine = one.account?.id === me.id && one.channel === 'live';
      const isNews = order.includes(one.state) && order.indexOf(one.state) < order.indexOf(state);
      if (!isMine || !isNews || sent.has(key)) continue;
      sent.add(key);
      api.receipt(one.id, state).catch(() => sent.delete(key));
    }
  }, [incident, state, me.id]);
}
