import type { RuleCheck, RuleProblem } from '../../api/rule-schemas.ts';
import { useDisplay } from '../i18n/language.tsx';
import { Icon } from '../ui/icons.tsx';
import { Card, Notice } from '../ui/surface.tsx';

export type Findings = Pick<RuleCheck, 'problems' | 'results'> & Partial<Pick<RuleCheck, 'words' | 'gaps'>>;

export const isTestFile = ({ file }: RuleProblem): boolean => file.includes('tests/');

/** What a check or a refused save had to say: faults with their places, the rule in words, and each test. */
export function RuleFindings({
  findings,
  onPlace,
}: {
  findings: Findings;
  onPlace: (problem: RuleProblem) => void;
}) {
  const { t } = useDisplay();
  const { problems, results, words = [], gaps = [] } = findings;
  const failed = results.filter(({ passed }) => !passed);
  return (
    <div role="status" className="grid gap-3">
      {problems.length > 0 ? (
        <Problems problems={problems} onPlace={onPlace} />
      ) : failed.length === 0 ? (
        <Notice
          tone="ok"
          icon="checkCircle"
          title={results.length > 0 ? t('rules.testsPass', { count: results.length }) : t('rules.sound')}
        />
      ) : null}
      {failed.length > 0 && <Failed failed={failed} />}
      {words.length > 0 && (
        <Card title={t('rules.words')} icon="info">
          <ul className="grid gap-1 text-small">
            {words.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </Card>
      )}
      {gaps.length > 0 && (
        <Card title={t('rules.gaps')} icon="note">
          <ul className="grid list-disc gap-1 pl-5 text-small text-muted">
            {gaps.map((gap) => (
              <li key={gap}>{gap}</li>
            ))}
          </ul>
        </Card>
      )}
    </div>
  );
}

function Problems({
  problems,
  onPlace,
}: {
  problems: readonly RuleProblem[];
  onPlace: (problem: RuleProblem) => void;
}) {
  const { t } = useDisplay();
  return (
    <Notice tone="danger" icon="alert" title={t('rules.problems', { count: problems.length })}>
      <ul className="grid gap-1 pt-1">
        {problems.map((problem) => (
          <li key={`${problem.file}:${problem.line}:${problem.column} ${problem.message}`}>
            <button
              type="button"
              onClick={() => onPlace(problem)}
              className="tap-small rounded-control pr-2 text-left font-semibold text-action underline"
            >
              {t(isTestFile(problem) ? 'rules.tests' : 'rules.body')}{' '}
              {t('rules.line', { line: problem.line })}
            </button>{' '}
            {problem.message}
          </li>
        ))}
      </ul>
    </Notice>
  );
}

function Failed({ failed }: { failed: Findings['results'] }) {
  const { t } = useDisplay();
  const list = (changes: readonly string[]) => changes.join(' · ') || t('rules.nothing');
  return (
    <Notice tone="danger" icon="alert" title={t('rules.testsFail', { count: failed.length })}>
      <ul className="grid gap-2 pt-1">
        {failed.map(({ name, expected, happened }) => (
          <li key={name} className="grid gap-0.5">
            <span className="flex items-center gap-1.5 font-medium">
              <Icon name="close" size={16} className="text-danger" />
              {name}
            </span>
            <span className="text-fine">
              {t('rules.expected')}: <span className="font-mono">{list(expected)}</span>
            </span>
            <span className="text-fine">
              {t('rules.happened')}: <span className="font-mono">{list(happened)}</span>
            </span>
          </li>
        ))}
      </ul>
    </Notice>
  );
}
