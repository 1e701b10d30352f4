import { useState } from 'react';
import type { CompanyView } from '../../api/asset-schemas.ts';
import { adminApi } from '../core/admin-endpoints.ts';
import { useDisplay } from '../i18n/language.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { TextField } from '../ui/field.tsx';
import { useSubmit } from '../ui/submit.ts';
import { Notice } from '../ui/surface.tsx';

interface CompanyDialogProps {
  /** Undefined: a new one. */
  company: CompanyView | undefined;
  onClose: () => void;
  onSaved: () => void;
}

export function CompanyDialog({ company, onClose, onSaved }: CompanyDialogProps) {
  const { t } = useDisplay();
  const submission = useSubmit();
  const [name, setName] = useState(company?.name ?? '');
  const [code, setCode] = useState(company?.code ?? '');
  const [phone, setPhone] = useState(company?.phone ?? '');
  const save = async () => {
    const input = { name, code, phone: phone.trim() === '' ? null : phone.trim() };
    if (company) await adminApi.patchCompany(company.id, input);
    else await adminApi.createCompany(input);
    onSaved();
    onClose();
  };
  return (
    <Dialog open onClose={onClose} title={company ? t('companies.edit') : t('companies.add')}>
      <form className="grid gap-4" onSubmit={submission.onSubmit(save)}>
        <TextField
          label={t('companies.name')}
          required
          maxLength={100}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <TextField
          label={t('companies.code')}
          hint={t('companies.codeHint')}
          required
          maxLength={64}
          value={code}
          onChange={(event) => setCode(event.target.value)}
        />
        <TextField
          label={t('account.phone')}
          optional={t('common.optional')}
          type="tel"
          maxLength={32}
          value={phone}
          onChange={(event) => setPhone(event.target.value)}
        />
        {submission.error && <Notice tone="danger" icon="alert" title={submission.error} live />}
        <Button type="submit" tone="action" block busy={submission.busy}>
          {t('common.save')}
        </Button>
      </form>
    </Dialog>
  );
}
