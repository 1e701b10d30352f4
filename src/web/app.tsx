import { useCallback, useEffect, useMemo, useState } from 'react';
import type { Me } from '../api/schemas.ts';
import { LoginPage } from './account/login-page.tsx';
import { api } from './core/endpoints.ts';
import { ApiError, onSignedOut } from './core/http.ts';
import { isLive, startLive } from './core/live.ts';
import { startOutbox } from './core/outbox.ts';
import { forgetQueries, startPolling } from './core/query.ts';
import { SessionContext } from './core/session.tsx';
import { useDisplay } from './i18n/language.tsx';
import { OutcomeSpeaker } from './incidents/outcome-speaker.tsx';
import { RingProvider } from './ring/ring-state.tsx';
import { unlockOnTouch } from './ring/sound.ts';
import { Shell } from './shell.tsx';
import { Failure, Loading } from './ui/states.tsx';

type Who =
  | { state: 'asking' }
  | { state: 'failed'; error: ApiError }
  | { state: 'nobody'; ended: boolean }
  | { state: 'known'; me: Me };

/** Finds out who is there, and shows the login or that person's pages. */
export function App() {
  const [who, setWho] = useState<Who>({ state: 'asking' });
  const { setLocale, setLargePrint } = useDisplay();
  const welcome = useCallback(
    (me: Me) => {
      setLocale(me.locale);
      setLargePrint(me.largePrint);
      setWho({ state: 'known', me });
    },
    [setLocale, setLargePrint],
  );
  const ask = useCallback(() => {
    setWho({ state: 'asking' });
    api.me().then(welcome, (error: unknown) => {
      if (!(error instanceof ApiError)) throw error;
      setWho(error.status === 401 ? { state: 'nobody', ended: false } : { state: 'failed', error });
    });
  }, [welcome]);

  useEffect(() => {
    onSignedOut(() =>
      setWho((before) =>
        before.state === 'nobody' ? before : { state: 'nobody', ended: before.state === 'known' },
      ),
    );
    ask();
  }, [ask]);
  useEffect(unlockOnTouch, []);

  switch (who.state) {
    case 'asking':
      return (
        <main className="mx-auto max-w-md p-8">
          <Loading />
        </main>
      );
    case 'failed':
      return (
        <main className="mx-auto max-w-md p-8">
          <Failure error={who.error} retry={ask} />
        </main>
      );
    case 'nobody':
      return <LoginPage ended={who.ended} onSignedIn={welcome} />;
    case 'known':
      return <SignedIn me={who.me} setWho={setWho} />;
  }
}

function SignedIn({ me, setWho }: { me: Me; setWho: (who: Who) => void }) {
  useEffect(() => startPolling(isLive), []);
  useEffect(startLive, []);
  useEffect(() => startOutbox(me.id), [me.id]);
  const session = useMemo(
    () => ({
      me,
      update: (changed: Me) => setWho({ state: 'known', me: changed }),
      signOut: async () => {
        await api.logout().catch(() => undefined);
        setWho({ state: 'nobody', ended: false });
        forgetQueries();
      },
    }),
    [me, setWho],
  );
  return (
    <SessionContext value={session}>
      <RingProvider>
        <OutcomeSpeaker />
        <Shell />
      </RingProvider>
    </SessionContext>
  );
}
