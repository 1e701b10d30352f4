import { useSession } from '../core/session.tsx';
import { useDisplay } from '../i18n/language.tsx';
import { Empty } from '../ui/states.tsx';
import { Card, Facts, PageTitle } from '../ui/surface.tsx';

/** The property manager's page: where tickets of sensor faults arrive, and to which account. */
export function PropertyHome() {
  const { t } = useDisplay();
  const { me } = useSession();
  return (
    <div className="mx-auto grid w-full max-w-2xl gap-4">
      <PageTitle note={t('property.note')}>{t('property.title')}</PageTitle>
      <Card>
        <Empty icon="wrench" title={t('property.none')}>
          {t('property.noneNote')}
        </Empty>
      </Card>
      <Card title={t('property.account')} icon="user">
        <Facts
          rows={[
            [t('account.name'), me.name],
            [t('account.login'), me.login],
            [t('account.phone'), me.phone ?? t('common.notGiven')],
          ]}
        />
        <p className="mt-3 text-small text-muted">{t('property.accountNote')}</p>
      </Card>
    </div>
  );
}
