import { useState } from 'react';
import type { SubjectView } from '../../api/schemas.ts';
import type { Finding } from '../../model/findings.ts';
import { api } from '../core/endpoints.ts';
import { useDisplay } from '../i18n/language.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { ChoiceField } from '../ui/field.tsx';
import { useSubmit } from '../ui/submit.ts';
import { Notice } from '../ui/surface.tsx';
import { useSpeaker } from '../ui/toast.tsx';

const findings: readonly Finding[] = ['real', 'device_fault', 'harmless', 'false_press', 'test'];

/** The family knows best what an alert was; asked only while one stands. */
export function AlertFinding({ subject }: { subject: SubjectView }) {
  const { t } = useDisplay();
  const [isOpen, setOpen] = useState(false);
  if (subject.alerts.length === 0) return null;
  return (
    <div>
      <Button size="small" tone="soft" icon="note" onClick={() => setOpen(true)}>
        {t('alertFinding.open')}
      </Button>
      {isOpen && <FindingDialog alerts={subject.alerts} onClose={() => setOpen(false)} />}
    </div>
  );
}

function FindingDialog({ alerts, onClose }: { alerts: SubjectView['alerts']; onClose: () => void }) {
  const { t, word } = useDisplay();
  const { toast } = useSpeaker();
  const submission = useSubmit();
  const [alertId, setAlertId] = useState(String(alerts[0]?.id ?? ''));
  const [finding, setFinding] = useState<Finding | undefined>();
  const work = async () => {
    if (!finding) return submission.refuse(t('alertFinding.missing'));
    await api.finding(Number(alertId), finding);
    toast({ text: t('alertFinding.noted'), tone: 'ok' });
    onClose();
  };
  return (
    <Dialog open onClose={onClose} title={t('alertFinding.open')} note={t('alertFinding.note')}>
      <form className="grid gap-4" onSubmit={submission.onSubmit(work)} noValidate>
        {alerts.length > 1 && (
          <ChoiceField
            label={t('alertFinding.which')}
            value={alertId}
            onChange={setAlertId}
            columns={1}
            choices={alerts.map(({ id, kind }) => ({ value: String(id), label: word('kind', kind) }))}
          />
        )}
        <ChoiceField
          label={t('alertFinding.what')}
          value={finding}
          onChange={setFinding}
          columns={1}
          choices={findings.map((value) => ({ value, label: t(`finding.${value}`) }))}
        />
        {submission.error && (
          <Notice tone="danger" icon="alert" live>
            {submission.error}
          </Notice>
        )}
        <Button type="submit" tone="action" block icon="check" busy={submission.busy}>
          {t('alertFinding.submit')}
        </Button>
      </form>
    </Dialog>
  );
}
