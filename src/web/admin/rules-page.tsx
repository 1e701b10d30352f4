import { useState } from 'react';
import type { RuleRow } from '../../api/rule-schemas.ts';
import { useQuery } from '../core/query.ts';
import { navigate, pathTo } from '../core/router.ts';
import { ruleApi } from '../core/rule-endpoints.ts';
import { hasRole, useSession } from '../core/session.tsx';
import { useDisplay } from '../i18n/language.tsx';
import { kindIcon } from '../incidents/describe.ts';
import { Button, Link } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { TextField } from '../ui/field.tsx';
import { Icon } from '../ui/icons.tsx';
import { Empty, Fetched } from '../ui/states.tsx';
import { useSubmit } from '../ui/submit.ts';
import { PageTitle } from '../ui/surface.tsx';
import { RuleBadges } from './rule-badges.tsx';
import { RuleFaults } from './rule-faults.tsx';

/** All rules: in force, on trial, and those that were put out of force. */
export function RulesPage() {
  const { t } = useDisplay();
  const { me } = useSession();
  const query = useQuery('rules', ruleApi.list, { pollMs: 30_000 });
  return (
    <>
      <PageTitle note={t('rules.note')} aside={hasRole(me, 'admin') && <NewRule />}>
        {t('admin.rules')}
      </PageTitle>
      <RuleFaults />
      <Fetched query={query}>
        {(rules) =>
          rules.length === 0 ? <Empty icon="rule" title={t('rules.none')} /> : <RuleList rules={rules} />
        }
      </Fetched>
    </>
  );
}

/** The gravest first; what is out of force last. */
const weights = ['critical', 'warning', 'info'];
const weightOf = ({ state, severity, name }: RuleRow): number =>
  (state === 'removed' ? 10 : 0) + weights.indexOf(severity) - (name === 'sos' ? 1 : 0);
const byWeight = (one: RuleRow, other: RuleRow): number => weightOf(one) - weightOf(other);

function RuleList({ rules }: { rules: readonly RuleRow[] }) {
  const { t } = useDisplay();
  const [wanted, setWanted] = useState('');
  const words = wanted.trim().toLowerCase();
  const found = rules
    .toSorted(byWeight)
    .filter(({ name, title, text }) =>
      `${name} ${title.zh} ${title.en} ${text}`.toLowerCase().includes(words),
    );
  return (
    <>
      <TextField
        type="search"
        label={t('rules.search')}
        value={wanted}
        onChange={(event) => setWanted(event.target.value)}
      />
      {found.length === 0 && <Empty icon="search" title={t('rules.noneFound')} />}
      <ul className="grid gap-2">
        {found.map((rule) => (
          <li key={rule.name}>
            <RuleItem rule={rule} />
          </li>
        ))}
      </ul>
    </>
  );
}

function RuleItem({ rule }: { rule: RuleRow }) {
  const { locale } = useDisplay();
  const isQuiet = rule.state === 'removed';
  return (
    <Link
      to={pathTo('rule', rule.name)}
      className={`tap flex flex-wrap items-center gap-x-3 gap-y-1.5 rounded-card border border-line bg-surface px-4 py-2.5 shadow-card hover:bg-sunken ${isQuiet ? 'text-muted' : ''}`}
    >
      <Icon name={kindIcon(rule.kind)} className="text-muted" />
      <span className="grid min-w-0 grow basis-40">
        <span className="font-semibold">{locale === 'en' ? rule.title.en : rule.title.zh}</span>
        <span lang="en" className="break-all font-mono text-fine text-muted">
          {rule.name}
        </span>
      </span>
      <span className="flex min-w-0 flex-wrap items-center gap-1.5">
        <RuleBadges rule={rule} />
      </span>
      <Icon name="right" size={18} className="ml-auto text-muted" />
    </Link>
  );
}

function NewRule() {
  const { t } = useDisplay();
  const submission = useSubmit();
  const [open, setOpen] = useState(false);
  const [name, setName] = useState('');
  const create = async () => {
    if (!/^[a-z][a-z0-9_]{0,62}$/.test(name)) return submission.refuse(t('rules.newNameWrong'));
    navigate(pathTo('rule', name));
  };
  return (
    <>
      <Button icon="plus" onClick={() => setOpen(true)}>
        {t('rules.new')}
      </Button>
      <Dialog open={open} onClose={() => setOpen(false)} title={t('rules.new')} note={t('rules.newNote')}>
        <form className="grid gap-4" onSubmit={submission.onSubmit(create)}>
          <TextField
            label={t('rules.newName')}
            hint={t('rules.newNameHint')}
            error={submission.error}
            value={name}
            autoCapitalize="none"
            spellCheck={false}
            onChange={(event) => setName(event.target.value.trim())}
          />
          <Button tone="action" type="submit" block>
            {t('rules.create')}
          </Button>
        </form>
      </Dialog>
    </>
  );
}
