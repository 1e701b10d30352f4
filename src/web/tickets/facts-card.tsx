import type { TicketDetail } from '../../api/ticket-schemas.ts';
import { pathTo } from '../core/router.ts';
import { useSession } from '../core/session.tsx';
import { useDisplay } from '../i18n/language.tsx';
import { CallLink } from '../incidents/contact-card.tsx';
import { Link } from '../ui/button.tsx';
import { Icon } from '../ui/icons.tsx';
import { Card, Facts } from '../ui/surface.tsx';
import { evidenceFacts } from './evidence.ts';

/** What was measured, where it is, whose it is, and whom to call. */
export function FactsCard({ ticket }: { ticket: TicketDetail }) {
  const display = useDisplay();
  const { t } = display;
  const { me } = useSession();
  const { asset, company, owner, desk, grid, device } = ticket;
  const people = [owner, ...ticket.assignees].filter((one) => one !== null);
  const callable = people.filter(
    (one, index) => one.phone && one.id !== me.id && people.findIndex((p) => p.id === one.id) === index,
  );
  return (
    <Card title={t('ticket.facts')} icon="info">
      <Facts
        rows={[
          ...evidenceFacts(ticket.evidence, display),
          [t('ticket.fault'), t(`faultClass.${ticket.faultClass}`)],
          ticket.address ? [t('ticket.address'), ticket.address] : undefined,
          [t('where.grid'), grid?.name ?? t('where.noGrid')],
          [t('ticket.device'), device.name ? `${device.name} · ${device.nativeId}` : device.nativeId],
          [t('ticket.company'), company?.name ?? t('ticket.noCompany')],
          desk ? [t('ticket.desk'), `${desk.name} · ${t(`ticketLevel.${ticket.level}`)}`] : undefined,
          [t('ticket.owner'), owner?.name ?? t('ticket.noOwner')],
        ]}
      />
      {asset && (
        <Link
          to={pathTo('asset', asset.id)}
          className="tap-small mt-2 -ml-2 inline-flex items-center gap-1 rounded-control px-2 text-small font-semibold text-action"
        >
          {t('ticket.openAsset')}
          <Icon name="right" size={18} />
        </Link>
      )}
      {callable.length > 0 && (
        <div className="mt-3 grid gap-2">
          {callable.map((person) => (
            <CallLink
              key={person.id}
              phone={person.phone ?? ''}
              label={person.id === owner?.id ? t('ticket.callOwner') : t('ticket.callWorker')}
              name={person.name}
            />
          ))}
        </div>
      )}
    </Card>
  );
}
