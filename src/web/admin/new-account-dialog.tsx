import { useState } from 'react';
import type { Role } from '../../model/incidents.ts';
import { api } from '../core/endpoints.ts';
import { useDisplay } from '../i18n/language.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { CheckField, TextField } from '../ui/field.tsx';
import { useSubmit } from '../ui/submit.ts';
import { Notice } from '../ui/surface.tsx';

const choosable: readonly Role[] = ['responder', 'family', 'dispatcher', 'property', 'admin'];

export function NewAccountDialog({ onClose, onCreated }: { onClose: () => void; onCreated: () => void }) {
  const { t } = useDisplay();
  const [name, setName] = useState('');
  const [login, setLogin] = useState('');
  const [password, setPassword] = useState('');
  const [phone, setPhone] = useState('');
  const [roles, setRoles] = useState<readonly Role[]>(['responder']);
  const submission = useSubmit();
  const create = async () => {
    await api.createAccount({ login, name, password, phone: phone === '' ? null : phone, roles: [...roles] });
    onCreated();
    onClose();
  };
  return (
    <Dialog open onClose={onClose} title={t('accounts.add')}>
      <form className="grid gap-4" onSubmit={submission.onSubmit(create)}>
        <TextField
          label={t('account.name')}
          required
          maxLength={64}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <TextField
          label={t('account.login')}
          hint={t('accounts.loginHint')}
          required
          pattern="[a-z0-9._\-]{3,32}"
          autoCapitalize="none"
          autoComplete="off"
          value={login}
          onChange={(event) => setLogin(event.target.value)}
        />
        <TextField
          label={t('login.password')}
          hint={t('accounts.passwordHint')}
          required
          type="password"
          minLength={10}
          autoComplete="new-password"
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
        <TextField
          label={t('account.phone')}
          optional={t('common.optional')}
          type="tel"
          value={phone}
          onChange={(event) => setPhone(event.target.value)}
        />
        <RolesField roles={roles} onChange={setRoles} />
        {submission.error && <Notice tone="danger" icon="alert" title={submission.error} live />}
        <Button type="submit" tone="action" block busy={submission.busy} disabled={roles.length === 0}>
          {t('accounts.create')}
        </Button>
      </form>
    </Dialog>
  );
}

function RolesField({
  roles,
  onChange,
}: {
  roles: readonly Role[];
  onChange: (roles: readonly Role[]) => void;
}) {
  const { t } = useDisplay();
  const toggle = (role: Role, on: boolean) =>
    onChange(on ? [...roles, role] : roles.filter((one) => one !== role));
  return (
    <fieldset className="grid">
      <legend className="text-small font-semibold">{t('account.roles')}</legend>
      {choosable.map((role) => (
        <CheckField
          key={role}
          label={t(`role.${role}`)}
          checked={roles.includes(role)}
          onChange={(on) => toggle(role, on)}
        />
      ))}
    </fieldset>
  );
}
