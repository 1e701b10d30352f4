import { lazy, type ReactNode, Suspense, useEffect, useRef } from 'react';
import type { Me } from '../api/schemas.ts';
import { AccountPage } from './account/account-page.tsx';
import { useNow } from './core/clock.ts';
import { STALE_AFTER_MS, useLastContact } from './core/live.ts';
import { matchRoute, navigate, pathTo, type Route, type RouteName, usePath } from './core/router.ts';
import { hasRole, useSession } from './core/session.tsx';
import { useDisplay } from './i18n/language.tsx';
import { addTexts } from './i18n/translate.ts';
import { IncidentPage } from './incidents/incident-page.tsx';
import { ResponderHome } from './responder/responder-home.tsx';
import { RingLayer } from './ring/ring-screen.tsx';
import { useRing } from './ring/ring-state.tsx';
import { ButtonLink, Link } from './ui/button.tsx';
import { Icon, type IconName, Logo } from './ui/icons.tsx';
import { Empty, Loading } from './ui/states.tsx';

// A grid worker's phone loads what answers an alert; the other roles' pages come when they are opened.
const AdminPages = lazy(() =>
  withOfficeTexts(import('./admin/admin-pages.tsx')).then((m) => ({ default: m.AdminPages })),
);
const Board = lazy(() => withOfficeTexts(import('./board/board.tsx')).then((m) => ({ default: m.Board })));
const PropertyPages = lazy(() =>
  withOfficeTexts(import('./property/property-pages.tsx')).then((m) => ({ default: m.PropertyPages })),
);
const TicketChime = lazy(() =>
  withOfficeTexts(import('./tickets/ticket-chime.tsx')).then((m) => ({ default: m.TicketChime })),
);
const FamilyPages = lazy(() => import('./family/family-pages.tsx').then((m) => ({ default: m.FamilyPages })));

async function withOfficeTexts<T>(pages: Promise<T>): Promise<T> {
  const { officeEn, officeZh } = await import('./i18n/office.ts');
  addTexts({ zh: officeZh, en: officeEn });
  return pages;
}

interface Section {
  route: RouteName;
  icon: IconName;
  label: string;
  /** Other pages that belong to it. */
  holds: readonly RouteName[];
}

const adminRoutes: readonly RouteName[] = [
  'devices',
  'wearers',
  'accounts',
  'rosters',
  'grids',
  'companies',
  'tree',
  'rules',
  'rule',
  'quality',
  'uplinks',
  'health',
];

/** Where the board fills the window and its columns scroll. */
const boardRoutes: readonly Route['name'][] = ['board', 'boardIncident', 'boardTicket'];

const propertyRoutes: readonly Route['name'][] = [
  'property',
  'tickets',
  'ticket',
  'assets',
  'asset',
  'sensors',
];

/** What this person can open, in the order of urgency; a person may hold several roles. */
function useSections(me: Me): Section[] {
  const { t } = useDisplay();
  const sections: Section[] = [];
  if (hasRole(me, 'dispatcher')) {
    sections.push({
      route: 'board',
      icon: 'map',
      label: t('nav.board'),
      holds: ['boardIncident', 'boardTicket', 'incident', 'ticket'],
    });
  }
  if (hasRole(me, 'responder')) {
    sections.push({ route: 'alerts', icon: 'bell', label: t('nav.alerts'), holds: ['incident'] });
  }
  if (hasRole(me, 'family')) {
    const holds = ['wearer', 'editWearer', 'register', 'incident'] as const;
    sections.push({ route: 'family', icon: 'heart', label: t('nav.family'), holds });
  }
  if (hasRole(me, 'property')) {
    sections.push({ route: 'property', icon: 'wrench', label: t('nav.property'), holds: ['ticket'] });
    sections.push({ route: 'assets', icon: 'building', label: t('nav.assets'), holds: ['asset'] });
    sections.push({ route: 'sensors', icon: 'gauge', label: t('nav.sensors'), holds: [] });
  }
  if (hasRole(me, 'admin') || hasRole(me, 'dispatcher')) {
    sections.push({
      route: 'devices',
      icon: 'gear',
      label: t('nav.admin'),
      holds: [...adminRoutes, 'incident'],
    });
    if (!hasRole(me, 'property')) {
      sections.push({ route: 'tickets', icon: 'wrench', label: t('nav.property'), holds: ['ticket'] });
      sections.push({
        route: 'assets',
        icon: 'building',
        label: t('nav.assets'),
        holds: ['asset', 'sensors'],
      });
    }
  }
  sections.push({ route: 'account', icon: 'user', label: t('nav.account'), holds: [] });
  return sections;
}

export function Shell() {
  const { t } = useDisplay();
  const { me } = useSession();
  const path = usePath();
  const route = matchRoute(path);
  const sections = useSections(me);
  const home = sections[0]?.route ?? 'account';
  const isHome = route.name === 'home';
  useEffect(() => {
    if (isHome) navigate(pathTo(home), { replace: true });
  }, [isHome, home]);
  const current = sections.find(
    (one) => one.route === route.name || one.holds.some((name) => name === route.name),
  );
  const isBoard = boardRoutes.includes(route.name);
  return (
    <div className={`flex min-h-dvh flex-col ${isBoard ? 'wide:h-dvh' : ''}`}>
      <a
        href="#content"
        className="fixed top-2 left-2 z-50 -translate-y-20 rounded-control bg-surface px-4 py-3 font-semibold text-action focus:translate-y-0"
      >
        {t('nav.skip')}
      </a>
      <TopBar sections={sections} current={current} me={me} home={home} />
      <StaleBanner />
      <RingLayer route={route} />
      {hasRole(me, 'property') && (
        <Suspense>
          <TicketChime />
        </Suspense>
      )}
      <main
        id="content"
        className={`min-w-0 flex-1 px-4 pt-4 pb-[calc(var(--bar)+1.5rem)] ${isBoard ? 'wide:min-h-0 wide:overflow-y-auto wide:px-3 wide:py-3' : 'wide:px-8 wide:pt-6'}`}
      >
        <Focus path={path} />
        <Suspense fallback={<Loading />}>
          <Page route={route} me={me} home={home} />
        </Suspense>
      </main>
      <BottomBar sections={sections} current={current} />
    </div>
  );
}

