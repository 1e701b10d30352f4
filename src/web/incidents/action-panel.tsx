import { type ReactNode, useState } from 'react';
import type { IncidentDetail } from '../../api/schemas.ts';
import { useNow } from '../core/clock.ts';
import type { ActionName } from '../core/endpoints.ts';
import { withdraw } from '../core/outbox.ts';
import { lastOwnPlace } from '../core/position.ts';
import { useSession } from '../core/session.tsx';
import { useDisplay } from '../i18n/language.tsx';
import { Button, type Tone } from '../ui/button.tsx';
import { Icon, type IconName } from '../ui/icons.tsx';
import { useAct, usePending } from './act.ts';
import { mayTakeAtOnce } from './describe.ts';
import { CommentDialog, HandOverDialog, HelpDialog, ResolveDialog, TakeDialog } from './dialogs.tsx';

type Opened = 'resolve' | 'comment' | 'help' | 'handOver' | 'take' | undefined;

/** The one thing to do next, as large as it can be; what is not delivered says so in its place. */
function useNextStep(incident: IncidentDetail, onOpen: (what: Opened) => void): ReactNode {
  const { t } = useDisplay();
  const { me } = useSession();
  const act = useAct(incident.id);
  const pending = usePending(incident.id);
  const has = (action: ActionName) => incident.actions.includes(action);
  if (pending.some((one) => one.action !== 'comment')) return <Undelivered incidentId={incident.id} />;
  if (has('accept-hand-over')) {
    return (
      <Button tone="action" size="big" block icon="handOver" onClick={() => act('accept-hand-over', {})}>
        {t('act.accept-hand-over')}
      </Button>
    );
  }
  if (has('acknowledge') && !mayTakeAtOnce(me)) {
    return (
      <Button tone="plain" size="big" block icon="check" onClick={() => onOpen('take')}>
        {t('act.familyAcknowledge')}
      </Button>
    );
  }
  if (has('acknowledge')) {
    return (
      <Button tone="danger" size="big" block icon="check" onClick={() => act('acknowledge', {})}>
        {t('act.acknowledge')}
      </Button>
    );
  }
  if (has('en-route') && incident.status === 'acknowledged') return <SetOut incidentId={incident.id} />;
  if (has('on-scene')) {
    return (
      <Button
        tone="action"
        size="big"
        block
        icon="flag"
        onClick={() => act('on-scene', lastOwnPlace() ?? {})}
      >
        {t('act.on-scene')}
      </Button>
    );
  }
  if (has('resolve') && incident.status === 'on_scene') {
    return (
      <Button tone="ok" size="big" block icon="checkCircle" onClick={() => onOpen('resolve')}>
        {t('act.resolve')}
      </Button>
    );
  }
  return null;
}

const etaChoices = [5, 10, 20, 30] as const;

function SetOut({ incidentId }: { incidentId: number }) {
  const { t } = useDisplay();
  const act = useAct(incidentId);
  return (
    <div className="grid gap-2">
      <Button tone="action" size="big" block icon="run" onClick={() => act('en-route', {})}>
        {t('act.en-route')}
      </Button>
      <div className="grid grid-cols-4 gap-2 large:grid-cols-2">
        {etaChoices.map((minutes) => (
          <Button
            key={minutes}
            tone="plain"
            size="small"
            className="px-1!"
            onClick={() => act('en-route', { etaMinutes: minutes })}
          >
            <span className="sr-only">{t('act.en-route')} · </span>
            {t('act.eta', { minutes })}
          </Button>
        ))}
      </div>
    </div>
  );
}

