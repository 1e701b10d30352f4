import { type FormEvent, useState } from 'react';
import { api } from '../core/endpoints.ts';
import { useQuery } from '../core/query.ts';
import { useDisplay } from '../i18n/language.tsx';
import { Button } from '../ui/button.tsx';
import { ChoiceField } from '../ui/field.tsx';
import { Icon, type IconName } from '../ui/icons.tsx';
import { Card, Notice } from '../ui/surface.tsx';
import type { Registration } from './register-page.tsx';
import { problemOf } from './wearer-draft.ts';
import { WearerFields } from './wearer-form.tsx';

interface WearerStepProps {
  registration: Registration;
  onChange: (patch: Partial<Registration>) => void;
  onBack: () => void;
  onNext: () => void;
}

const relations = ['daughter', 'son', 'spouse', 'grandchild', 'parent', 'carer'] as const;

export function WearerStep({ registration, onChange, onBack, onNext }: WearerStepProps) {
  const { t } = useDisplay();
  const known = useQuery('subjects', api.subjects, { topics: ['device'] }).data ?? [];
  const [tried, setTried] = useState(false);
  const isNew = registration.subjectId === undefined;
  const problem = isNew ? problemOf(registration.draft) : undefined;
  const next = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!problem && registration.relation !== '') onNext();
  };
  const choices = known.map((subject) => ({ value: String(subject.id), label: subject.name }));
  return (
    <form className="grid gap-4" noValidate onSubmit={next}>
      <Card title={t('register.wearer')} icon="user">
        <div className="grid gap-5">
          {known.length > 0 && (
            <ChoiceField
              label={t('register.whose')}
              value={registration.subjectId === undefined ? 'new' : String(registration.subjectId)}
              onChange={(value) => onChange({ subjectId: value === 'new' ? undefined : Number(value) })}
              choices={[...choices, { value: 'new', label: t('register.newWearer') }]}
            />
          )}
          <ChoiceField
            label={t('register.relation')}
            value={registration.relation}
            onChange={(relation) => onChange({ relation })}
            choices={relations.map((relation) => ({
              value: t(`relation.${relation}`),
              label: t(`relation.${relation}`),
            }))}
          />
          {tried && registration.relation === '' && (
            <Notice tone="danger" icon="alert" title={t('register.relationMissing')} live />
          )}
          {isNew && (
            <WearerFields
              draft={registration.draft}
              onChange={(draft) => onChange({ draft })}
              problem={tried ? problem : undefined}
            />
          )}
        </div>
      </Card>
      {tried && problem && <Notice tone="danger" icon="alert" title={t('register.incomplete')} live />}
      <div className="grid grid-cols-2 gap-2 large:grid-cols-1">
        <Button onClick={onBack}>{t('common.back')}</Button>
        <Button type="submit" tone="action">
          {t('common.next')}
        </Button>
      </div>
    </form>
  );
}

interface MethodStepProps {
  busy: boolean;
  error: string | undefined;
  onBack: () => void;
  onChoose: (method: 'code' | 'press') => void;
}

const methods: readonly { method: 'code' | 'press'; icon: IconName }[] = [
  { method: 'press', icon: 'sos' },
  { method: 'code', icon: 'note' },
];

/** The proof that the band is in our hands: nobody registers somebody else's. */
export function MethodStep({ busy, error, onBack, onChoose }: MethodStepProps) {
  const { t } = useDisplay();
  return (
    <div className="grid gap-4">
      <Card title={t('register.proof')} icon="lock">
        <p className="mb-3 text-small text-muted">{t('register.proofWhy')}</p>
        <div className="grid gap-3">
          {methods.map(({ method, icon }) => (
            <button
              key={method}
              type="button"
              disabled={busy}
              onClick={() => onChoose(method)}
              className="flex items-center gap-4 rounded-card border border-edge bg-surface p-4 text-left hover:bg-action-soft disabled:opacity-60"
            >
              <span className="grid size-12 shrink-0 place-items-center rounded-full bg-action-soft text-action">
                <Icon name={icon} size={28} />
              </span>
              <span className="min-w-0">
                <span className="block font-bold">{t(`method.${method}`)}</span>
                <span className="block text-small text-muted">{t(`method.${method}Note`)}</span>
              </span>
            </button>
          ))}
        </div>
      </Card>
      {error && <Notice tone="danger" icon="alert" title={error} live />}
      <Button onClick={onBack}>{t('common.back')}</Button>
    </div>
  );
}