/** A new page begins at its top, for keyboards and screen readers too. */
function Focus({ path }: { path: string }) {
  const top = useRef<HTMLSpanElement>(null);
  const first = useRef(true);
  useEffect(() => {
    if (!first.current && path) top.current?.focus({ preventScroll: true });
    first.current = false;
  }, [path]);
  return <span ref={top} tabIndex={-1} className="block outline-none" />;
}

function Page({ route, me, home }: { route: Route; me: Me; home: RouteName }): ReactNode {
  const desk = hasRole(me, 'dispatcher');
  const office = desk || hasRole(me, 'admin');
  const { id } = route;
  if (route.name === 'home') return null;
  if (route.name === 'account') return <AccountPage />;
  if (route.name === 'incident' && id) return <IncidentPage key={id} id={id} back={pathTo(home)} />;
  if (route.name === 'alerts' && hasRole(me, 'responder')) return <ResponderHome />;
  const seesBuildings = office || hasRole(me, 'property') || hasRole(me, 'responder');
  const isHomeOfOther = route.name === 'property' && !hasRole(me, 'property');
  if (seesBuildings && !isHomeOfOther && propertyRoutes.includes(route.name))
    return <PropertyPages route={route} me={me} />;
  if (desk && boardRoutes.includes(route.name)) {
    return (
      <Board
        incidentId={route.name === 'boardIncident' ? id : undefined}
        ticketId={route.name === 'boardTicket' ? id : undefined}
      />
    );
  }
  const isFamilys = ['family', 'register', 'wearer', 'editWearer'].includes(route.name);
  if (isFamilys && hasRole(me, 'family')) return <FamilyPages route={route} />;
  if (office && route.name !== 'unknown' && adminRoutes.includes(route.name))
    return <AdminPages page={route.name} />;
  return <NotFound home={home} />;
}

function NotFound({ home }: { home: RouteName }) {
  const { t } = useDisplay();
  return (
    <div className="mx-auto grid max-w-md gap-4">
      <Empty icon="search" title={t('nav.notFound')}>
        {t('nav.notFoundNote')}
      </Empty>
      <ButtonLink to={pathTo(home)} tone="action" icon="home">
        {t('nav.home')}
      </ButtonLink>
    </div>
  );
}

interface BarProps {
  sections: readonly Section[];
  current: Section | undefined;
}

function TopBar({ sections, current, me, home }: BarProps & { me: Me; home: RouteName }) {
  const { t } = useDisplay();
  const { ringing } = useRing();
  return (
    <header className="on-dark bg-brand text-white">
      <div className="flex min-h-14 items-center gap-4 px-4 wide:px-8">
        <Link to={pathTo(home)} className="tap flex items-center gap-2.5 font-bold">
          <Logo size={30} />
          {t('app.name')}
        </Link>
        <nav aria-label={t('nav.main')} className="hidden flex-1 gap-1 wide:flex">
          {sections.map((section) => (
            <Link
              key={section.route}
              to={pathTo(section.route)}
              {...(section === current ? { 'aria-current': 'page' as const } : {})}
              className="tap-small inline-flex items-center gap-2 rounded-control px-3.5 text-small font-semibold text-white/90 hover:bg-white/10 aria-[current]:bg-white aria-[current]:text-brand"
            >
              <Icon name={section.icon} size={20} />
              {section.label}
              {section.route !== 'account' && section === sections[0] && ringing.length > 0 && (
                <Count count={ringing.length} />
              )}
            </Link>
          ))}
        </nav>
        <p className="ml-auto min-w-0 truncate text-small">{me.name}</p>
      </div>
    </header>
  );
}

function Count({ count }: { count: number }) {
  return <span className="tnum rounded-full bg-danger px-1.5 text-fine font-bold text-white">{count}</span>;
}

function BottomBar({ sections, current }: BarProps) {
  const { t } = useDisplay();
  return (
    <nav
      aria-label={t('nav.main')}
      className="fixed inset-x-0 bottom-0 z-30 flex h-(--bar) border-t border-line bg-surface pb-[env(safe-area-inset-bottom)] wide:hidden"
    >
      {sections.map((section) => (
        <Link
          key={section.route}
          to={pathTo(section.route)}
          {...(section === current ? { 'aria-current': 'page' as const } : {})}
          className="flex min-w-0 flex-1 flex-col items-center justify-center gap-0.5 text-fine leading-tight font-medium text-muted aria-[current]:font-bold aria-[current]:text-brand"
        >
          <Icon name={section.icon} size={24} />
          <span className="max-w-full truncate">{section.label}</span>
        </Link>
      ))}
    </nav>
  );
}

/** What is on the screen may be old: neither the stream nor a fetch got through for a while. */
function StaleBanner() {
  const { t, format } = useDisplay();
  const contact = useLastContact();
  const now = useNow();
  const stale = now - contact > STALE_AFTER_MS;
  return (
    <div role="alert">
      {stale && (
        <p className="flex items-center gap-2 bg-warn-soft px-4 py-2.5 text-small font-semibold text-warn">
          <Icon name="offline" size={20} />
          {t('live.stale', { span: format.span(now - contact) })}
        </p>
      )}
    </div>
  );
}
