import type { RuleView } from '../../api/schemas.ts';
import { api } from '../core/endpoints.ts';
import { useQuery } from '../core/query.ts';
import { useDisplay } from '../i18n/language.tsx';
import { kindIcon } from '../incidents/describe.ts';
import { Icon } from '../ui/icons.tsx';
import { Empty, Fetched } from '../ui/states.tsx';
import { Badge, type BadgeTone, PageTitle } from '../ui/surface.tsx';

const tones: Readonly<Record<RuleView['severity'], BadgeTone>> = {
  critical: 'danger',
  warning: 'warn',
  info: 'quiet',
};

/** The rules as they are in force; they are files, changed where the service runs. */
export function RulesPage() {
  const { t } = useDisplay();
  const query = useQuery('rules', api.rules);
  return (
    <>
      <PageTitle note={t('rules.note')}>{t('admin.rules')}</PageTitle>
      <Fetched query={query}>
        {(rules) =>
          rules.length === 0 ? (
            <Empty icon="rule" title={t('rules.none')} />
          ) : (
            <ul className="grid gap-2">
              {rules.map((rule) => (
                <li key={rule.name}>
                  <RuleItem rule={rule} />
                </li>
              ))}
            </ul>
          )
        }
      </Fetched>
    </>
  );
}

function RuleItem({ rule }: { rule: RuleView }) {
  const { t, locale, word } = useDisplay();
  const { faultClass } = rule;
  return (
    <details className="group rounded-card border border-line bg-surface shadow-card">
      <summary className="tap flex list-none flex-wrap items-center gap-x-3 gap-y-1 rounded-card px-4 py-2.5">
        <Icon name={kindIcon(rule.kind)} className="text-muted" />
        <span className="min-w-0 grow basis-44 font-semibold">
          {locale === 'en' ? rule.title.en : rule.title.zh}
        </span>
        <Badge tone={tones[rule.severity]}>{t(`severity.${rule.severity}`)}</Badge>
        {faultClass && <Badge tone="quiet">{word('faultClass', faultClass)}</Badge>}
        <Badge tone={rule.consequence === 'incident' ? 'danger' : 'quiet'}>
          {t(`consequence.${rule.consequence}`)}
        </Badge>
        <Icon name="down" size={18} className="ml-auto text-muted group-open:rotate-180" />
      </summary>
      <div className="px-4 pb-4">
        <p className="mb-1.5 font-mono text-fine text-muted">{rule.name}</p>
        <pre className="rounded-control bg-sunken px-3 py-2.5 font-mono text-fine whitespace-pre-wrap">
          {rule.text}
        </pre>
      </div>
    </details>
  );
}
