import { useEffect, useState } from 'react';
import type { ClaimInput, ClaimView } from '../../api/schemas.ts';
import { api } from '../core/endpoints.ts';
import { pathTo } from '../core/router.ts';
import { useDisplay } from '../i18n/language.tsx';
import { ButtonLink } from '../ui/button.tsx';
import { useSubmit } from '../ui/submit.ts';
import { Card, PageTitle } from '../ui/surface.tsx';
import { BandStep } from './band-step.tsx';
import { ProofStep } from './proof-step.tsx';
import { MethodStep, WearerStep } from './register-steps.tsx';
import { emptyWearer, toInput, type WearerDraft } from './wearer-draft.ts';

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
  useEffect(() => {
    if (step) window.scrollTo(0, 0);
  }, [step]);
  const at = steps.indexOf(step);
  const note = step === 'done' ? undefined : t('register.step', { step: at + 1, of: steps.length });
  return (
    <div className="mx-auto grid w-full max-w-xl gap-4">
      <PageTitle note={note}>{t('register.title')}</PageTitle>
      {step !== 'done' && <Progress at={at} />}
      <Wizard step={step} setStep={setStep} />
    </div>
  );
}

const unfilled: Registration = { nativeId: '', subjectId: undefined, draft: emptyWearer, relation: '' };

function Wizard({ step, setStep }: { step: Step; setStep: (step: Step) => void }) {
  const [registration, setRegistration] = useState(unfilled);
  const [claim, setClaim] = useState<ClaimView | undefined>();
  const submission = useSubmit();
  const set = (patch: Partial<Registration>) => setRegistration((before) => ({ ...before, ...patch }));
  const go = (next: Step, patch: Partial<Registration> = {}) => {
    set(patch);
    setStep(next);
  };
  const begin = (method: 'code' | 'press') =>
    submission.run(async () => {
      setClaim(await api.startClaim(toClaim(registration, method)));
      setStep('proof');
    });
  const finish = (done: ClaimView) => {
    setClaim(done);
    setStep('done');
  };
  if (step === 'band') {
    return <BandStep value={registration.nativeId} onNext={(nativeId) => go('wearer', { nativeId })} />;
  }
  if (step === 'wearer') {
    const moves = { onBack: () => go('band'), onNext: () => go('method') };
    return <WearerStep registration={registration} onChange={set} {...moves} />;
  }
  if (step === 'method') {
    const { busy, error } = submission;
    return <MethodStep busy={busy} error={error} onBack={() => go('wearer')} onChoose={begin} />;
  }
  if (step === 'done' || !claim) return <Done claim={claim} />;
  return (
    <ProofStep first={claim} nativeId={registration.nativeId} onDone={finish} onAgain={() => go('method')} />
  );
}

function toClaim(
  { nativeId, subjectId, draft, relation }: Registration,
  method: 'code' | 'press',
): ClaimInput {
  const wearer = subjectId === undefined ? { subject: toInput(draft) } : { subjectId };
  return { nativeId, method, relation, ...wearer };
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
