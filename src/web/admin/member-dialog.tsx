import { useState } from 'react';
import type { CompanyView } from '../../api/asset-schemas.ts';
import type { CompanyDuty } from '../../model/assets.ts';
import { adminApi } from '../core/admin-endpoints.ts';
import { api } from '../core/endpoints.ts';
import { useQuery } from '../core/query.ts';
import { useDisplay } from '../i18n/language.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { ChoiceField, SelectField } from '../ui/field.tsx';
import { Fetched } from '../ui/states.tsx';
import { useSubmit } from '../ui/submit.ts';
import { Notice } from '../ui/surface.tsx';

interface MemberDialogProps {
  company: CompanyView;
  onClose: () => void;
  onSaved: () => void;
}

const duties: readonly CompanyDuty[] = ['manager', 'repairer'];

/** Makes an account of the property role work for a company. */
export function MemberDialog({ company, onClose, onSaved }: MemberDialogProps) {
  const { t } = useDisplay();
  const submission = useSubmit();
  const accounts = useQuery('accounts', api.accounts);
  const [accountId, setAccountId] = useState('');
  const [duty, setDuty] = useState<CompanyDuty>('repairer');
  return (
    <Dialog open onClose={onClose} title={t('companies.addMember')} note={t('companies.memberNote')}>
      <Fetched query={accounts}>
        {(all) => {
          const free = all.filter(
            (account) =>
              account.active &&
              account.roles.includes('property') &&
              !company.members.some((member) => member.id === account.id),
          );
          const chosen = accountId || String(free[0]?.id ?? '');
          const save = async () => {
            await adminApi.putMember(company.id, Number(chosen), duty);
            onSaved();
            onClose();
          };
          if (free.length === 0) return <Notice tone="quiet" icon="info" title={t('companies.nobodyFree')} />;
          return (
            <form className="grid gap-4" onSubmit={submission.onSubmit(save)}>
              <SelectField
                label={t('rosters.who')}
                value={chosen}
                onChange={setAccountId}
                choices={free.map((account) => ({ value: String(account.id), label: account.name }))}
              />
              <ChoiceField
                label={t('rosters.duty')}
                value={duty}
                onChange={setDuty}
                choices={duties.map((value) => ({ value, label: t(`companyDuty.${value}`) }))}
              />
              {submission.error && <Notice tone="danger" icon="alert" title={submission.error} live />}
              <Button type="submit" tone="action" block busy={submission.busy}>
                {t('common.save')}
              </Button>
            </form>
          );
        }}
      </Fetched>
    </Dialog>
  );
}
