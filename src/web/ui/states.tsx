import { type ReactNode, useCallback } from 'react';
import { type ApiError, NO_CONNECTION } from '../core/http.ts';
import type { QueryState } from '../core/query.ts';
import { useDisplay } from '../i18n/language.tsx';
import { Button } from './button.tsx';
import { Icon, type IconName } from './icons.tsx';

/** What the service or the network said, in the reader's language. */
export function useErrorText(): (error: ApiError) => string {
  const { t } = useDisplay();
  return useCallback(
    (error) => {
      if (error.code === NO_CONNECTION) return t('error.noConnection');
      return error.code === 'HTTP_ERROR' || error.message === '' ? t('error.unknown') : error.message;
    },
    [t],
  );
}

export function Loading() {
  const { t } = useDisplay();
  return (
    <div role="status" className="grid gap-3 py-2">
      <span className="sr-only">{t('common.loading')}</span>
      {[70, 100, 85].map((width) => (
        <div key={width} className="breathe h-5 rounded-chip bg-sunken" style={{ width: `${width}%` }} />
      ))}
    </div>
  );
}

export function Failure({ error, retry }: { error: ApiError; retry: () => void }) {
  const { t } = useDisplay();
  const text = useErrorText();
  return (
    <div role="alert" className="grid justify-items-center gap-3 px-4 py-8 text-center">
      <Icon name={error.code === NO_CONNECTION ? 'offline' : 'alert'} size={36} className="text-warn" />
      <p className="max-w-prose">{text(error)}</p>
      <Button icon="refresh" onClick={retry}>
        {t('common.retry')}
      </Button>
    </div>
  );
}

export function Empty({ icon, title, children }: { icon: IconName; title: string; children?: ReactNode }) {
  return (
    <div className="grid justify-items-center gap-2 px-4 py-8 text-center">
      <span className="grid size-16 place-items-center rounded-full bg-brand-soft text-brand">
        <Icon name={icon} size={32} />
      </span>
      <p className="text-lead font-bold">{title}</p>
      {children && <div className="max-w-prose text-small text-balance text-muted">{children}</div>}
    </div>
  );
}

/** Loading, failed or there: what was fetched before stays on the screen when a later fetch fails. */
export function Fetched<T>({
  query,
  children,
}: {
  query: QueryState<T> & { reload: () => void };
  children: (data: T) => ReactNode;
}) {
  if (query.data !== undefined) return children(query.data);
  if (query.error) return <Failure error={query.error} retry={query.reload} />;
  return <Loading />;
}
