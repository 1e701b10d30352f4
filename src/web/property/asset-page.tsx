import type { AssetView } from '../../api/asset-schemas.ts';
import { useNow } from '../core/clock.ts';
import { api } from '../core/endpoints.ts';
import { useQuery } from '../core/query.ts';
import { pathTo } from '../core/router.ts';
import { useSession } from '../core/session.tsx';
import { useDisplay } from '../i18n/language.tsx';
import { useReadAt } from '../tickets/clock-bar.tsx';
import { byTicketUrgency, isOpenTicket } from '../tickets/describe.ts';
import { TicketRow } from '../tickets/ticket-row.tsx';
import { Link } from '../ui/button.tsx';
import { Icon } from '../ui/icons.tsx';
import { Fetched } from '../ui/states.tsx';
import { Card, Facts, PageTitle } from '../ui/surface.tsx';
import { AssetDot, AssetState } from './asset-state.tsx';
import { useAssets } from './assets-page.tsx';
import { DeviceRow } from './device-row.tsx';
import { byNeed, isGateway, useBuildingDevices } from './devices.ts';
import { LatestValues } from './latest-values.tsx';
import { SwitchButton } from './switch-dialog.tsx';
import { ancestorsOf, assetIcons, treesOf } from './tree.ts';

/** One place: what is there, what it says now, and what was broken. */
export function AssetPage({ id }: { id: number }) {
  const query = useQuery(`asset-${id}`, () => api.asset(id), {
    topics: ['ticket'],
    pollMs: 30_000,
  });
  return (
    <div className="grid min-w-0 gap-3">
      <Fetched query={query}>{(asset) => <Asset asset={asset} />}</Fetched>
    </div>
  );
}

function Asset({ asset }: { asset: AssetView }) {
  return (
    <>
      <Path asset={asset} />
      <PageTitle note={<AssetState asset={asset} />}>
        <Icon name={assetIcons[asset.kind]} size={28} className="mr-2 inline text-muted" />
        {asset.name}
      </PageTitle>
      <div className="grid min-w-0 gap-4 wide:grid-cols-2 wide:items-start vast:grid-cols-3">
        <div className="grid min-w-0 gap-4">
          <DevicesHere asset={asset} />
          <Inside asset={asset} />
        </div>
        <div className="grid min-w-0 gap-4 vast:contents">
          <TicketsOf asset={asset} />
          <FactsOf asset={asset} />
        </div>
      </div>
    </>
  );
}

/** From the list of all estates down to here. */
function Path({ asset }: { asset: AssetView }) {
  const { t } = useDisplay();
  const assets = useAssets();
  const above = ancestorsOf(assets.data ?? [], asset.id).map(({ id, name }) => ({
    to: pathTo('asset', id),
    name,
  }));
  const steps = [{ to: pathTo('assets'), name: t('nav.assets') }, ...above];
  return (
    <nav aria-label={t('ticket.place')} className="-ml-1.5">
      <ol className="flex flex-wrap items-center gap-x-1 text-small">
        {steps.map(({ to, name }) => (
          <li key={to} className="flex items-center gap-1">
            <Link
              to={to}
              className="tap-small inline-flex items-center rounded-control px-1.5 font-semibold text-action"
            >
              {name}
            </Link>
            <span aria-hidden="true" className="text-muted">
              ›
            </span>
          </li>
        ))}
      </ol>
    </nav>
  );
}

function FactsOf({ asset }: { asset: AssetView }) {
  const { t } = useDisplay();
  return (
    <Card title={t(`assetKind.${asset.kind}`)} icon={assetIcons[asset.kind]}>
      <Facts
        rows={[
          [t('assets.code'), asset.code],
          asset.address ? [t('ticket.address'), asset.address] : undefined,
          [t('ticket.company'), asset.company?.name ?? t('ticket.noCompany')],
          [t('where.grid'), asset.grid?.name ?? t('where.noGrid')],
          asset.kind === 'breaker' || asset.kind === 'panel' || asset.kind === 'valve'
            ? [t('assets.remoteSwitch'), t(`remoteSwitch.${asset.remoteSwitch}`)]
            : undefined,
        ]}
      />
    </Card>
  );
}

function Inside({ asset }: { asset: AssetView }) {
  const { t, locale } = useDisplay();
  const assets = useAssets();
  const inside = treesOf(
    (assets.data ?? []).filter((one) => one.parentId === asset.id),
    locale,
  );
  if (inside.length === 0) return null;
  return (
    <Card title={t('assets.inside')} icon="list" flush>
      <ul className="mt-2 divide-y divide-line border-t border-line">
        {inside.map(({ asset: child }) => (
          <li key={child.id}>
            <Link
              to={pathTo('asset', child.id)}
              className="tap flex flex-wrap items-center gap-2 px-4 py-2 hover:bg-paper"
            >
              <AssetDot asset={child} />
              <Icon name={assetIcons[child.kind]} size={20} className="text-muted" />
              <span className="min-w-0 text-small font-medium">{child.name}</span>
              <span className="ml-auto">
                <AssetState asset={child} />
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </Card>
  );
}

function DevicesHere({ asset }: { asset: AssetView }) {
  const { t } = useDisplay();
  const devices = useBuildingDevices();
  return (
    <Fetched query={devices}>
      {(all) => {
        const here = all.filter((device) => device.asset?.id === asset.id).sort(byNeed);
        if (here.length === 0 && asset.devices > 0) return null;
        return (
          <Card title={t('assets.here', { count: here.length })} icon="device" flush>
            {here.length === 0 && (
              <p className="px-4 pt-1 pb-4 text-small text-muted">{t('assets.noneHere')}</p>
            )}
            <ul className="mt-2 divide-y divide-line">
              {here.map((device) => (
                <li key={device.id}>
                  <DeviceRow device={device} isHere>
                    {!isGateway(device) && <LatestValues deviceId={device.id} />}
                    <SwitchButton device={device} />
                  </DeviceRow>
                </li>
              ))}
            </ul>
          </Card>
        );
      }}
    </Fetched>
  );
}

/** Open ones first, then what was. */
function TicketsOf({ asset }: { asset: AssetView }) {
  const { t } = useDisplay();
  const { me } = useSession();
  const now = useNow(10_000);
  const query = useQuery(`tickets-asset-${asset.id}`, () => api.tickets({ asset: asset.id, limit: 50 }), {
    topics: ['ticket'],
    pollMs: 60_000,
  });
  const readAt = useReadAt(query.data);
  return (
    <Fetched query={query}>
      {(tickets) => {
        const open = tickets
          .filter((ticket) => isOpenTicket(ticket.status))
          .sort(byTicketUrgency(readAt, now));
        const past = tickets.filter((ticket) => !isOpenTicket(ticket.status));
        const lists = [
          { title: t('assets.openTickets', { count: open.length }), tickets: open },
          { title: t('assets.pastTickets'), tickets: past },
        ];
        return (
          <div className="grid min-w-0 gap-4">
            {lists.map(({ title, tickets: shown }) => (
              <Card key={title} title={title} icon="wrench" flush>
                {shown.length === 0 && (
                  <p className="px-4 pt-1 pb-4 text-small text-muted">{t('assets.noTickets')}</p>
                )}
                <ul className="mt-2 divide-y divide-line">
                  {shown.map((ticket) => (
                    <li key={ticket.id}>
                      <TicketRow ticket={ticket} readerId={me.id} />
                    </li>
                  ))}
                </ul>
              </Card>
            ))}
          </div>
        );
      }}
    </Fetched>
  );
}
