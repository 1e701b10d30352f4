import type { Language } from '../../api/catalogue-schemas.ts';
import { useDisplay } from '../i18n/language.tsx';
import { CopyBlock } from './copy-block.tsx';

/** Where a device of a language is to be pointed. */
export function Ways({ ways }: Pick<Language, 'ways'>) {
  const { t } = useDisplay();
  const { hostname, host, protocol } = window.location;
  const socket = protocol.replace('http', 'ws');
  const text = ways.flatMap(({ kind, port, path }) => {
    if (kind === 'http') return [`${protocol}//${host}${path ?? ''}`];
    if (kind === 'websocket') return [`${socket}//${host}${path ?? ''}`];
    const address = `${kind.toUpperCase()} ${hostname}:${port ?? `（${t('devices.elsewhere')}）`}`;
    return [path === null ? address : `${address} ${path}`];
  });
  return (
    <>
      <CopyBlock label={t('devices.server')} text={text.join('\n')} />
      <p className="text-small text-muted">{t('devices.connectNote')}</p>
    </>
  );
}
