import type { Me } from '../../api/schemas.ts';
import { useSession } from '../core/session.tsx';
import { useDisplay } from '../i18n/language.tsx';
import { SoundCheck } from '../ring/sound-check.tsx';
import { TicketList } from '../tickets/ticket-list.tsx';
import { Badge, PageTitle } from '../ui/surface.tsx';
import { TicketFigures } from './ticket-figures.tsx';

/** The day of a property manager or repairer: is he on duty, how things stand, what is to be done first. */
export function PropertyHome() {
  const { t } = useDisplay();
  const { me } = useSession();
  return (
    <div className="grid min-w-0 gap-4">
      <PageTitle note={<Duty me={me} />}>{t('property.title', { name: me.name })}</PageTitle>
      <SoundCheck compact />
      <TicketFigures />
      <TicketList />
    </div>
  );
}

function Duty({ me }: { me: Me }) {
  const { t } = useDisplay();
  if (me.companies.length === 0) return t('property.noCompany');
  return (
    <span className="mt-1 flex flex-wrap gap-1.5">
      {me.companies.map((company) => (
        <Badge key={company.id} tone={company.onDuty ? 'ok' : 'quiet'} icon="building">
          {company.onDuty
            ? t('property.onDuty', { company: company.name })
            : t('property.offDuty', { company: company.name })}
        </Badge>
      ))}
    </span>
  );
}
