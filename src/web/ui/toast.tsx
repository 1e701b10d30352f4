import { createContext, type ReactNode, use, useCallback, useMemo, useState } from 'react';
import { useDisplay } from '../i18n/language.tsx';
import { Icon, type IconName } from './icons.tsx';

export interface Toast {
  text: string;
  tone: 'ok' | 'danger' | 'plain';
  /** A way back, offered while the message stands. */
  undo?: { label: string; run: () => void };
  /** How long it stands; 6 s where nothing is said. */
  forMs?: number;
}
interface Standing extends Toast {
  id: number;
}
interface Speaker {
  toast: (toast: Toast) => void;
  /** Read out by a screen reader, not shown. */
  announce: (text: string) => void;
}

const SpeakerContext = createContext<Speaker | undefined>(undefined);
let nextId = 1;
const icons: Readonly<Record<Toast['tone'], IconName>> = {
  ok: 'checkCircle',
  danger: 'alert',
  plain: 'info',
};

export function ToastProvider({ children }: { children: ReactNode }) {
  const [standing, setStanding] = useState<readonly Standing[]>([]);
  const [spoken, setSpoken] = useState('');
  const drop = useCallback((id: number) => setStanding((all) => all.filter((one) => one.id !== id)), []);
  const toast = useCallback(
    (one: Toast) => {
      const id = nextId++;
      setStanding((all) => [...all.slice(-1), { ...one, id }]);
      window.setTimeout(() => drop(id), one.forMs ?? 6_000);
    },
    [drop],
  );
  const speaker = useMemo(() => ({ toast, announce: setSpoken }), [toast]);
  return (
    <SpeakerContext value={speaker}>
      {children}
      <div aria-live="assertive" className="sr-only">
        {spoken}
      </div>
      <div
        role="status"
        className="pointer-events-none fixed inset-x-3 top-[calc(env(safe-area-inset-top)+4.25rem)] z-[60] mx-auto grid max-w-[calc(var(--unit)*27.5)] gap-2"
      >
        {standing.map((one) => (
          <ToastCard key={one.id} toast={one} onDone={() => drop(one.id)} />
        ))}
      </div>
    </SpeakerContext>
  );
}

function ToastCard({ toast, onDone }: { toast: Standing; onDone: () => void }) {
  const { t } = useDisplay();
  const looks = toast.tone === 'danger' ? 'bg-danger-deep' : toast.tone === 'ok' ? 'bg-ok' : 'bg-brand';
  const { undo } = toast;
  return (
    <div
      className={`on-dark pointer-events-auto flex items-center gap-3 rounded-card py-1.5 pr-1.5 pl-4 text-white shadow-float ${looks}`}
    >
      <Icon name={icons[toast.tone]} />
      <p className="min-w-0 flex-1 py-2 text-small font-medium">{toast.text}</p>
      {undo ? (
        <button
          type="button"
          className="tap rounded-control bg-white px-4 text-small font-bold text-ink"
          onClick={() => {
            undo.run();
            onDone();
          }}
        >
          {undo.label}
        </button>
      ) : (
        <button type="button" className="tap grid place-items-center rounded-control" onClick={onDone}>
          <Icon name="close" size={20} />
          <span className="sr-only">{t('common.close')}</span>
        </button>
      )}
    </div>
  );
}

export function useSpeaker(): Speaker {
  const speaker = use(SpeakerContext);
  if (!speaker) throw new Error('useSpeaker outside its provider');
  return speaker;
}
