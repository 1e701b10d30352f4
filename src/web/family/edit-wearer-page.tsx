import { type FormEvent, useState } from 'react';
import type { SubjectView } from '../../api/schemas.ts';
import { api } from '../core/endpoints.ts';
import { ApiError } from '../core/http.ts';
import { refresh } from '../core/query.ts';
import { navigate, pathTo } from '../core/router.ts';
import { useDisplay } from '../i18n/language.tsx';
import { Button, ButtonLink } from '../ui/button.tsx';
import { Fetched, useErrorText } from '../ui/states.tsx';
import { Card, Notice, PageTitle } from '../ui/surface.tsx';
import { useSpeaker } from '../ui/toast.tsx';
import { problemOf, toInput, type WearerDraft, WearerFields } from './wearer-form.tsx';
import { useSubject } from './wearer-page.tsx';

export function EditWearerPage({ id }: { id: number }) {
  const query = useSubject(id);
  return (
    <div className="mx-auto grid w-full max-w-2xl gap-4">
      <Fetched query={query}>{(subject) => <EditForm subject={subject} />}</Fetched>
    </div>
  );
}

function draftOf(subject: SubjectView): WearerDraft {
  return {
    kind: subject.kind,
    name: subject.name,
    sex: subject.sex ?? undefined,
    birthYear: subject.birthYear?.toString() ?? '',
    phone: subject.phone ?? '',
    homeAddress: subject.homeAddress ?? '',
    latitude: subject.homeLatitude?.toString() ?? '',
    longitude: subject.homeLongitude?.toString() ?? '',
    livesAlone: subject.livesAlone,
    impaired: subject.mobility === 'impaired',
    careNotes: subject.careNotes ?? '',
  };
}

function EditForm({ subject }: { subject: SubjectView }) {
  const { t } = useDisplay();
  const { toast } = useSpeaker();
  const text = useErrorText();
  const [draft, setDraft] = useState(() => draftOf(subject));
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | undefined>();
  const save = async (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (problemOf(draft)) return;
    setBusy(true);
    try {
      await api.patchSubject(subject.id, toInput(draft));
      refresh();
      toast({ tone: 'ok', text: t('wearer.saved') });
      navigate(pathTo('wearer', subject.id));
    } catch (problem) {
      setBusy(false);
      if (!(problem instanceof ApiError)) throw problem;
      setError(text(problem));
    }
  };
  return (
    <form className="grid gap-4" noValidate onSubmit={(event) => void save(event)}>
      <PageTitle>{t('wearer.edit', { name: subject.name })}</PageTitle>
      <Card>
        <div className="grid gap-5">
          <WearerFields draft={draft} onChange={setDraft} problem={tried ? problemOf(draft) : undefined} />
        </div>
      </Card>
      {error && <Notice tone="danger" icon="alert" title={error} live />}
      <div className="grid gap-2 middle:grid-cols-2">
        <Button type="submit" tone="action" busy={busy} icon="check">
          {t('common.save')}
        </Button>
        <ButtonLink to={pathTo('wearer', subject.id)}>{t('common.cancel')}</ButtonLink>
      </div>
    </form>
  );
}
