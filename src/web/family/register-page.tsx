import { useEffect, useState } from 'react';
import type { ClaimView, SubjectView } from '../../api/schemas.ts';
import { api } from '../core/endpoints.ts';
import { ApiError } from '../core/http.ts';
import { useQuery } from '../core/query.ts';
import { pathTo } from '../core/router.ts';
import { useDisplay } from '../i18n/language.tsx';
import { ButtonLink } from '../ui/button.tsx';
import { Fetched, useErrorText } from '../ui/states.tsx';
import { Card, PageTitle } from '../ui/surface.tsx';
import { ProofStep } from './proof-step.tsx';
import { BandStep, MethodStep, WearerStep } from './register-steps.tsx';
import { emptyWearer, toInput, type WearerDraft } from './wearer-form.tsx';

type Step = 'band' | 'wearer' | 'method' | 'proof' | 'done';
const steps: readonly Step[] = ['band', 'wearer', 'method', 'proof'];

/** Everything that the wizard collects before the claim starts. */
export interface Registration {
  nativeId: string;
  /** An existing wearer who gets another band; a new one where it is not set. */
  subjectId: number | undefined;
  draft: WearerDraft;
  relation: string;
}

/** A wristband becomes hers: its number, who wears it, the proof that it is in our hands. */
export function RegisterPage() {
  const { t } = useDisplay();
  const [step, setStep] = useState<Step>('band');
  const [registration, setRegistration] = useState<Registration>({
    nativeId: '',
    subjectId: undefined,
    draft: emptyWearer,
    relation: '',
  });
  const [claim, setClaim] = useState<ClaimView | undefined>();
  const subjects = useQuery('subjects', api.subjects, { topics: ['device'] });
  const set = (patch: Partial<Registration>) => setRegistration((before) => ({ ...before, ...patch }));
  const begin = useBegin(registration, (started) => {
    setClaim(started);
    setStep('proof');
  });
  useEffect(() => {
    if (step) window.scrollTo(0, 0);
  }, [step]);
  const at = steps.indexOf(step);
  return (
    <div className="mx-auto grid w-full max-w-xl gap-4">
      <PageTitle note={step === 'done' ? undefined : t('register.step', { step: at + 1, of: steps.length })}>
        {t('register.title')}
      </PageTitle>
      {step !== 'done' && <Progress at={at} />}
      {step === 'band' && (
        <BandStep
          value={registration.nativeId}
          onNext={(nativeId) => {
            set({ nativeId });
            setStep('wearer');
          }}
        />
      )}
      {step === 'wearer' && (
        <Fetched query={subjects}>
          {(known: SubjectView[]) => (
            <WearerStep
              known={known}
              registration={registration}
              onChange={set}
              onBack={() => setStep('band')}
              onNext={() => setStep('method')}
            />
          )}
        </Fetched>
      )}
      {step === 'method' && (
        <MethodStep
          busy={begin.busy}
          error={begin.error}
          onBack={() => setStep('wearer')}
          onChoose={begin.run}
        />
      )}
      {step === 'proof' && claim && (
        <ProofStep
          first={claim}
          nativeId={registration.nativeId}
          onDone={(done) => {
            setClaim(done);
            setStep('done');
          }}
          onAgain={() => setStep('method')}
        />
      )}
      {step === 'done' && <Done claim={claim} />}
    </div>
  );
}

function useBegin(
  { nativeId, subjectId, draft, relation }: Registration,
  onStarted: (claim: ClaimView) => void,
) {
  const text = useErrorText();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | undefined>();
  const run = async (method: 'code' | 'press') => {
    setBusy(true);
    setError(undefined);
    const wearer = subjectId === undefined ? { subject: toInput(draft) } : { subjectId };
    try {
      onStarted(await api.startClaim({ protocol: 'watch', nativeId, method, relation, ...wearer }));
    } catch (problem) {
      if (!(problem instanceof ApiError)) throw problem;
      setError(text(problem));
    }
    setBusy(false);
  };
  return { busy, error, run: (method: 'code' | 'press') => void run(method) };
}

function Progress({ at }: { at: number }) {
  return (
    <div className="grid grid-cols-4 gap-1.5" aria-hidden="true">
      {steps.map((step, index) => (
        <span key={step} className={`h-1.5 rounded-full ${index <= at ? 'bg-action' : 'bg-line'}`} />
      ))}
    </div>
  );
}

function Done({ claim }: { claim: ClaimView | undefined }) {
  const { t } = useDisplay();
  const id = claim?.subjectId;
  return (
    <Card>
      <div role="status" className="grid justify-items-center gap-3 py-4 text-center">
        <svg viewBox="0 0 64 64" className="size-20" aria-hidden="true">
          <circle cx="32" cy="32" r="30" fill="#e4f2e7" />
          <path
            d="M20 33l8 8 16-18"
            fill="none"
            stroke="#146c2e"
            strokeWidth="5"
            strokeLinecap="round"
            strokeLinejoin="round"
          />
        </svg>
        <p className="text-title font-bold">{t('register.done')}</p>
        <p className="text-small text-muted">{t('register.doneNote')}</p>
      </div>
      <ButtonLink to={id ? pathTo('wearer', id) : pathTo('family')} tone="action" icon="heart" block>
        {t('register.see')}
      </ButtonLink>
    </Card>
  );
}
