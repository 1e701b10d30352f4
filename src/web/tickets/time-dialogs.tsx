import { useState } from 'react';
import { useDisplay } from '../i18n/language.tsx';
import { ChoiceField, TextArea } from '../ui/field.tsx';
import { useSubmit } from '../ui/submit.ts';
import { useTicketAction } from './act.ts';
import { DialogFrame } from './dialog-frame.tsx';
import type { TicketDialogProps } from './ticket-dialogs.tsx';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const pauseDays = ['1', '2', '3', '7'] as const;

/** Asks a desk to stop the clock while nobody can work. */
export function PauseDialog({ ticket, onClose }: TicketDialogProps) {
  const { t, format } = useDisplay();
  const send = useTicketAction(ticket.id);
  const submission = useSubmit();
  const [days, setDays] = useState<(typeof pauseDays)[number]>('1');
  const [reason, setReason] = useState('');
  const work = async () => {
    if (reason.trim() === '') return submission.refuse(t('ticketForm.reasonMissing'));
    await send('pause', { reason: reason.trim(), until: Date.now() + Number(days) * DAY });
    onClose();
  };
  return (
    <DialogFrame
      title={t('ticketAct.pause')}
      note={t('ticketNote.pause')}
      onClose={onClose}
      submission={submission}
      work={work}
      submit={{ label: t('ticketForm.ask'), icon: 'pause' }}
    >
      <ChoiceField
        label={t('ticketForm.howLong')}
        value={days}
        onChange={setDays}
        choices={pauseDays.map((value) => ({ value, label: format.span(Number(value) * DAY) }))}
      />
      <TextArea
        label={t('ticketForm.reason')}
        placeholder={t('ticketForm.pausePlaceholder')}
        value={reason}
        maxLength={500}
        onChange={(event) => setReason(event.target.value)}
      />
    </DialogFrame>
  );
}

/** What counts by the hour is lengthened by hours, what counts by the day by days. */
const steps: Readonly<Record<'hours' | 'days', readonly number[]>> = {
  hours: [2 * HOUR, 4 * HOUR, 8 * HOUR, 16 * HOUR],
  days: [DAY, 2 * DAY, 3 * DAY, 7 * DAY],
};

/** Asks a desk for a later deadline. */
export function ExtendDialog({ ticket, onClose }: TicketDialogProps) {
  const { t, format } = useDisplay();
  const send = useTicketAction(ticket.id);
  const submission = useSubmit();
  const choices = steps[ticket.clock.unit === 'natural_days' ? 'days' : 'hours'];
  const [byMs, setByMs] = useState(String(choices[0]));
  const [reason, setReason] = useState('');
  const work = async () => {
    if (reason.trim() === '') return submission.refuse(t('ticketForm.reasonMissing'));
    await send('extend', { reason: reason.trim(), byMs: Number(byMs) });
    onClose();
  };
  return (
    <DialogFrame
      title={t('ticketAct.extend')}
      note={t('ticketNote.extend', { unit: t(`clockUnit.${ticket.clock.unit}`) })}
      onClose={onClose}
      submission={submission}
      work={work}
      submit={{ label: t('ticketForm.ask'), icon: 'clock' }}
    >
      <ChoiceField
        label={t('ticketForm.howLong')}
        value={byMs}
        onChange={setByMs}
        choices={choices.map((ms) => ({ value: String(ms), label: format.span(ms) }))}
      />
      <TextArea
        label={t('ticketForm.reason')}
        value={reason}
        maxLength={500}
        onChange={(event) => setReason(event.target.value)}
      />
    </DialogFrame>
  );
}
