import type { ReactNode } from 'react';
import { pathTo, type RouteName } from '../core/router.ts';
import { hasRole, useSession } from '../core/session.tsx';
import { useDisplay } from '../i18n/language.tsx';
import { QualityPage } from '../quality/quality-page.tsx';
import { Link } from '../ui/button.tsx';
import { Icon, type IconName } from '../ui/icons.tsx';
import { AccountsPage } from './accounts-page.tsx';
import { AssetsPage } from './assets-page.tsx';
import { CompaniesPage } from './companies-page.tsx';
import { DevicesPage } from './devices-page.tsx';
import { GridsPage } from './grids-page.tsx';
import { HealthPage } from './health-page.tsx';
import { RostersPage } from './rosters-page.tsx';
import { RulePage } from './rule-page.tsx';
import { RulesPage } from './rules-page.tsx';
import { UplinksPage } from './uplinks-page.tsx';
import { WearersPage } from './wearers-page.tsx';

interface AdminPage {
  name: RouteName;
  icon: IconName;
  page: () => ReactNode;
  adminOnly?: boolean;
  /** A page below it. */
  below?: { name: RouteName; page: () => ReactNode };
}

const pages: readonly (AdminPage & {
  label: `admin.${'devices' | 'wearers' | 'tree' | 'companies' | 'accounts' | 'rosters' | 'grids' | 'rules' | 'quality' | 'uplinks' | 'health'}`;
})[] = [
  { name: 'devices', label: 'admin.devices', icon: 'watch', page: DevicesPage },
  { name: 'wearers', label: 'admin.wearers', icon: 'heart', page: WearersPage },
  { name: 'tree', label: 'admin.tree', icon: 'building', page: AssetsPage },
  { name: 'companies', label: 'admin.companies', icon: 'wrench', page: CompaniesPage },
  { name: 'accounts', label: 'admin.accounts', icon: 'users', page: AccountsPage, adminOnly: true },
  { name: 'rosters', label: 'admin.rosters', icon: 'calendar', page: RostersPage },
  { name: 'grids', label: 'admin.grids', icon: 'map', page: GridsPage },
  {
    name: 'rules',
    label: 'admin.rules',
    icon: 'rule',
    page: RulesPage,
    below: { name: 'rule', page: RulePage },
  },
  { name: 'quality', label: 'admin.quality', icon: 'gauge', page: QualityPage },
  { name: 'uplinks', label: 'admin.uplinks', icon: 'log', page: UplinksPage },
  { name: 'health', label: 'admin.health', icon: 'pulse', page: HealthPage },
];

/** What keeps the village running; a desk sees all but the accounts. */
export function AdminPages({ page }: { page: RouteName }) {
  const { t } = useDisplay();
  const { me } = useSession();
  const allowed = pages.filter((one) => !one.adminOnly || hasRole(me, 'admin'));
  const current = allowed.find((one) => one.name === page || one.below?.name === page) ?? allowed[0];
  const Content = current?.below?.name === page ? current.below.page : current?.page;
  return (
    <div className="mx-auto grid w-full max-w-6xl min-w-0 gap-4 wide:grid-cols-[13rem_minmax(0,1fr)] wide:items-start">
      <nav aria-label={t('admin.nav')} className="flex flex-wrap gap-1.5 wide:sticky wide:top-4 wide:grid">
        {allowed.map((one) => (
          <Link
            key={one.name}
            to={pathTo(one.name)}
            {...(one === current ? { 'aria-current': 'page' as const } : {})}
            className="tap-small inline-flex items-center gap-2 rounded-control border border-line bg-surface px-3.5 text-small font-semibold hover:bg-sunken aria-[current]:border-brand aria-[current]:bg-brand aria-[current]:text-white wide:border-transparent wide:bg-transparent"
          >
            <Icon name={one.icon} size={20} />
            {t(one.label)}
          </Link>
        ))}
      </nav>
      <div className="grid min-w-0 gap-4">{Content && <Content />}</div>
    </div>
  );
}
