import { useState } from 'react';
import { useDisplay } from '../i18n/language.tsx';
import { TextArea } from '../ui/field.tsx';
import type { IconName } from '../ui/icons.tsx';
import { useSubmit } from '../ui/submit.ts';
import { useTicketAction } from './act.ts';
import { DialogFrame } from './dialog-frame.tsx';
import type { TicketDialogProps } from './ticket-dialogs.tsx';

type Reasoned = 'refuse' | 'return' | 'escalate' | 'comment';
const icons: Readonly<Record<Reasoned, IconName>> = {
  refuse: 'close',
  return: 'undo',
  escalate: 'up',
  comment: 'note',
};

/** Actions that want one text and nothing else. */
export function ReasonDialog({ ticket, action, onClose }: TicketDialogProps & { action: Reasoned }) {
  const { t } = useDisplay();
  const send = useTicketAction(ticket.id);
  const submission = useSubmit();
  const [text, setText] = useState('');
  const work = async () => {
    const said = text.trim();
    if (said === '') return submission.refuse(t('ticketForm.textMissing'));
    if (action === 'comment') await send('comment', { text: said });
    else if (action === 'refuse') await send('refuse', { note: said });
    else await send(action, { reason: said });
    onClose();
  };
  return (
    <DialogFrame
      title={t(`ticketAct.${action}`)}
      note={t(`ticketNote.${action}`)}
      onClose={onClose}
      submission={submission}
      work={work}
      submit={{ label: t(`ticketAct.${action}`), icon: icons[action] }}
    >
      <TextArea
        label={action === 'comment' ? t('ticketForm.comment') : t('ticketForm.reason')}
        value={text}
        maxLength={action === 'comment' ? 2000 : 500}
        onChange={(event) => setText(event.target.value)}
      />
    </DialogFrame>
  );
}