/** An action that is not with the service yet: never shown as done. */
export function Undelivered({ incidentId }: { incidentId: number }) {
  const { t, format } = useDisplay();
  const now = useNow();
  const pending = usePending(incidentId);
  const first = pending[0];
  if (!first) return null;
  const stuck = first.attempts > 0 || now - first.pressedAt > 2_500;
  if (!stuck) {
    return (
      <Button tone="action" size="big" block busy>
        {t('act.sending')}
      </Button>
    );
  }
  return (
    <div role="alert" className="rounded-card border-2 border-warn bg-warn-soft px-4 py-3 text-ink">
      <p className="flex items-center gap-2 text-lead font-bold text-warn">
        <Icon name="offline" />
        {t('outbox.title')}
      </p>
      <ul className="my-1 text-small">
        {pending.map((one) => (
          <li key={one.key} className="flex flex-wrap items-center justify-between gap-x-3">
            <span>
              {t(`act.${one.action}`)} · {format.clockSeconds(one.pressedAt)}
            </span>
            <Button tone="bare" size="small" onClick={() => withdraw(one.key)}>
              {t('outbox.withdraw')}
            </Button>
          </li>
        ))}
      </ul>
      <p className="text-small">{t('outbox.explain')}</p>
    </div>
  );
}

interface Other {
  action: ActionName;
  icon: IconName;
  tone?: Tone;
  open?: Opened;
}

const others: readonly Other[] = [
  { action: 'take-over', icon: 'shield' },
  { action: 'need-help', icon: 'alert', open: 'help' },
  { action: 'resolve', icon: 'checkCircle', open: 'resolve' },
  { action: 'hand-over', icon: 'handOver', open: 'handOver' },
  { action: 'comment', icon: 'note', open: 'comment' },
  { action: 'release', icon: 'undo' },
  { action: 'close', icon: 'lock' },
];

interface ActionPanelProps {
  incident: IncidentDetail;
  readerId: number;
  /** What is to be read between the next step and all the others. */
  children: ReactNode;
}

/** Everything that may be done. On a phone the next step, and the call for help, stay under the thumb. */
export function ActionPanel({ incident, readerId, children }: ActionPanelProps) {
  const { t } = useDisplay();
  const [opened, setOpened] = useState<Opened>();
  const dialog = { incident, onClose: () => setOpened(undefined) };
  const next = useNextStep(incident, setOpened);
  const mayCallHelp = incident.owner?.id === readerId && incident.actions.includes('need-help');
  return (
    <>
      {next && (
        <div className="fixed inset-x-0 bottom-(--bar) z-20 flex items-end gap-2 border-t border-line bg-surface p-2.5 shadow-float wide:static wide:border-0 wide:bg-transparent wide:p-0 wide:shadow-none">
          <div className="min-w-0 flex-1">{next}</div>
          {mayCallHelp && (
            <Button
              tone="plain"
              className="min-h-16 flex-col gap-0.5! border-danger! px-3! text-small! text-danger! wide:hidden"
              icon="alert"
              onClick={() => setOpened('help')}
            >
              {t('act.help')}
            </Button>
          )}
        </div>
      )}
      {children}
      <OtherActions incident={incident} onOpen={setOpened} />
      <ResolveDialog {...dialog} open={opened === 'resolve'} />
      <CommentDialog {...dialog} open={opened === 'comment'} />
      <HelpDialog {...dialog} open={opened === 'help'} />
      <HandOverDialog {...dialog} open={opened === 'handOver'} readerId={readerId} />
      <TakeDialog {...dialog} open={opened === 'take'} />
    </>
  );
}

function OtherActions({ incident, onOpen }: { incident: IncidentDetail; onOpen: (what: Opened) => void }) {
  const { t } = useDisplay();
  const act = useAct(incident.id);
  const allowed = others.filter(
    ({ action }) =>
      incident.actions.includes(action) && !(action === 'resolve' && incident.status === 'on_scene'),
  );
  if (allowed.length === 0) return null;
  const run = ({ action, open }: Other) => {
    if (open) onOpen(open);
    else if (action === 'take-over' || action === 'release' || action === 'close') act(action, {});
  };
  return (
    <div className="grid grid-cols-2 gap-2 large:grid-cols-1">
      {allowed.map((other) => (
        <Button
          key={other.action}
          icon={other.icon}
          className={`px-3! ${other.action === 'need-help' ? 'border-danger! text-danger!' : ''}`}
          onClick={() => run(other)}
        >
          {t(`act.${other.action}`)}
        </Button>
      ))}
    </div>
  );
}
