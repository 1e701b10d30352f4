import { useState } from 'react';
import type { RuleDetail } from '../../api/rule-schemas.ts';
import { useQuery } from '../core/query.ts';
import { matchRoute, pathTo, usePath } from '../core/router.ts';
import { ruleApi } from '../core/rule-endpoints.ts';
import { hasRole, useSession } from '../core/session.tsx';
import { useDisplay } from '../i18n/language.tsx';
import { BackLink } from '../ui/button.tsx';
import { Segments } from '../ui/segments.tsx';
import { Empty, Failure, Loading } from '../ui/states.tsx';
import { Notice, PageTitle } from '../ui/surface.tsx';
import { RuleBadges } from './rule-badges.tsx';
import { RuleEditor } from './rule-editor.tsx';
import { RuleText } from './rule-text.tsx';
import { RuleTrial } from './rule-trial.tsx';
import { RuleVersions } from './rule-versions.tsx';
import { RuleWhy } from './rule-why.tsx';

/** One rule: what it says, what its trial shows, and how it came about. */
export function RulePage() {
  const { t } = useDisplay();
  const name = matchRoute(usePath()).key ?? '';
  const query = useQuery(`rule ${name}`, () => ruleApi.one(name));
  return (
    <>
      <BackLink to={pathTo('rules')}>{t('rules.back')}</BackLink>
      {query.error?.status === 404 ? (
        <Unwritten key={name} name={name} onSaved={query.reload} />
      ) : query.data ? (
        <OneRule key={name} rule={query.data} reload={query.reload} />
      ) : query.error ? (
        <Failure error={query.error} retry={query.reload} />
      ) : (
        <Loading />
      )}
    </>
  );
}

const views = ['text', 'why', 'trial', 'versions'] as const;
type View = (typeof views)[number];

function OneRule({ rule, reload }: { rule: RuleDetail; reload: () => void }) {
  const { t, locale } = useDisplay();
  const [view, setView] = useState<View>('text');
  return (
    <>
      <PageTitle
        note={
          <span lang="en" className="font-mono">
            {rule.name}
          </span>
        }
      >
        {locale === 'en' ? rule.title.en : rule.title.zh}
      </PageTitle>
      <div className="flex flex-wrap gap-1.5">
        <RuleBadges rule={rule} />
      </div>
      <Segments
        label={t('rules.views')}
        choices={views.map((value) => ({ value, label: t(`rules.view.${value}`) }))}
        value={view}
        onChange={setView}
      />
      <div className={view === 'text' ? 'grid gap-4' : 'hidden'}>
        <RuleText rule={rule} reload={reload} />
      </div>
      {view === 'why' && <RuleWhy name={rule.name} />}
      {view === 'trial' && <RuleTrial rule={rule} reload={reload} />}
      {view === 'versions' && <RuleVersions rule={rule} reload={reload} />}
    </>
  );
}

const template = (name: string) => ({
  body: `name: ${name}
title: { zh: , en: }
kind: ${name}
severity: warning
consequence: notice
condition:
  threshold:
    signal:
    above:
    for: 10m
    clear: { at_most: , for: 5m }
`,
  tests: `rule: ${name}
cases:
  - name:
    every: 1m
    series: {}
    expect: []
`,
});

function Unwritten({ name, onSaved }: { name: string; onSaved: () => void }) {
  const { t } = useDisplay();
  const { me } = useSession();
  if (!hasRole(me, 'admin')) return <Empty icon="rule" title={t('rules.unwrittenReader', { name })} />;
  return (
    <>
      <PageTitle>{t('rules.new')}</PageTitle>
      <Notice tone="action" icon="info" title={t('rules.unwritten', { name })} />
      <RuleEditor
        name={name}
        held={{ ...template(name), basedOn: null, by: '' }}
        trialBasedOn={null}
        onChanged={onSaved}
      />
    </>
  );
}
