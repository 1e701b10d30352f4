import type { ReactNode } from 'react';
import type { DeviceView, SubjectView } from '../../api/schemas.ts';
import type { TicketSummary } from '../../api/ticket-schemas.ts';
import { useNow } from '../core/clock.ts';
import { pathTo } from '../core/router.ts';
import { boardState, wellBeingLooks } from '../family/well-being.tsx';
import { useDisplay } from '../i18n/language.tsx';
import { deviceName } from '../property/devices.ts';
import { faultIcons, placeName, placePath } from '../tickets/describe.ts';
import { IconButton, Link } from '../ui/button.tsx';
import { Icon, type IconName } from '../ui/icons.tsx';
import { sensorState } from './points.ts';
import { sensorLooks } from './sensor-states.tsx';

interface PlaceCardProps {
  /** Keys of the markers that were pressed. */
  keys: readonly string[];
  subjects: readonly SubjectView[];
  devices: readonly DeviceView[];
  tickets: readonly TicketSummary[];
  onClose: () => void;
}

const numberIn = (key: string, kind: string) =>
  key.startsWith(`${kind}-`) ? [Number(key.slice(kind.length + 1))] : [];

/** What stands at a place of the map, in words. */
export function PlaceCard({ keys, subjects, devices, tickets, onClose }: PlaceCardProps) {
  const { t, format } = useDisplay();
  return (
    <section
      aria-label={t('board.here')}
      className="m-2 flex max-h-80 flex-col rounded-card border border-line bg-surface shadow-float middle:absolute middle:right-16 middle:bottom-0 middle:left-0 middle:max-h-[75%] middle:max-w-96"
    >
      <header className="flex items-center justify-between gap-2 pl-4">
        <h3 className="text-small font-bold">
          {t('board.here')} <span className="tnum">{format.number(keys.length)}</span>
        </h3>
        <IconButton icon="close" label={t('common.close')} onClick={onClose} />
      </header>
      <ul
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls has to be reached by keyboard.
        tabIndex={0}
        className="min-h-0 divide-y divide-line overflow-y-auto border-t border-line"
      >
        {keys.map((key) => (
          <li key={key}>
            {numberIn(key, 'wearer').map((id) => (
              <WearerHere key={id} subject={subjects.find((one) => one.id === id)} />
            ))}
            {numberIn(key, 'device').map((id) => (
              <SensorHere key={id} device={devices.find((one) => one.id === id)} />
            ))}
            {numberIn(key, 'ticket').map((id) => (
              <TicketHere key={id} ticket={tickets.find((one) => one.id === id)} />
            ))}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Row({ icon, looks, children }: { icon: IconName; looks: string; children: ReactNode }) {
  return (
    <span className="flex items-center gap-3 px-4 py-2 text-small">
      <span className={`grid size-8 shrink-0 place-items-center rounded-full ${looks}`}>
        <Icon name={icon} size={18} />
      </span>
      <span className="min-w-0 flex-1">{children}</span>
    </span>
  );
}

function WearerHere({ subject }: { subject: SubjectView | undefined }) {
  const { t, word } = useDisplay();
  if (!subject) return null;
  const state = boardState(subject);
  const { icon, soft } = wellBeingLooks[state];
  return (
    <Row icon={icon} looks={soft}>
      <span className="font-semibold">{subject.name}</span> · {t(`state.${state}`)}
      <span className="block text-fine text-muted">
        {[subject.homeAddress, ...subject.alerts.map((alert) => word('kind', alert.kind))]
          .filter(Boolean)
          .join(' · ')}
      </span>
    </Row>
  );
}

function SensorHere({ device }: { device: DeviceView | undefined }) {
  const { t, format } = useDisplay();
  const now = useNow(10_000);
  if (!device) return null;
  const state = sensorState(device);
  const { icon, soft } = sensorLooks[state];
  const place = device.asset ? [...device.asset.path, device.asset.name].join(' › ') : device.grid?.name;
  return (
    <Row icon={icon} looks={soft}>
      <span className="font-semibold">{deviceName(device)}</span> · {t(`sensorState.${state}`)}
      <span className="block text-fine text-muted">
        {[place, device.lastSeenAt === null ? t('common.never') : format.ago(device.lastSeenAt, now)]
          .filter(Boolean)
          .join(' · ')}
      </span>
    </Row>
  );
}

function TicketHere({ ticket }: { ticket: TicketSummary | undefined }) {
  const { t, word } = useDisplay();
  if (!ticket) return null;
  return (
    <Link to={pathTo('boardTicket', ticket.id)} className="block hover:bg-sunken">
      <Row icon={faultIcons[ticket.faultClass]} looks="bg-warn-soft text-warn">
        <span className="font-semibold">{word('kind', ticket.kind)}</span> · {placeName(ticket)}
        <span className="block text-fine text-muted">
          {placePath(ticket)} · {t(`ticketStatus.${ticket.status}`)}
        </span>
      </Row>
    </Link>
  );
}
