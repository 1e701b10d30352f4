import { useState } from 'react';
import type { SubjectView } from '../../api/schemas.ts';
import { api } from '../core/endpoints.ts';
import { refresh } from '../core/query.ts';
import { navigate, pathTo } from '../core/router.ts';
import { useDisplay } from '../i18n/language.tsx';
import { Button, ButtonLink } from '../ui/button.tsx';
import { Fetched } from '../ui/states.tsx';
import { useSubmit } from '../ui/submit.ts';
import { Card, Notice, PageTitle } from '../ui/surface.tsx';
import { useSpeaker } from '../ui/toast.tsx';
import { draftTraits, problemOf, toInput, type WearerDraft } from './wearer-draft.ts';
import { WearerFields } from './wearer-form.tsx';
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
    ...draftTraits(subject.traits),
    watchHome: subject.watchHome,
    homeRadius: subject.homeRadiusM?.toString() ?? '',
  };
}

function EditForm({ subject }: { subject: SubjectView }) {
  const { t } = useDisplay();
  const { toast } = useSpeaker();
  const [draft, setDraft] = useState(() => draftOf(subject));
  const [tried, setTried] = useState(false);
  const submission = useSubmit();
  const save = async () => {
    setTried(true);
    if (problemOf(draft)) return;
    await api.patchSubject(subject.id, toInput(draft));
    refresh();
    toast({ tone: 'ok', text: t('wearer.saved') });
    navigate(pathTo('wearer', subject.id));
  };
  return (
    <form className="grid gap-4" noValidate onSubmit={submission.onSubmit(save)}>
      <PageTitle>{t('wearer.edit', { name: subject.name })}</PageTitle>
      <Card>
        <div className="grid gap-5">
          <WearerFields draft={draft} onChange={setDraft} problem={tried ? problemOf(draft) : undefined} />
        </div>
      </Card>
      {submission.error && <Notice tone="danger" icon="alert" title={submission.error} live />}
      <div className="grid gap-2 middle:grid-cols-2">
        <Button type="submit" tone="action" busy={submission.busy} icon="check">
          {t('common.save')}
        </Button>
        <ButtonLink to={pathTo('wearer', subject.id)}>{t('common.cancel')}</ButtonLink>
      </div>
    </form>
  );
}
