import type { Locale } from '../../api/schemas.ts';
import { useNow } from '../core/clock.ts';
import { api } from '../core/endpoints.ts';
import { useLastContact } from '../core/live.ts';
import { useSession } from '../core/session.tsx';
import { useDisplay } from '../i18n/language.tsx';
import { SoundCheck } from '../ring/sound-check.tsx';
import { Button } from '../ui/button.tsx';
import { Card, Facts, PageTitle } from '../ui/surface.tsx';
import { DisplaySwitches } from './display-switches.tsx';

/** One's own account: who am I, how do I read, does this device ring. */
export function AccountPage() {
  const { t, format } = useDisplay();
  const { me, update, signOut } = useSession();
  const contact = useLastContact();
  const now = useNow();
  // The choice holds on this device at once; the account learns of it when the service can be reached.
  const keep = (choice: { locale?: Locale; largePrint?: boolean }) => {
    api.patchMe(choice).then(update, () => undefined);
  };
  return (
    <div className="mx-auto grid w-full max-w-2xl gap-4">
      <PageTitle>{t('account.title')}</PageTitle>
      <Card title={me.name} icon="user">
        <Facts
          rows={[
            [t('account.login'), me.login],
            [t('account.phone'), me.phone ?? t('common.notGiven')],
            [t('account.roles'), me.roles.map((role) => t(`role.${role}`)).join(t('common.comma'))],
            me.grids.length > 0
              ? [
                  t('account.grids'),
                  me.grids.map((grid) => `${grid.name} · ${t(`duty.${grid.duty}`)}`).join(t('common.comma')),
                ]
              : undefined,
          ]}
        />
      </Card>
      <Card title={t('account.display')} icon="type">
        <DisplaySwitches onChoice={keep} />
        <p className="mt-3 text-small text-muted">{t('account.largePrintNote')}</p>
      </Card>
      <Card title={t('account.thisDevice')} icon="device">
        <div className="grid gap-3">
          <SoundCheck />
          <Facts rows={[[t('account.contact'), format.ago(contact, now)]]} />
        </div>
      </Card>
      <Button icon="out" onClick={() => void signOut()}>
        {t('account.signOut')}
      </Button>
    </div>
  );
}
