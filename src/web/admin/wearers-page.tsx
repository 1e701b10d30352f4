import { useState } from 'react';
import type { SubjectView } from '../../api/schemas.ts';
import { adminApi } from '../core/admin-endpoints.ts';
import { api } from '../core/endpoints.ts';
import { useQuery } from '../core/query.ts';
import { useDisplay } from '../i18n/language.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { SelectField, TextField } from '../ui/field.tsx';
import { Empty, Fetched } from '../ui/states.tsx';
import { useSubmit } from '../ui/submit.ts';
import { Card, Notice, PageTitle } from '../ui/surface.tsx';
import { ConfirmButton } from './confirm-button.tsx';
import { ImportDialog } from './import-dialog.tsx';

/** Who wears a band, and which relatives see it and are told. */
export function WearersPage() {
  const { t } = useDisplay();
  const query = useQuery('subjects', api.subjects, { topics: ['incident', 'alert', 'device'] });
  const [text, setText] = useState('');
  const [addingTo, setAddingTo] = useState<SubjectView | undefined>();
  const wanted = text.trim().toLowerCase();
  const fits = (subject: SubjectView) =>
    [subject.name, subject.homeAddress, subject.grid?.name, subject.device?.nativeId].some((field) =>
      field?.toLowerCase().includes(wanted),
    );
  return (
    <>
      <Title onImported={query.reload} />
      <Card flush>
        <div className="px-4 pt-3 pb-3">
          <TextField
            label={t('common.search')}
            type="search"
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        </div>
        <Fetched query={query}>
          {(subjects) => {
            const shown = subjects.filter(fits);
            if (shown.length === 0) return <Empty icon="search" title={t('common.nothing')} />;
            return (
              <ul className="divide-y divide-line border-t border-line">
                {shown.map((subject) => (
                  <li key={subject.id}>
                    <WearerRow
                      subject={subject}
                      onAdd={() => setAddingTo(subject)}
                      onChanged={query.reload}
                    />
                  </li>
                ))}
              </ul>
            );
          }}
        </Fetched>
      </Card>
      {addingTo && (
        <RelativeDialog subject={addingTo} onClose={() => setAddingTo(undefined)} onSaved={query.reload} />
      )}
    </>
  );
}

function Title({ onImported }: { onImported: () => void }) {
  const { t } = useDisplay();
  const [importing, setImporting] = useState(false);
  return (
    <>
      <PageTitle
        note={t('wearers.note')}
        aside={
          <Button icon="copy" onClick={() => setImporting(true)}>
            {t('import.open')}
          </Button>
        }
      >
        {t('admin.wearers')}
      </PageTitle>
      {importing && (
        <ImportDialog target="subjects" onClose={() => setImporting(false)} onImported={onImported} />
      )}
    </>
  );
}

interface WearerRowProps {
  subject: SubjectView;
  onAdd: () => void;
  onChanged: () => void;
}

function WearerRow({ subject, onAdd, onChanged }: WearerRowProps) {
  const { t } = useDisplay();
  const remove = async (accountId: number) => {
    await adminApi.deleteRelative(subject.id, accountId);
    onChanged();
  };
  return (
    <div className="grid gap-2 px-4 py-2.5 text-small middle:grid-cols-[minmax(0,1fr)_minmax(0,1fr)]">
      <div className="min-w-0">
        <p className="font-semibold">{subject.name}</p>
        <p className="text-fine text-muted">
          {[subject.grid?.name, subject.homeAddress, subject.device?.nativeId].filter(Boolean).join(' · ')}
        </p>
      </div>
      <section aria-label={t('wearers.relatives', { name: subject.name })} className="grid gap-1.5">
        {subject.family.length === 0 && <p className="text-muted">{t('wearers.noRelatives')}</p>}
        <ul className="grid gap-1">
          {subject.family.map((person) => (
            <li key={person.id} className="flex flex-wrap items-center justify-between gap-2">
              <span>
                {person.name} · {person.relation}
                {person.phone && <span className="tnum text-muted"> · {person.phone}</span>}
              </span>
              <ConfirmButton
                size="small"
                label={t('wearers.removeRelative', { name: person.name })}
                question={t('wearers.removeSure', { name: person.name, wearer: subject.name })}
                onConfirm={() => remove(person.id)}
              />
            </li>
          ))}
        </ul>
        <div>
          <Button size="small" icon="plus" onClick={onAdd}>
            {t('wearers.addRelative')}
            <span className="sr-only"> {subject.name}</span>
          </Button>
        </div>
      </section>
    </div>
  );
}

const relations = ['daughter', 'son', 'spouse', 'grandchild', 'parent', 'carer'] as const;

interface RelativeDialogProps {
  subject: SubjectView;
  onClose: () => void;
  onSaved: () => void;
}

function RelativeDialog({ subject, onClose, onSaved }: RelativeDialogProps) {
  const { t } = useDisplay();
  const submission = useSubmit();
  const [login, setLogin] = useState('');
  const [relation, setRelation] = useState<string>(t('relation.daughter'));
  const save = async () => {
    await adminApi.addRelative(subject.id, { login: login.trim(), relation });
    onSaved();
    onClose();
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('wearers.relatives', { name: subject.name })}
      note={t('wearers.addNote')}
    >
      <form className="grid gap-4" onSubmit={submission.onSubmit(save)}>
        <TextField
          label={t('wearers.login')}
          required
          autoCapitalize="none"
          autoComplete="off"
          maxLength={32}
          value={login}
          onChange={(event) => setLogin(event.target.value)}
        />
        <SelectField
          label={t('wearers.relation')}
          value={relation}
          onChange={setRelation}
          choices={relations.map((one) => ({ value: t(`relation.${one}`), label: t(`relation.${one}`) }))}
        />
        {submission.error && <Notice tone="danger" icon="alert" title={submission.error} live />}
        <Button type="submit" tone="action" block busy={submission.busy}>
          {t('wearers.addRelative')}
        </Button>
      </form>
    </Dialog>
  );
}
