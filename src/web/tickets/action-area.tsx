import { type ReactNode, useState } from 'react';
import type { TicketDetail } from '../../api/ticket-schemas.ts';
import type { TicketAction } from '../../model/tickets.ts';
import { useDisplay } from '../i18n/language.tsx';
import { Button, type Tone } from '../ui/button.tsx';
import type { IconName } from '../ui/icons.tsx';
import { useSubmit } from '../ui/submit.ts';
import { Notice } from '../ui/surface.tsx';
import { useTicketAction } from './act.ts';
import { nextStep } from './describe.ts';
import { TicketDialog } from './ticket-dialogs.tsx';

const icons: Readonly<Record<TicketAction, IconName>> = {
  accept: 'check',
  assign: 'users',
  start: 'wrench',
  pause: 'pause',
  approve: 'check',
  refuse: 'close',
  resume: 'wrench',
  extend: 'clock',
  finish: 'checkCircle',
  verify: 'shield',
  return: 'undo',
  dispatch: 'building',
  escalate: 'up',
  'take-over': 'shield',
  comment: 'note',
  close: 'lock',
  rate: 'star',
};
const tones: Partial<Record<TicketAction, Tone>> = { finish: 'ok', verify: 'ok', approve: 'ok' };

/** What needs no word of explanation is done at the touch. */
type Plain = 'accept' | 'start' | 'resume' | 'approve' | 'take-over' | 'close';
const plain: readonly TicketAction[] = ['accept', 'start', 'resume', 'approve', 'take-over', 'close'];
const isPlain = (action: TicketAction): action is Plain => plain.includes(action);

interface ActionAreaProps {
  ticket: TicketDetail;
  readerId: number;
  narrow: boolean;
  /** What is to be read between the next step and all the others. */
  children: ReactNode;
}

/** Everything that the reader may do now, and nothing else. On a phone the next step stays under the thumb. */
export function ActionArea({ ticket, readerId, narrow, children }: ActionAreaProps) {
  const [opened, setOpened] = useState<TicketAction | undefined>();
  const submit = useSubmit();
  const send = useTicketAction(ticket.id);
  const next = nextStep(ticket, readerId);
  const choose = (action: TicketAction) => {
    if (isPlain(action)) submit.run(() => send(action, {}));
    else setOpened(action);
  };
  const shown = next ? [next.main, next.beside] : [];
  const others = ticket.actions.filter((action) => !shown.includes(action));
  return (
    <>
      {ticket.request && <RequestNotice ticket={ticket} />}
      {submit.error && (
        <Notice tone="danger" icon="alert" live>
          {submit.error}
        </Notice>
      )}
      {next && <NextStep {...next} busy={submit.busy} onChoose={choose} />}
      {children}
      <OtherActions actions={others} narrow={narrow} busy={submit.busy} onChoose={choose} />
      {opened && (
        <TicketDialog key={opened} action={opened} ticket={ticket} onClose={() => setOpened(undefined)} />
      )}
    </>
  );
}

interface NextStepProps {
  main: TicketAction;
  beside?: TicketAction;
  busy: boolean;
  onChoose: (action: TicketAction) => void;
}

function NextStep({ main, beside, busy, onChoose }: NextStepProps) {
  const { t } = useDisplay();
  return (
    <div className="fixed inset-x-0 bottom-(--bar) z-20 flex items-stretch gap-2 border-t border-line bg-surface p-2.5 shadow-float wide:static wide:border-0 wide:bg-transparent wide:p-0 wide:shadow-none">
      <div className="min-w-0 flex-1">
        <Button
          tone={tones[main] ?? 'action'}
          size="big"
          block
          icon={icons[main]}
          busy={busy}
          onClick={() => onChoose(main)}
        >
          {t(`ticketAct.${main}`)}
        </Button>
      </div>
      {beside && (
        <Button icon={icons[beside]} className="px-4!" disabled={busy} onClick={() => onChoose(beside)}>
          {beside === 'start' ? t('ticketAct.startMyself') : t(`ticketAct.${beside}`)}
        </Button>
      )}
    </div>
  );
}

interface OtherActionsProps {
  actions: readonly TicketAction[];
  narrow: boolean;
  busy: boolean;
  onChoose: (action: TicketAction) => void;
}

function OtherActions({ actions, narrow, busy, onChoose }: OtherActionsProps) {
  const { t } = useDisplay();
  if (actions.length === 0) return null;
  return (
    <fieldset
      aria-label={t('ticket.actions')}
      className={`grid min-w-0 grid-cols-2 gap-2 large:grid-cols-1 ${narrow ? '' : 'wide:grid-cols-3'}`}
    >
      {actions.map((action) => (
        <Button
          key={action}
          icon={icons[action]}
          className="px-3!"
          disabled={busy}
          onClick={() => onChoose(action)}
        >
          {t(`ticketAct.${action}`)}
        </Button>
      ))}
    </fieldset>
  );
}

/** What somebody asked for and nobody decided yet. */
function RequestNotice({ ticket }: { ticket: TicketDetail }) {
  const { t, format } = useDisplay();
  const { request } = ticket;
  if (!request) return null;
  const wanted =
    request.kind === 'pause'
      ? t('ticketRequest.until', {
          time: request.until === null ? '' : format.moment(request.until, request.at),
        })
      : t('ticketRequest.by', { span: format.span(request.byMs ?? 0) });
  return (
    <Notice tone="warn" icon="pause" title={t(`ticketRequest.${request.kind}`)}>
      <p>
        {wanted} · {request.by?.name ?? t('common.unknown')}
      </p>
      <p className="whitespace-pre-line">{request.reason}</p>
    </Notice>
  );
}
