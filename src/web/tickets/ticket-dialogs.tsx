import type { TicketDetail } from '../../api/ticket-schemas.ts';
import type { TicketAction } from '../../model/tickets.ts';
import { AssignDialog, DispatchDialog } from './assign-dialog.tsx';
import { FinishDialog } from './finish-dialog.tsx';
import { RateDialog, VerifyDialog } from './judge-dialogs.tsx';
import { ReasonDialog } from './reason-dialog.tsx';
import { ExtendDialog, PauseDialog } from './time-dialogs.tsx';

export interface TicketDialogProps {
  ticket: TicketDetail;
  onClose: () => void;
}

/** What an action has to be told before it is done. */
export function TicketDialog({ action, ...props }: TicketDialogProps & { action: TicketAction }) {
  switch (action) {
    case 'assign':
      return <AssignDialog {...props} />;
    case 'dispatch':
      return <DispatchDialog {...props} />;
    case 'finish':
      return <FinishDialog {...props} />;
    case 'verify':
      return <VerifyDialog {...props} />;
    case 'rate':
      return <RateDialog {...props} />;
    case 'pause':
      return <PauseDialog {...props} />;
    case 'extend':
      return <ExtendDialog {...props} />;
    case 'refuse':
    case 'return':
    case 'escalate':
    case 'comment':
      return <ReasonDialog {...props} action={action} />;
    default:
      return null;
  }
}
