import { useState } from 'react';
import type { AccountView } from '../../api/schemas.ts';
import { api } from '../core/endpoints.ts';
import { ApiError } from '../core/http.ts';
import { useQuery } from '../core/query.ts';
import { useDisplay } from '../i18n/language.tsx';
import { Button } from '../ui/button.tsx';
import { Fetched, useErrorText } from '../ui/states.tsx';
import { Badge, Card, PageTitle } from '../ui/surface.tsx';
import { useSpeaker } from '../ui/toast.tsx';
import { NewAccountDialog } from './new-account-dialog.tsx';

export function AccountsPage() {
  const { t } = useDisplay();
  const query = useQuery('accounts', api.accounts);
  const [adding, setAdding] = useState(false);
  return (
    <>
      <PageTitle
        aside={
          <Button tone="action" icon="plus" onClick={() => setAdding(true)}>
            {t('accounts.add')}
          </Button>
        }
      >
        {t('admin.accounts')}
      </PageTitle>
      <Card flush>
        <Fetched query={query}>
          {(accounts) => (
            <ul className="divide-y divide-line">
              {accounts.map((account) => (
                <li key={account.id}>
                  <AccountRow account={account} onChanged={query.reload} />
                </li>
              ))}
            </ul>
          )}
        </Fetched>
      </Card>
      {adding && <NewAccountDialog onClose={() => setAdding(false)} onCreated={query.reload} />}
    </>
  );
}

function AccountRow({ account, onChanged }: { account: AccountView; onChanged: () => void }) {
  const { t } = useDisplay();
  const { toast } = useSpeaker();
  const text = useErrorText();
  const [busy, setBusy] = useState(false);
  const toggle = async () => {
    setBusy(true);
    try {
      await api.patchAccount(account.id, { active: !account.active });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      toast({ tone: 'danger', text: text(error) });
    }
    setBusy(false);
    onChanged();
  };
  return (
    <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 px-4 py-2.5">
      <div className="min-w-0 text-small">
        <p className="font-semibold">
          {account.name} <span className="font-mono font-normal text-muted">{account.login}</span>
        </p>
        <p className="text-fine text-muted">
          {[account.phone, account.email].filter(Boolean).join(' · ') || t('accounts.noContact')}
        </p>
        <p className="mt-1 flex flex-wrap gap-1">
          {account.roles.map((role) => (
            <Badge key={role} tone="action">
              {t(`role.${role}`)}
            </Badge>
          ))}
          {!account.active && <Badge tone="danger">{t('accounts.inactive')}</Badge>}
        </p>
      </div>
      <Button size="small" busy={busy} onClick={() => void toggle()}>
        {account.active ? t('accounts.deactivate') : t('accounts.activate')}
        <span className="sr-only"> {account.name}</span>
      </Button>
    </div>
  );
}
