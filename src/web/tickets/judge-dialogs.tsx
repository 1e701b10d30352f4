import { useState } from 'react';
import { useDisplay } from '../i18n/language.tsx';
import { ChoiceField, TextArea } from '../ui/field.tsx';
import { useSubmit } from '../ui/submit.ts';
import { useTicketAction } from './act.ts';
import { DialogFrame } from './dialog-frame.tsx';
import { PhotoStrip } from './photo-strip.tsx';
import type { TicketDialogProps } from './ticket-dialogs.tsx';

/** Another person than who did the work says whether it is done. */
export function VerifyDialog({ ticket, onClose }: TicketDialogProps) {
  const { t } = useDisplay();
  const send = useTicketAction(ticket.id);
  const submission = useSubmit();
  const [verdict, setVerdict] = useState<'ok' | 'again' | undefined>();
  const [note, setNote] = useState('');
  const work = async () => {
    const said = note.trim();
    if (!verdict) return submission.refuse(t('ticketForm.verdictMissing'));
    if (verdict === 'again' && said === '') return submission.refuse(t('ticketForm.reasonMissing'));
    await send('verify', { ok: verdict === 'ok', ...(said ? { note: said } : {}) });
    onClose();
  };
  return (
    <DialogFrame
      title={t('ticketAct.verify')}
      note={t('ticketNote.verify')}
      onClose={onClose}
      submission={submission}
      work={work}
      submit={{ label: t('ticketForm.submit'), icon: 'check', tone: verdict === 'again' ? 'danger' : 'ok' }}
    >
      {ticket.note && (
        <p className="rounded-control bg-sunken px-3 py-2 text-small whitespace-pre-line">{ticket.note}</p>
      )}
      <PhotoStrip photos={ticket.photos.filter((photo) => photo.stage === 'after')} />
      <ChoiceField
        label={t('ticketForm.verdict')}
        value={verdict}
        onChange={setVerdict}
        choices={[
          { value: 'ok', label: t('ticketForm.good') },
          { value: 'again', label: t('ticketForm.again') },
        ]}
      />
      <TextArea
        label={t('ticketForm.note')}
        value={note}
        maxLength={500}
        onChange={(event) => setNote(event.target.value)}
        {...(verdict === 'again' ? {} : { optional: t('common.optional') })}
      />
    </DialogFrame>
  );
}

const ratings = ['5', '4', '3', '2', '1'] as const;

/** How well it was done, with a word why. */
export function RateDialog({ ticket, onClose }: TicketDialogProps) {
  const { t } = useDisplay();
  const send = useTicketAction(ticket.id);
  const submission = useSubmit();
  const [rating, setRating] = useState<(typeof ratings)[number] | undefined>();
  const [note, setNote] = useState('');
  const work = async () => {
    if (!rating) return submission.refuse(t('ticketForm.ratingMissing'));
    if (note.trim() === '') return submission.refuse(t('ticketForm.reasonMissing'));
    await send('rate', { rating: Number(rating), note: note.trim() });
    onClose();
  };
  return (
    <DialogFrame
      title={t('ticketAct.rate')}
      onClose={onClose}
      submission={submission}
      work={work}
      submit={{ label: t('ticketForm.submit'), icon: 'star' }}
    >
      <ChoiceField
        label={t('ticketForm.rating')}
        value={rating}
        onChange={setRating}
        columns={1}
        choices={ratings.map((value) => ({ value, label: t(`ticketRating.${value}`) }))}
      />
      <TextArea
        label={t('ticketForm.why')}
        value={note}
        maxLength={500}
        onChange={(event) => setNote(event.target.value)}
      />
    </DialogFrame>
  );
}
