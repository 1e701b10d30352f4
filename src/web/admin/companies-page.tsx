import { useState } from 'react';
import type { CompanyView } from '../../api/asset-schemas.ts';
import { adminApi } from '../core/admin-endpoints.ts';
import { api } from '../core/endpoints.ts';
import { type QueryState, useQuery } from '../core/query.ts';
import { hasRole, useSession } from '../core/session.tsx';
import { useDisplay } from '../i18n/language.tsx';
import { phoneHref } from '../incidents/describe.ts';
import { Button } from '../ui/button.tsx';
import { Empty, Fetched } from '../ui/states.tsx';
import { Badge, Card, Facts, PageTitle } from '../ui/surface.tsx';
import { CompanyDialog } from './company-dialog.tsx';
import { CompanyShifts } from './company-shifts.tsx';
import { ConfirmButton } from './confirm-button.tsx';
import { MemberDialog } from './member-dialog.tsx';

type Companies = QueryState<CompanyView[]> & { reload: () => void };

/** Property companies: who works there, and when somebody is there for a ticket. */
export function CompaniesPage() {
  const { t } = useDisplay();
  const { me } = useSession();
  const query: Companies = useQuery('companies', api.companies, { topics: ['ticket'], pollMs: 60_000 });
  const [adding, setAdding] = useState(false);
  return (
    <>
      <PageTitle
        note={t('companies.note')}
        aside={
          hasRole(me, 'admin') && (
            <Button tone="action" icon="plus" onClick={() => setAdding(true)}>
              {t('companies.add')}
            </Button>
          )
        }
      >
        {t('admin.companies')}
      </PageTitle>
      <Fetched query={query}>
        {(companies) =>
          companies.length === 0 ? (
            <Card>
              <Empty icon="building" title={t('companies.none')} />
            </Card>
          ) : (
            companies.map((company) => (
              <CompanyCard key={company.id} company={company} onChanged={query.reload} />
            ))
          )
        }
      </Fetched>
      {adding && (
        <CompanyDialog company={undefined} onClose={() => setAdding(false)} onSaved={query.reload} />
      )}
    </>
  );
}

interface CompanyCardProps {
  company: CompanyView;
  onChanged: () => void;
}

function CompanyCard({ company, onChanged }: CompanyCardProps) {
  const { t, format } = useDisplay();
  const { me } = useSession();
  const [editing, setEditing] = useState(false);
  const nobody = !company.members.some((member) => member.duty === 'manager' && member.onDuty);
  return (
    <Card
      title={company.name}
      icon="building"
      aside={
        hasRole(me, 'admin') && (
          <Button size="small" icon="edit" onClick={() => setEditing(true)}>
            {t('companies.edit')}
            <span className="sr-only"> {company.name}</span>
          </Button>
        )
      }
    >
      <div className="grid min-w-0 gap-4">
        <div className="grid gap-3 middle:max-w-md">
          <Facts
            rows={[
              [t('companies.code'), company.code],
              company.phone === null
                ? undefined
                : [
                    t('account.phone'),
                    <a key="phone" className="tnum text-action underline" href={phoneHref(company.phone)}>
                      {company.phone}
                    </a>,
                  ],
              [t('companies.assets'), format.number(company.assets)],
              [t('companies.open'), format.number(company.openTickets)],
              [t('companies.breaches'), format.number(company.breachesLast30Days)],
            ]}
          />
          {nobody && (
            <Badge tone="warn" icon="alert">
              {t('companies.nobody')}
            </Badge>
          )}
        </div>
        <div className="grid min-w-0 gap-4">
          <Members company={company} onChanged={onChanged} />
          <CompanyShifts company={company} onChanged={onChanged} />
        </div>
      </div>
      {editing && <CompanyDialog company={company} onClose={() => setEditing(false)} onSaved={onChanged} />}
    </Card>
  );
}

function Members({ company, onChanged }: CompanyCardProps) {
  const { t } = useDisplay();
  const mayChange = hasRole(useSession().me, 'admin');
  const [adding, setAdding] = useState(false);
  const remove = async (accountId: number) => {
    await adminApi.deleteMember(company.id, accountId);
    onChanged();
  };
  return (
    <section aria-label={t('companies.membersOf', { name: company.name })} className="grid gap-2">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <h3 className="text-small font-bold">{t('companies.members', { count: company.members.length })}</h3>
        {mayChange && (
          <Button size="small" icon="plus" onClick={() => setAdding(true)}>
            {t('companies.addMember')}
          </Button>
        )}
      </div>
      {company.members.length === 0 && <p className="text-small text-muted">{t('companies.noMembers')}</p>}
      <ul className="divide-y divide-line rounded-control border border-line empty:hidden">
        {company.members.map((member) => (
          <li
            key={member.id}
            className="flex flex-wrap items-center justify-between gap-2 px-3 py-1.5 text-small"
          >
            <p className="flex min-w-0 flex-wrap items-center gap-x-2 gap-y-1">
              <span className="font-semibold">{member.name}</span>
              <Badge tone="action">{t(`companyDuty.${member.duty}`)}</Badge>
              {member.onDuty && (
                <Badge tone="ok" icon="check">
                  {t('duty.on')}
                </Badge>
              )}
              {member.phone && <span className="tnum text-muted">{member.phone}</span>}
            </p>
            {mayChange && (
              <ConfirmButton
                size="small"
                label={t('companies.removeMember', { name: member.name })}
                question={t('companies.removeSure', { name: member.name, company: company.name })}
                onConfirm={() => remove(member.id)}
              />
            )}
          </li>
        ))}
      </ul>
      {adding && <MemberDialog company={company} onClose={() => setAdding(false)} onSaved={onChanged} />}
    </section>
  );
}
