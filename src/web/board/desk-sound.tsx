import { useState } from 'react';
import type { TicketSummary } from '../../api/ticket-schemas.ts';
import { useDisplay } from '../i18n/language.tsx';
import { useRing } from '../ring/ring-state.tsx';
import { testSound, useSoundState } from '../ring/sound.ts';
import { useTicketRing } from '../ring/ticket-ring.ts';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icons.tsx';

/**
 * The sound of the desk. Browsers keep silent until somebody touches the page: the shift starts with one touch, and until then the board
 * says loudly that it is silent. Muting stops the sound of this device and nothing else.
 */
export function DeskSound({ waiting }: { waiting: readonly TicketSummary[] }) {
  const { t } = useDisplay();
  const sound = useSoundState();
  const { ringing, chiming, isMuted, mute } = useRing();
  const tickets = useTicketRing(waiting);
  const incidents = [...ringing, ...chiming];
  const loudIncidents = incidents.filter((one) => !isMuted(one));
  const loudTickets = waiting.filter((one) => !tickets.isMuted(one));
  const silence = () => {
    mute(loudIncidents);
    tickets.mute(loudTickets);
  };
  const calls = [
    incidents.length > 0 ? t('desk.incidents', { count: incidents.length }) : '',
    waiting.length > 0 ? t('desk.tickets', { count: waiting.length }) : '',
  ].filter(Boolean);
  if (sound !== 'ready') return <Locked calls={calls} isHopeless={sound === 'unavailable'} />;
  const isCalling = calls.length > 0;
  return (
    <div
      className={`flex flex-wrap items-center gap-x-3 gap-y-1 rounded-card py-1.5 pr-1.5 pl-4 ${isCalling ? 'bg-warn-soft' : 'bg-ok-soft'}`}
    >
      <p
        role="status"
        className={`flex min-w-0 flex-1 items-center gap-2 text-small font-semibold ${isCalling ? 'text-warn' : 'text-ok'}`}
      >
        <Icon name={isCalling ? 'bell' : 'speaker'} size={22} />
        {isCalling ? calls.join(t('common.comma')) : t('desk.ready')}
      </p>
      {isCalling ? (
        <Button
          size="small"
          icon="bellOff"
          disabled={loudIncidents.length + loudTickets.length === 0}
          onClick={silence}
        >
          {loudIncidents.length + loudTickets.length === 0 ? t('ring.muted') : t('ring.mute')}
        </Button>
      ) : (
        <TestAgain />
      )}
    </div>
  );
}

function TestAgain() {
  const { t } = useDisplay();
  const [tested, setTested] = useState(false);
  const test = () => {
    setTested(true);
    void testSound();
  };
  return (
    <Button size="small" onClick={test}>
      {tested ? t('desk.heard') : t('sound.again')}
    </Button>
  );
}

function Locked({ calls, isHopeless }: { calls: readonly string[]; isHopeless: boolean }) {
  const { t } = useDisplay();
  const looks = calls.length > 0 ? 'bg-danger text-white on-dark' : 'bg-warn-soft text-warn';
  return (
    <div className={`flex flex-wrap items-center gap-3 rounded-card px-4 py-2.5 ${looks}`}>
      <Icon name="bellOff" size={32} />
      <p className="min-w-0 flex-1 basis-60 font-bold" role="status">
        {isHopeless ? t('sound.unavailable') : t('desk.locked')}
        {calls.length > 0 && ` · ${calls.join(t('common.comma'))}`}
        <span className="block text-small font-medium">{t('desk.lockedNote')}</span>
      </p>
      {!isHopeless && (
        <Button tone={calls.length > 0 ? 'plain' : 'action'} icon="speaker" onClick={() => void testSound()}>
          {t('desk.unlock')}
        </Button>
      )}
    </div>
  );
}
