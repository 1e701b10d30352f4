import type { AlertView, WhyView } from '../../api/why-schemas.ts';
import { request, withQuery } from './http.ts';

/** What an incident or a ticket came of. */
export interface AlertsOf {
  kind: 'incidents' | 'tickets';
  id: number;
}

/** Readings of days are played again. */
const patient = { timeoutMs: 60_000 };

export const whyApi = {
  alerts: ({ kind, id }: AlertsOf) => request<AlertView[]>('GET', `/api/${kind}/${id}/alerts`),
  ofAlert: (id: number) => request<WhyView>('GET', `/api/alerts/${id}/explain`, undefined, patient),
  ofRule: (rule: string, of: { device: number; at: number }) =>
    request<WhyView>('GET', withQuery(`/api/rules/${rule}/explain`, of), undefined, patient),
};
