import { useState } from 'react';
import type { TicketSummary } from '../../api/ticket-schemas.ts';
import { api } from '../core/endpoints.ts';
import { useQuery } from '../core/query.ts';
import { useSession } from '../core/session.tsx';
import { useDisplay } from '../i18n/language.tsx';
import { type Choice, ChoiceField, TextArea } from '../ui/field.tsx';
import { useSubmit } from '../ui/submit.ts';
import { useTicketAction } from './act.ts';
import { isBeforeFinish } from './describe.ts';
import { DialogFrame } from './dialog-frame.tsx';
import type { TicketDialogProps } from './ticket-dialogs.tsx';
import { useOpenTickets } from './ticket-list.tsx';

type Taker = `person-${number}` | `company-${number}`;

/** A task for somebody of the company, those on duty first with what they have already; the ticket stays with its owner. */
export function AssignDialog({ ticket, onClose }: TicketDialogProps) {
  const { t } = useDisplay();
  const send = useTicketAction(ticket.id);
  const submission = useSubmit();
  const choices = useTakers(ticket);
  const [taker, setTaker] = useState<Taker | undefined>();
  const [note, setNote] = useState('');
  const work = async () => {
    if (!taker) return submission.refuse(t('ticketForm.takerMissing'));
    const id = Number(taker.split('-')[1]);
    const to = taker.startsWith('person') ? { accountId: id } : { companyId: id };
    const said = note.trim();
    await send('assign', { ...to, ...(said ? { note: said } : {}) });
    onClose();
  };
  return (
    <DialogFrame
      title={t('ticketAct.assign')}
      note={t('ticketNote.assign')}
      onClose={onClose}
      submission={submission}
      work={work}
      submit={{ label: t('ticketForm.assign'), icon: 'users' }}
    >
      {choices.length === 0 && <p className="text-small">{t('ticketForm.nobody')}</p>}
      {choices.length > 0 && (
        <ChoiceField
          label={t('ticketForm.taker')}
          value={taker}
          onChange={setTaker}
          columns={1}
          choices={choices}
        />
      )}
      <TextArea
        label={t('ticketForm.assignNote')}
        optional={t('common.optional')}
        placeholder={t('ticketForm.assignPlaceholder')}
        value={note}
        rows={2}
        maxLength={500}
        onChange={(event) => setNote(event.target.value)}
      />
    </DialogFrame>
  );
}

function useTakers(ticket: TicketDialogProps['ticket']): Choice<Taker>[] {
  const { t } = useDisplay();
  const { me } = useSession();
  const open = useOpenTickets();
  const companies = useQuery('companies', api.companies);
  const onDuty = new Set(
    (companies.data ?? []).flatMap(({ members }) => members.filter((one) => one.onDuty).map((one) => one.id)),
  );
  const people = [...ticket.assignable.people].sort(
    (a, b) => Number(onDuty.has(b.id)) - Number(onDuty.has(a.id)),
  );
  return [
    ...people.map((person): Choice<Taker> => {
      const load = loadOf(open.data ?? [], person.id);
      const facts = [
        person.id === me.id ? `${person.name} (${t('incident.you')})` : person.name,
        onDuty.has(person.id) ? t('duty.on') : undefined,
        load > 0 ? t('ticketForm.load', { count: load }) : undefined,
      ];
      return { value: `person-${person.id}`, label: facts.filter(Boolean).join(' · ') };
    }),
    ...ticket.assignable.companies.map(
      (company): Choice<Taker> => ({ value: `company-${company.id}`, label: company.name }),
    ),
  ];
}

function loadOf(tickets: readonly TicketSummary[], accountId: number): number {
  return tickets.filter(
    (ticket) => isBeforeFinish(ticket.status) && ticket.assignees.some((person) => person.id === accountId),
  ).length;
}

/** The dispatcher gives it to a property company. */
export function DispatchDialog({ ticket, onClose }: TicketDialogProps) {
  const { t } = useDisplay();
  const send = useTicketAction(ticket.id);
  const submission = useSubmit();
  const [company, setCompany] = useState<string | undefined>();
  const work = async () => {
    if (!company) return submission.refuse(t('ticketForm.takerMissing'));
    await send('dispatch', { companyId: Number(company) });
    onClose();
  };
  return (
    <DialogFrame
      title={t('ticketAct.dispatch')}
      note={t('ticketNote.dispatch')}
      onClose={onClose}
      submission={submission}
      work={work}
      submit={{ label: t('ticketAct.dispatch'), icon: 'building' }}
    >
      <ChoiceField
        label={t('ticket.company')}
        value={company}
        onChange={setCompany}
        columns={1}
        choices={ticket.dispatchable.map(({ id, name }) => ({ value: String(id), label: name }))}
      />
    </DialogFrame>
  );
}
