import { useState } from 'react';
import { useDisplay } from '../i18n/language.tsx';
import { TextArea } from '../ui/field.tsx';
import { useSubmit } from '../ui/submit.ts';
import { useTicketAction } from './act.ts';
import { DialogFrame } from './dialog-frame.tsx';
import { PhotoStrip } from './photo-strip.tsx';
import { PhotoTaker } from './photo-taker.tsx';
import { usePhotoUploads } from './photo-uploads.ts';
import type { TicketDialogProps } from './ticket-dialogs.tsx';

/** The work is done: a photo of it and a word about what was done. */
export function FinishDialog({ ticket, onClose }: TicketDialogProps) {
  const { t } = useDisplay();
  const send = useTicketAction(ticket.id);
  const submission = useSubmit();
  const [note, setNote] = useState('');
  const after = ticket.photos.filter((photo) => photo.stage === 'after');
  const isSending = usePhotoUploads(ticket.id, 'after').some((one) => one.failure === undefined);
  const work = async () => {
    if (isSending) return submission.refuse(t('photo.wait'));
    if (after.length === 0) return submission.refuse(t('photo.missing'));
    if (note.trim() === '') return submission.refuse(t('ticketForm.noteMissing'));
    await send('finish', { note: note.trim() });
    onClose();
  };
  return (
    <DialogFrame
      title={t('ticketAct.finish')}
      note={t('ticketNote.finish')}
      onClose={onClose}
      submission={submission}
      work={work}
      submit={{ label: t('ticketForm.submit'), icon: 'checkCircle', tone: 'ok' }}
    >
      <div className="grid gap-2">
        <p className="text-small font-semibold">{t('photo.after')}</p>
        <PhotoStrip photos={after} />
        <PhotoTaker ticketId={ticket.id} stage="after" />
      </div>
      <TextArea
        label={t('ticketForm.done')}
        placeholder={t('ticketForm.donePlaceholder')}
        value={note}
        maxLength={2000}
        onChange={(event) => setNote(event.target.value)}
      />
    </DialogFrame>
  );
}
