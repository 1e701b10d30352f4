import { useState } from 'react';
import type { Finding } from '../../model/findings.ts';
import { useDisplay } from '../i18n/language.tsx';
import { ChoiceField, TextArea } from '../ui/field.tsx';
import { useSubmit } from '../ui/submit.ts';
import { useTicketAction } from './act.ts';
import { DialogFrame } from './dialog-frame.tsx';
import { PhotoStrip } from './photo-strip.tsx';
import { PhotoTaker } from './photo-taker.tsx';
import { usePhotoUploads } from './photo-uploads.ts';
import type { TicketDialogProps } from './ticket-dialogs.tsx';

/** In the order of how often it is so; nobody presses a pipe. */
const findings: readonly Finding[] = ['real', 'device_fault', 'harmless', 'test'];

/** The work is done: a photo of it, what it turned out to be, and a word about what was done. */
export function FinishDialog({ ticket, onClose }: TicketDialogProps) {
  const { t } = useDisplay();
  const send = useTicketAction(ticket.id);
  const submission = useSubmit();
  const [note, setNote] = useState('');
  const [finding, setFinding] = useState<Finding | undefined>();
  const after = ticket.photos.filter((photo) => photo.stage === 'after');
  const isSending = usePhotoUploads(ticket.id, 'after').some((one) => one.failure === undefined);
  const work = async () => {
    if (isSending) return submission.refuse(t('photo.wait'));
    if (after.length === 0) return submission.refuse(t('photo.missing'));
    if (!finding) return submission.refuse(t('ticketForm.findingMissing'));
    if (note.trim() === '') return submission.refuse(t('ticketForm.noteMissing'));
    await send('finish', { note: note.trim(), finding });
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
      <ChoiceField
        label={t('ticketForm.finding')}
        value={finding}
        onChange={setFinding}
        choices={findings.map((value) => ({ value, label: t(`finding.${value}`) }))}
      />
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
