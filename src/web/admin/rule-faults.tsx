import { useQuery } from '../core/query.ts';
import { pathTo } from '../core/router.ts';
import { ruleApi } from '../core/rule-endpoints.ts';
import { useDisplay } from '../i18n/language.tsx';
import { Link } from '../ui/button.tsx';
import { Notice } from '../ui/surface.tsx';

const useRuleProblems = () => useQuery('rule problems', ruleApi.problems, { pollMs: 15_000 });

/** Says that rules as they were written are not those that run; nothing where all is well. */
export function RuleFaults() {
  const { t } = useDisplay();
  const { data } = useRuleProblems();
  if (!data || (data.problems.length === 0 && data.behind.length === 0)) return null;
  return (
    <Notice
      tone="warn"
      icon="alert"
      title={
        data.problems.length > 0 ? t('rules.faults', { count: data.problems.length }) : t('rules.behind')
      }
      live
    >
      <ul className="grid gap-1 py-1">
        {data.problems.map(({ file, line, column, message }) => (
          <li key={`${file}:${line}:${column} ${message}`}>
            <span lang="en" className="break-all font-mono text-fine">{`${file}:${line}`}</span> {message}
          </li>
        ))}
        {data.behind.map(({ id, roles }) => (
          <li key={id} lang="en" className="break-all font-mono text-fine">{`${roles.join(', ')} ${id}`}</li>
        ))}
      </ul>
    </Notice>
  );
}

/** The same in one line, for the board. */
export function RuleFaultsLine() {
  const { t } = useDisplay();
  const { data } = useRuleProblems();
  if (!data || data.problems.length === 0) return null;
  return (
    <Notice tone="warn" icon="alert" title={t('rules.faults', { count: data.problems.length })} live>
      <Link to={pathTo('rules')} className="font-semibold text-action underline">
        {t('rules.faultsWhere')}
      </Link>
    </Notice>
  );
}
