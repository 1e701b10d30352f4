import type { Me } from '../../api/schemas.ts';
import { pathTo, type Route } from '../core/router.ts';
import { hasRole } from '../core/session.tsx';
import { useDisplay } from '../i18n/language.tsx';
import { TicketList } from '../tickets/ticket-list.tsx';
import { TicketPage } from '../tickets/ticket-page.tsx';
import { PageTitle } from '../ui/surface.tsx';
import { AssetPage } from './asset-page.tsx';
import { AssetsPage } from './assets-page.tsx';
import { PropertyHome } from './property-home.tsx';
import { SensorsPage } from './sensors-page.tsx';

/** Tickets, buildings and the devices in them: for the property, and for the desks and offices above it. */
export function PropertyPages({ route, me }: { route: Route; me: Me }) {
  const { id, name } = route;
  const list = hasRole(me, 'property') ? 'property' : 'tickets';
  if (name === 'ticket' && id) return <TicketPage key={id} id={id} back={pathTo(list)} />;
  if (name === 'asset' && id) return <AssetPage key={id} id={id} />;
  if (name === 'assets') return <AssetsPage />;
  if (name === 'sensors') return <SensorsPage />;
  return name === 'property' ? <PropertyHome /> : <TicketsPage />;
}

function TicketsPage() {
  const { t } = useDisplay();
  return (
    <div className="grid min-w-0 gap-4">
      <PageTitle>{t('tickets.title')}</PageTitle>
      <TicketList />
    </div>
  );
}
