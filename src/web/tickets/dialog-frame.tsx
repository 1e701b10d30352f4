import type { ReactNode } from 'react';
import { Button, type Tone } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import type { IconName } from '../ui/icons.tsx';
import type { Submission } from '../ui/submit.ts';
import { Notice } from '../ui/surface.tsx';

interface DialogFrameProps {
  title: string;
  note?: string;
  onClose: () => void;
  submission: Submission;
  work: () => Promise<void>;
  submit: { label: string; icon: IconName; tone?: Tone };
  children: ReactNode;
}

/** A form in a sheet: its fields, what the service has against it, and the button that sends it. */
export function DialogFrame({ title, note, onClose, submission, work, submit, children }: DialogFrameProps) {
  return (
    <Dialog open onClose={onClose} title={title} {...(note ? { note } : {})}>
      <form className="grid gap-4" onSubmit={submission.onSubmit(work)} noValidate>
        {children}
        {submission.error && (
          <Notice tone="danger" icon="alert" live>
            {submission.error}
          </Notice>
        )}
        <Button type="submit" tone={submit.tone ?? 'action'} block icon={submit.icon} busy={submission.busy}>
          {submit.label}
        </Button>
      </form>
    </Dialog>
  );
}
