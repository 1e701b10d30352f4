import { useState } from 'react';
import type { RuleDetail, RuleVersionView } from '../../api/rule-schemas.ts';
import { useQuery } from '../core/query.ts';
import { ruleApi } from '../core/rule-endpoints.ts';
import { hasRole, useSession } from '../core/session.tsx';
import { useDisplay } from '../i18n/language.tsx';
import { Button } from '../ui/button.tsx';
import { Fetched } from '../ui/states.tsx';
import { Badge } from '../ui/surface.tsx';
import { useSpeaker } from '../ui/toast.tsx';
import { ConfirmButton } from './confirm-button.tsx';
import { RuleDiff } from './rule-diff.tsx';

/** Every version of a rule with its author, what it changed, and the way back to it. */
export function RuleVersions({ rule, reload }: { rule: RuleDetail; reload: () => void }) {
  const query = useQuery(`versions ${rule.name} ${rule.basedOn} ${rule.trialBasedOn}`, () =>
    ruleApi.versions(rule.name),
  );
  return (
    <Fetched query={query}>
      {(versions) => (
        <ol className="grid gap-2">
          {versions.map((version) => (
            <li key={version.id}>
              <VersionItem
                rule={rule}
                version={version}
                before={beforeOf(versions, version)}
                reload={reload}
              />
            </li>
          ))}
        </ol>
      )}
    </Fetched>
  );
}

/** What a version is compared with: the one before it in its lane; the first on trial, with what was in force then. */
function beforeOf(versions: readonly RuleVersionView[], version: RuleVersionView) {
  const earlier = versions.filter((one) => one.id < version.id && one.version !== null);
  const sameLane = earlier.find((one) => one.shadow === version.shadow);
  return version.shadow ? (earlier.find((one) => !one.shadow) ?? sameLane) : sameLane;
}

interface VersionItemProps {
  rule: RuleDetail;
  version: RuleVersionView;
  before: RuleVersionView | undefined;
  reload: () => void;
}

function VersionItem({ rule, version, before, reload }: VersionItemProps) {
  const { t, word, format } = useDisplay();
  const { me } = useSession();
  const [open, setOpen] = useState(false);
  const isText = version.version !== null;
  const mayReturn = hasRole(me, 'admin') && isText && !(version.inForce && !version.shadow);
  return (
    <article className="grid gap-2 rounded-card border border-line bg-surface px-4 py-3 shadow-card">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <h3 className="tnum font-semibold">
          {version.shadow && `${t('rules.lane')} · `}
          {t('rules.revisionOf', { revision: version.revision })}
        </h3>
        <Badge tone="quiet">{word('ruleAction', version.action)}</Badge>
        {version.inForce && (
          <Badge tone={version.shadow ? 'action' : 'ok'}>
            {t(version.shadow ? 'rules.lane' : 'rules.inForce')}
          </Badge>
        )}
      </div>
      <p className="text-small text-muted">
        {version.author ?? t('rules.folder')} · {format.full(version.at)}
        {version.version && (
          <>
            {' · '}
            <span lang="en" className="font-mono text-fine">
              {version.version}
            </span>
          </>
        )}
      </p>
      {version.note && <p className="text-small">{version.note}</p>}
      <div className="flex flex-wrap items-center gap-2">
        {isText && before && (
          <Button size="small" icon="eye" aria-expanded={open} onClick={() => setOpen(!open)}>
            {t(open ? 'rules.compareHide' : 'rules.compare')}
          </Button>
        )}
        {isText && !before && <span className="text-fine text-muted">{t('rules.first')}</span>}
        {mayReturn && <RollBack rule={rule} version={version} reload={reload} />}
      </div>
      {open && before && <RuleDiff name={rule.name} from={before.id} to={version.id} />}
    </article>
  );
}

function RollBack({ rule, version, reload }: Omit<VersionItemProps, 'before'>) {
  const { t } = useDisplay();
  const { toast } = useSpeaker();
  const rollBack = async () => {
    const change = { versionId: version.id, basedOn: rule.basedOn };
    const { basedOn } = await ruleApi.rollBack(rule.name, change);
    toast({ tone: 'ok', text: t('rules.rolledBack', { revision: basedOn ?? 0 }) });
    reload();
  };
  return (
    <ConfirmButton
      label={t('rules.rollBack')}
      question={t('rules.rollBackQuestion', { revision: version.revision })}
      size="small"
      icon="undo"
      onConfirm={rollBack}
    />
  );
}
