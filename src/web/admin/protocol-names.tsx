import { api } from '../core/endpoints.ts';
import { useQuery } from '../core/query.ts';
import { useDisplay } from '../i18n/language.tsx';

/** What may stand in the column of protocols of a file. */
export function ProtocolNames() {
  const { t, locale } = useDisplay();
  const { data } = useQuery('catalogue', api.catalogue);
  const languages = data?.languages ?? [];
  return (
    <details className="text-small">
      <summary className="tap-small flex cursor-pointer items-center font-semibold text-action">
        {t('import.protocols')}
      </summary>
      <ul
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls has to be reached by keyboard.
        tabIndex={0}
        aria-label={t('import.protocols')}
        className="grid max-h-56 gap-1 overflow-y-auto rounded-control bg-paper px-3 py-2"
      >
        {languages.map(({ name, title }) => (
          <li key={name}>
            <span className="font-mono font-semibold">{name}</span> {locale === 'en' ? title.en : title.zh}
          </li>
        ))}
      </ul>
    </details>
  );
}
