import { useState } from 'react';
import { useDisplay } from '../i18n/language.tsx';
import { Button } from '../ui/button.tsx';

/** Text to be taken elsewhere, with a button that does it. */
export function CopyBlock({ label, text }: { label: string; text: string }) {
  const { t } = useDisplay();
  const [copied, setCopied] = useState(false);
  const copy = () => {
    navigator.clipboard.writeText(text).then(
      () => setCopied(true),
      () => undefined,
    );
  };
  return (
    <div className="grid min-w-0 gap-1.5">
      <div className="flex items-center justify-between gap-2">
        <p className="text-small font-semibold">{label}</p>
        {'clipboard' in navigator && (
          <Button size="small" tone="bare" icon={copied ? 'check' : 'copy'} onClick={copy}>
            {copied ? t('common.copied') : t('common.copy')}
          </Button>
        )}
      </div>
      <pre className="rounded-control bg-sunken px-3 py-2.5 font-mono text-fine break-all whitespace-pre-wrap select-all">
        {text}
      </pre>
    </div>
  );
}
