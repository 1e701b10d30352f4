import { pathTo } from '../core/router.ts';
import { useDisplay } from '../i18n/language.tsx';
import { IncidentSheet, useIncident } from '../incidents/incident-page.tsx';
import { Link } from '../ui/button.tsx';
import { Icon } from '../ui/icons.tsx';
import { Empty, Fetched } from '../ui/states.tsx';
import { Card } from '../ui/surface.tsx';

/** The incident that was chosen, with all that may be done about it. */
export function BoardPanel({ incidentId }: { incidentId: number | undefined }) {
  const { t } = useDisplay();
  if (incidentId === undefined) {
    return (
      <div className="hidden wide:block">
        <Card>
          <Empty icon="list" title={t('board.choose')}>
            {t('board.chooseNote')}
          </Empty>
        </Card>
      </div>
    );
  }
  return (
    <section
      aria-label={t('board.chosen')}
      className="grid min-w-0 gap-3 wide:sticky wide:top-3 wide:max-h-[calc(100dvh-1.5rem)] wide:overflow-y-auto"
    >
      <Link
        to={pathTo('board')}
        className="tap -ml-2 inline-flex w-max items-center gap-1 rounded-control px-2 font-semibold text-action wide:hidden"
      >
        <Icon name="left" size={22} />
        {t('nav.board')}
      </Link>
      <Chosen key={incidentId} id={incidentId} />
    </section>
  );
}

function Chosen({ id }: { id: number }) {
  const query = useIncident(id);
  return <Fetched query={query}>{(incident) => <IncidentSheet incident={incident} narrow />}</Fetched>;
}
