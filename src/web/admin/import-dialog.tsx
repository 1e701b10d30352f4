import { useState } from 'react';
import type { ImportResult } from '../../api/asset-schemas.ts';
import { adminApi, type ImportTarget } from '../core/admin-endpoints.ts';
import { useDisplay } from '../i18n/language.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { TextArea } from '../ui/field.tsx';
import { useSubmit } from '../ui/submit.ts';
import { Notice } from '../ui/surface.tsx';
import { ImportReport } from './import-report.tsx';
import { ProtocolNames } from './protocol-names.tsx';

const CSV = 'text/csv';
const GEOJSON = 'application/geo+json';

/** The formats that a target takes, as the service names them. */
const formats: Readonly<Record<ImportTarget, readonly string[]>> = {
  assets: [CSV, GEOJSON],
  devices: [CSV],
  grids: [GEOJSON],
  subjects: [CSV],
};

/** What was chosen or pasted, with its type: JSON begins with a brace. Encodings are the service's matter. */
export function importBlob(target: ImportTarget, given: Blob | string, name = ''): Blob {
  const looksLikeJson =
    typeof given === 'string' ? given.trimStart().startsWith('{') : /\.(geo)?json$/i.test(name);
  const [first = CSV] = formats[target];
  const type = looksLikeJson && formats[target].includes(GEOJSON) ? GEOJSON : first;
  return new Blob([given], { type });
}

interface ImportDialogProps {
  target: ImportTarget;
  onClose: () => void;
  onImported: () => void;
}

/** A file is looked through first; what is wrong is named line by line before anything is written. */
export function ImportDialog({ target, onClose, onImported }: ImportDialogProps) {
  const { t } = useDisplay();
  const submission = useSubmit();
  const [source, setSource] = useState<Blob | undefined>();
  const [preview, setPreview] = useState<ImportResult | undefined>();
  const [done, setDone] = useState<ImportResult | undefined>();
  const look = (blob: Blob) =>
    submission.run(async () => {
      setPreview(await adminApi.importFile(target, blob, true));
      setSource(blob);
    });
  const write = (blob: Blob) =>
    submission.run(async () => {
      setDone(await adminApi.importFile(target, blob, false));
      onImported();
    });
  const changes = preview ? preview.created + preview.updated : 0;
  return (
    <Dialog open onClose={onClose} title={t(`import.${target}`)} note={t(`importNote.${target}`)}>
      {!preview && <Source target={target} busy={submission.busy} onChosen={look} />}
      {submission.error && <Notice tone="danger" icon="alert" title={submission.error} live />}
      {preview && !done && source && (
        <>
          <ImportReport result={preview} isPreview isGeo={source.type === GEOJSON} />
          <Button
            tone="action"
            block
            busy={submission.busy}
            disabled={changes === 0}
            onClick={() => write(source)}
          >
            {changes === 0 ? t('import.nothing') : t('import.write', { count: changes })}
          </Button>
          <Button block disabled={submission.busy} onClick={() => setPreview(undefined)}>
            {t('import.other')}
          </Button>
        </>
      )}
      {done && (
        <>
          <ImportReport result={done} isPreview={false} isGeo={source?.type === GEOJSON} />
          <Button tone="action" block onClick={onClose}>
            {t('common.close')}
          </Button>
        </>
      )}
    </Dialog>
  );
}

interface SourceProps {
  target: ImportTarget;
  busy: boolean;
  onChosen: (blob: Blob) => void;
}

function Source({ target, busy, onChosen }: SourceProps) {
  const { t } = useDisplay();
  const [text, setText] = useState('');
  return (
    <>
      <label className="grid gap-1.5 text-small font-semibold">
        {t('import.file')}
        <input
          type="file"
          accept={formats[target].includes(GEOJSON) ? '.csv,.json,.geojson' : '.csv'}
          disabled={busy}
          onChange={(event) => {
            const file = event.target.files?.[0];
            if (file) onChosen(importBlob(target, file, file.name));
          }}
          className="tap w-full rounded-control border border-edge bg-surface px-3.5 py-2.5 font-normal file:mr-3 file:rounded-chip file:border-0 file:bg-brand-soft file:px-3 file:py-1 file:font-semibold file:text-brand"
        />
      </label>
      {target !== 'grids' && (
        <a className="text-small font-semibold text-action underline" href={`/api/${target}/import-template`}>
          {t('import.template')}
        </a>
      )}
      {target === 'devices' && <ProtocolNames />}
      <TextArea
        label={t('import.paste')}
        rows={6}
        spellCheck={false}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <Button
        tone="action"
        block
        busy={busy}
        disabled={text.trim() === ''}
        onClick={() => onChosen(importBlob(target, text))}
      >
        {t('import.look')}
      </Button>
    </>
  );
}
