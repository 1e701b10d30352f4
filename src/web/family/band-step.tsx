import { type FormEvent, useState } from 'react';
import { api } from '../core/endpoints.ts';
import { useDisplay } from '../i18n/language.tsx';
import { Button } from '../ui/button.tsx';
import { ScanButton } from '../ui/code-scanner.tsx';
import { TextField } from '../ui/field.tsx';
import { useSubmit } from '../ui/submit.ts';
import { Card, Notice } from '../ui/surface.tsx';
import { cleanBandId } from './band-id.ts';
import { ImeiPicture } from './imei-picture.tsx';

/** The number of the band: typed, or read from its code. One that looks misread is asked about once, and taken the second time. */
export function BandStep({ value, onNext }: { value: string; onNext: (nativeId: string) => void }) {
  const { t } = useDisplay();
  const submission = useSubmit();
  const [text, setText] = useState(value);
  const [tried, setTried] = useState(false);
  const [doubted, setDoubted] = useState<string>();
  const id = cleanBandId(text);
  const check = async () => {
    setTried(true);
    if (id === undefined) return;
    const isImei = /^\d{15}$/.test(id);
    const isDoubtful = isImei && id !== doubted && (await api.readCode(id)).doubt !== null;
    if (isDoubtful) setDoubted(id);
    else onNext(id);
  };
  const take = (code: string) =>
    submission.run(async () => {
      const { nativeId, doubt } = await api.readCode(code);
      setText(nativeId);
      setDoubted(doubt === null ? undefined : nativeId);
    });
  const next = (event: FormEvent) => {
    event.preventDefault();
    submission.run(check);
  };
  return (
    <form className="grid gap-4" noValidate onSubmit={next}>
      <Card title={t('register.band')} icon="watch">
        <div className="grid gap-4">
          <ImeiPicture />
          <ScanButton onText={take} />
          <TextField
            label={t('register.imei')}
            hint={t('register.imeiHint')}
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
            maxLength={40}
            className="tnum text-lead! tracking-wider"
            value={text}
            onChange={(event) => setText(event.target.value)}
            error={tried && id === undefined ? t('register.imeiWrong') : undefined}
          />
          {doubted !== undefined && doubted === id && (
            <Notice tone="warn" icon="alert" title={t('register.imeiDoubt')} live />
          )}
          {submission.error && <Notice tone="danger" icon="alert" title={submission.error} live />}
        </div>
      </Card>
      <Button type="submit" tone="action" block busy={submission.busy}>
        {t('common.next')}
      </Button>
    </form>
  );
}
