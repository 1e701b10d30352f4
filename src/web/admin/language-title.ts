import { api } from '../core/endpoints.ts';
import { useQuery } from '../core/query.ts';
import { useDisplay } from '../i18n/language.tsx';

/** What a language is called in the reader's words; its name where the service does not say. */
export function useLanguageTitle(): (protocol: string) => string {
  const { locale } = useDisplay();
  const { data } = useQuery('catalogue', api.catalogue);
  return (protocol) => {
    const title = data?.languages.find(({ name }) => name === protocol)?.title;
    return (locale === 'en' ? title?.en : title?.zh) ?? protocol;
  };
}
