import { useState } from 'react';
import type { Me } from '../../api/schemas.ts';
import { api } from '../core/endpoints.ts';
import { useDisplay } from '../i18n/language.tsx';
import { unlockSound } from '../ring/sound.ts';
import { Button } from '../ui/button.tsx';
import { TextField } from '../ui/field.tsx';
import { Logo } from '../ui/icons.tsx';
import { useSubmit } from '../ui/submit.ts';
import { Notice } from '../ui/surface.tsx';
import { DisplaySwitches } from './display-switches.tsx';

/** `ended`: the session ran out while the page was open. */
export function LoginPage({ ended, onSignedIn }: { ended: boolean; onSignedIn: (me: Me) => void }) {
  const { t } = useDisplay();
  return (
    <div className="flex min-h-dvh flex-col wide:flex-row">
      <aside className="on-dark flex flex-col justify-between gap-8 bg-brand px-6 py-8 text-white wide:w-5/12 wide:px-14 wide:py-16">
        <p className="flex items-center gap-3">
          <Logo size={44} />
          <span>
            <span className="block text-title leading-tight font-bold">{t('app.name')}</span>
            <span className="block text-fine text-white/85">{t('app.other')}</span>
          </span>
        </p>
        <p className="hidden max-w-md text-head leading-snug font-bold wide:block">{t('login.promise')}</p>
        <p className="hidden max-w-md text-small text-white/85 wide:block">{t('login.promiseNote')}</p>
      </aside>
      <main className="flex flex-1 flex-col items-center px-5 py-8 wide:justify-center">
        <div className="grid w-full max-w-sm gap-6">
          <h1 className="text-head font-bold tracking-tight">{t('login.title')}</h1>
          {ended && <Notice tone="warn" icon="lock" title={t('login.ended')} live />}
          <LoginForm onSignedIn={onSignedIn} />
          <div className="border-t border-line pt-5">
            <DisplaySwitches />
          </div>
          <p className="text-fine text-muted">{t('login.help')}</p>
        </div>
      </main>
    </div>
  );
}

function LoginForm({ onSignedIn }: { onSignedIn: (me: Me) => void }) {
  const { t } = useDisplay();
  const [login, setLogin] = useState('');
  const [password, setPassword] = useState('');
  const submission = useSubmit((error) => (error.status === 401 ? t('login.wrong') : undefined));
  const signIn = async () => {
    void unlockSound();
    await api.login(login.trim(), password);
    onSignedIn(await api.me());
  };
  return (
    <form className="grid gap-4" onSubmit={submission.onSubmit(signIn)}>
      <TextField
        label={t('login.login')}
        name="username"
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        required
        value={login}
        onChange={(event) => setLogin(event.target.value)}
      />
      <PasswordField value={password} onChange={setPassword} />
      {submission.error && <Notice tone="danger" icon="alert" title={submission.error} live />}
      <Button type="submit" tone="action" block busy={submission.busy}>
        {t('login.submit')}
      </Button>
    </form>
  );
}

/** Can be shown: typing blind is hard on a phone, and harder with old eyes. */
function PasswordField({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const { t } = useDisplay();
  const [shown, setShown] = useState(false);
  return (
    <div className="grid gap-1.5">
      <TextField
        label={t('login.password')}
        name="password"
        type={shown ? 'text' : 'password'}
        autoComplete="current-password"
        required
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
      <label className="tap-small flex w-max cursor-pointer items-center gap-2.5 text-small">
        <input
          type="checkbox"
          className="size-5 accent-action"
          checked={shown}
          onChange={(event) => setShown(event.target.checked)}
        />
        {t('login.show')}
      </label>
    </div>
  );
}
