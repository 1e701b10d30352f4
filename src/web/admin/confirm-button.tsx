import { useState } from 'react';
import { useDisplay } from '../i18n/language.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import type { IconName } from '../ui/icons.tsx';
import { useSubmit } from '../ui/submit.ts';
import { Notice } from '../ui/surface.tsx';

interface ConfirmButtonProps {
  label: string;
  question: string;
  size?: 'normal' | 'small';
  icon?: IconName;
  onConfirm: () => Promise<void>;
}

/** What cannot be taken back is asked about once more. */
export function ConfirmButton({
  label,
  question,
  size = 'normal',
  icon = 'close',
  onConfirm,
}: ConfirmButtonProps) {
  const { t } = useDisplay();
  const submission = useSubmit();
  const [asking, setAsking] = useState(false);
  const confirm = () =>
    submission.run(async () => {
      await onConfirm();
      setAsking(false);
    });
  return (
    <>
      <Button size={size} icon={icon} onClick={() => setAsking(true)}>
        {label}
      </Button>
      <Dialog open={asking} onClose={() => setAsking(false)} title={label} note={question}>
        {submission.error && <Notice tone="danger" icon="alert" title={submission.error} live />}
        <Button tone="danger" block busy={submission.busy} onClick={confirm}>
          {label}
        </Button>
        <Button block onClick={() => setAsking(false)}>
          {t('common.cancel')}
        </Button>
      </Dialog>
    </>
  );
}
