import type { IncidentLocation } from '../model/incidents.ts';
import type { Outage } from '../model/outages.ts';
import type { NewNotification } from '../platform/outbox-store.ts';
import type { Asked } from './climb.ts';
import type { IncidentTemplate } from './templates.ts';

/** What a message about an incident says; null is not known. */
export interface MessageFacts {
  kind: string;
  severity: string;
  subjectName: string | null;
  protocol: string;
  nativeId: string;
  grid: string | null;
  address: string | null;
  location: IncidentLocation | null;
  presses: number;
  late: boolean;
  /** When it happened, by the device's time, where we heard of it late. */
  happenedAt: number | null;
  raisedAt: number;
  /** Where many devices fell silent together. */
  outage?: Pick<Outage, 'silent' | 'of'>;
}

/** One message for each person and channel. `extra` is what this message says beside the facts. */
export function messagesTo(
  people: readonly Asked[],
  message: {
    incidentId: number;
    template: IncidentTemplate;
    step?: number;
    facts: MessageFacts;
    extra?: Readonly<Record<string, unknown>>;
  },
): NewNotification[] {
  const payload = { ...message.facts, ...message.extra };
  return people.flatMap(({ contact, why, channels }) =>
    channels.map((channel) => ({
      incidentId: message.incidentId,
      accountId: contact.id,
      channel,
      template: message.template,
      ...(message.step === undefined ? {} : { step: message.step }),
      why,
      payload,
    })),
  );
}
