import { Dialog as Primitive } from 'radix-ui';
import type { ReactNode } from 'react';
import { useDisplay } from '../i18n/language.tsx';
import { IconButton } from './button.tsx';

interface DialogProps {
  open: boolean;
  onClose: () => void;
  title: string;
  note?: string;
  children: ReactNode;
}

/** Rises from the bottom on a phone and stands in the middle of a wide screen. */
export function Dialog({ open, onClose, title, note, children }: DialogProps) {
  const { t } = useDisplay();
  return (
    <Primitive.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Primitive.Portal>
        <Primitive.Overlay className="fixed inset-0 z-50 bg-ink/55" />
        <Primitive.Content
          {...(note ? {} : { 'aria-describedby': undefined })}
          className="fixed inset-x-0 bottom-0 z-50 max-h-[92dvh] overflow-y-auto rounded-t-card bg-surface px-4 pt-2 pb-[max(1rem,env(safe-area-inset-bottom))] shadow-float middle:inset-auto middle:top-1/2 middle:left-1/2 middle:w-[min(92vw,calc(var(--unit)*30))] middle:-translate-1/2 middle:rounded-card"
        >
          <div className="flex items-center justify-between gap-2">
            <Primitive.Title className="text-lead font-bold">{title}</Primitive.Title>
            <Primitive.Close asChild>
              <IconButton icon="close" label={t('common.close')} />
            </Primitive.Close>
          </div>
          {note && (
            <Primitive.Description className="mb-3 text-small text-muted">{note}</Primitive.Description>
          )}
          <div className="grid gap-4 pb-1">{children}</div>
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}
