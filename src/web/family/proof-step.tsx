import { useEffect, useState } from 'react';
import type { ClaimView } from '../../api/schemas.ts';
import { useNow } from '../core/clock.ts';
import { api } from '../core/endpoints.ts';
import { refresh, useQuery } from '../core/query.ts';
import { useDisplay } from '../i18n/language.tsx';
import { Button } from '../ui/button.tsx';
import { TextField } from '../ui/field.tsx';
import { Icon } from '../ui/icons.tsx';
import { useSubmit } from '../ui/submit.ts';
import { Card, Notice } from '../ui/surface.tsx';

interface ProofStepProps {
  first: ClaimView;
  nativeId: string;
  onDone: (claim: ClaimView) => void;
  onAgain: () => void;
}

const isDone = (claim: ClaimView): boolean =>
  claim.state === 'used' || (claim.state === 'proved' && claim.subjectId !== null);

/** Waits for the press or the code; the service says when it has come. */
export function ProofStep({ first, nativeId, onDone, onAgain }: ProofStepProps) {
  const { t, format } = useDisplay();
  const query = useQuery(`claim-${first.id}`, () => api.claim(first.id), {
    topics: ['claim'],
    pollMs: 3_000,
  });
  const now = useNow();
  const claim = query.data ?? first;
  const finished = isDone(claim);
  useEffect(() => {
    if (!finished) return;
    refresh();
    onDone(claim);
  }, [finished, claim, onDone]);

  const over =
    claim.state === 'failed' ||
    claim.state === 'expired' ||
    (claim.state === 'open' && claim.expiresAt <= now);
  if (over) {
    return (
      <Card>
        <div className="grid gap-4">
          <Notice
            tone="danger"
            icon="alert"
            live
            title={claim.state === 'failed' ? t('proof.failed') : t('proof.expired')}
          />
          <Button tone="action" icon="refresh" onClick={onAgain}>
            {t('proof.again')}
          </Button>
        </div>
      </Card>
    );
  }
  return (
    <Card title={t(`proof.${claim.method}`)} icon={claim.method === 'press' ? 'sos' : 'note'}>
      <div className="grid gap-4">
        <p>{t(`proof.${claim.method}Note`, { id: nativeId })}</p>
        <p className="tnum flex items-center justify-center gap-3 rounded-card bg-brand-soft py-4 text-head font-bold text-brand">
          <Icon name="clock" size={32} />
          {format.ticking(claim.expiresAt - now)}
        </p>
        {claim.method === 'code' ? (
          <CodeForm claim={claim} onAnswer={query.reload} />
        ) : (
          <p role="status" className="flex items-center justify-center gap-2 text-small text-muted">
            <Icon name="refresh" size={20} className="spin" />
            {t('proof.waiting')}
          </p>
        )}
      </div>
    </Card>
  );
}

function CodeForm({ claim, onAnswer }: { claim: ClaimView; onAnswer: () => void }) {
  const { t } = useDisplay();
  const [code, setCode] = useState('');
  const submission = useSubmit();
  const enter = async () => {
    if (!/^\d{6}$/.test(code)) {
      submission.refuse(t('proof.codeShape'));
      return;
    }
    try {
      await api.claimCode(claim.id, code);
    } finally {
      onAnswer();
    }
  };
  return (
    <form className="grid gap-3" noValidate onSubmit={submission.onSubmit(enter)}>
      <TextField
        label={t('proof.codeLabel')}
        inputMode="numeric"
        autoComplete="one-time-code"
        maxLength={6}
        className="tnum text-center text-title! tracking-[0.3em]"
        value={code}
        onChange={(event) => setCode(event.target.value.trim())}
        error={submission.error}
        hint={t('proof.attempts', { left: claim.attemptsLeft })}
      />
      <Button type="submit" tone="action" block busy={submission.busy}>
        {t('proof.submit')}
      </Button>
    </form>
  );
}
