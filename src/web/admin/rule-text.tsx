import type { RuleDetail } from '../../api/rule-schemas.ts';
import { pathTo } from '../core/router.ts';
import { ruleApi } from '../core/rule-endpoints.ts';
import { hasRole, useSession } from '../core/session.tsx';
import { useDisplay } from '../i18n/language.tsx';
import { Link } from '../ui/button.tsx';
import { Card, Facts } from '../ui/surface.tsx';
import { useSpeaker } from '../ui/toast.tsx';
import { ConfirmButton } from './confirm-button.tsx';
import { RuleEditor } from './rule-editor.tsx';

/** What a rule says in words and as it is written; the administrator changes it here. */
export function RuleText({ rule, reload }: { rule: RuleDetail; reload: () => void }) {
  const { t, format } = useDisplay();
  const { me } = useSession();
  const isAdmin = hasRole(me, 'admin');
  const by = rule.author ?? t('rules.folder');
  const [, ...words] = rule.text.split('\n');
  return (
    <>
      <Card title={t('rules.words')} icon="info">
        <ul className="grid gap-1 pb-3 text-small">
          {words.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
        {rule.body.includes('traits:') && (
          <Link
            to={pathTo('wearers')}
            className="tap-small mb-2 inline-flex items-center text-small font-semibold text-action"
          >
            {t('rules.traitsWhere')}
          </Link>
        )}
        <Facts
          rows={[
            rule.revision === null
              ? undefined
              : [t('rules.revision'), t('rules.revisionOf', { revision: rule.revision })],
            [t('rules.by'), by],
            rule.changedAt === null ? undefined : [t('rules.at'), format.full(rule.changedAt)],
            rule.note === null ? undefined : [t('rules.why'), rule.note],
          ]}
        />
      </Card>
      {isAdmin ? (
        <RuleEditor
          name={rule.name}
          held={{ body: rule.body, tests: rule.tests, basedOn: rule.basedOn, by }}
          file={rule.file}
          trialBasedOn={rule.trialBasedOn}
          onChanged={reload}
        />
      ) : (
        <>
          <Written title={t('rules.body')} text={rule.body} />
          <Written title={t('rules.tests')} text={rule.tests} />
        </>
      )}
      {isAdmin && rule.state !== 'removed' && rule.state !== 'trial' && (
        <RemoveRule rule={rule} reload={reload} />
      )}
    </>
  );
}

function Written({ title, text }: { title: string; text: string }) {
  return (
    <Card title={title} icon="rule">
      <pre lang="en" className="overflow-x-auto rounded-control bg-sunken px-3 py-2.5 font-mono text-fine">
        {text}
      </pre>
    </Card>
  );
}

function RemoveRule({ rule, reload }: { rule: RuleDetail; reload: () => void }) {
  const { t } = useDisplay();
  const { toast } = useSpeaker();
  const remove = async () => {
    await ruleApi.remove(rule.name, { basedOn: rule.basedOn });
    toast({ tone: 'ok', text: t('rules.removed') });
    reload();
  };
  return (
    <div>
      <ConfirmButton
        label={t('rules.remove')}
        question={t('rules.removeQuestion')}
        size="small"
        onConfirm={remove}
      />
    </div>
  );
}
