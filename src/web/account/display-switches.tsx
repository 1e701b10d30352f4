import type { Locale } from '../../api/schemas.ts';
import { useDisplay } from '../i18n/language.tsx';
import { Icon } from '../ui/icons.tsx';

interface DisplaySwitchesProps {
  /** Told of a choice, to keep it with the account. */
  onChoice?: (choice: { locale?: Locale; largePrint?: boolean }) => void;
}

const languages: readonly { locale: Locale; label: string }[] = [
  { locale: 'zh-CN', label: '中文' },
  { locale: 'en', label: 'English' },
];

/** Language and large print: on the login page and in one's account, always to be seen. */
export function DisplaySwitches({ onChoice }: DisplaySwitchesProps) {
  const { t, locale, largePrint, setLocale, setLargePrint } = useDisplay();
  return (
    <div className="flex flex-wrap items-center gap-2">
      <fieldset
        aria-label={t('account.language')}
        className="flex rounded-control border border-edge bg-surface"
      >
        {languages.map((language) => (
          <button
            key={language.locale}
            type="button"
            lang={language.locale}
            aria-pressed={locale === language.locale}
            onClick={() => {
              setLocale(language.locale);
              onChoice?.({ locale: language.locale });
            }}
            className="tap-small rounded-control px-4 text-small font-semibold aria-pressed:bg-brand aria-pressed:text-white"
          >
            {language.label}
          </button>
        ))}
      </fieldset>
      <button
        type="button"
        aria-pressed={largePrint}
        onClick={() => {
          setLargePrint(!largePrint);
          onChoice?.({ largePrint: !largePrint });
        }}
        className="tap-small inline-flex items-center gap-2 rounded-control border border-edge bg-surface px-4 text-small font-semibold aria-pressed:border-brand aria-pressed:bg-brand aria-pressed:text-white"
      >
        <Icon name="type" size={22} />
        {t('account.largePrint')}
      </button>
    </div>
  );
}
