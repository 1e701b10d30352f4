import type { ChangeEvent } from 'react';
import { useDisplay } from '../i18n/language.tsx';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icons.tsx';
import { useErrorText } from '../ui/states.tsx';
import {
  addPhoto,
  discardPhoto,
  type PhotoStage,
  type PhotoUpload,
  retryPhoto,
  usePhotoUploads,
} from './photo-uploads.ts';

interface PhotoTakerProps {
  ticketId: number;
  stage: PhotoStage;
}

/** Opens the camera of a phone, or the files of a computer, and shows what is on its way. */
export function PhotoTaker({ ticketId, stage }: PhotoTakerProps) {
  const { t } = useDisplay();
  const uploads = usePhotoUploads(ticketId, stage);
  const take = (event: ChangeEvent<HTMLInputElement>) => {
    for (const file of event.target.files ?? []) addPhoto(ticketId, stage, file);
    event.target.value = '';
  };
  return (
    <div className="grid gap-2">
      {uploads.length > 0 && (
        <ul className="grid gap-2">
          {uploads.map((upload) => (
            <li key={upload.key}>
              <OnItsWay upload={upload} />
            </li>
          ))}
        </ul>
      )}
      <label className="tap-small inline-flex w-max max-w-full cursor-pointer items-center gap-2 rounded-control border border-edge bg-surface px-4 text-small font-semibold hover:bg-sunken has-focus-visible:outline-3 has-focus-visible:outline-offset-2 has-focus-visible:outline-action">
        <Icon name="camera" size={22} />
        {t(`photo.take.${stage}`)}
        <input type="file" accept="image/*" capture="environment" onChange={take} className="sr-only" />
      </label>
    </div>
  );
}

function OnItsWay({ upload }: { upload: PhotoUpload }) {
  const { t, format } = useDisplay();
  const text = useErrorText();
  const { key, preview, part, failure } = upload;
  const percent = Math.round(part * 100);
  return (
    <div className="flex items-center gap-3 rounded-control bg-sunken p-2">
      {preview ? (
        <img src={preview} alt="" className="size-14 shrink-0 rounded-chip object-cover" />
      ) : (
        <span className="grid size-14 shrink-0 place-items-center rounded-chip bg-surface text-muted">
          <Icon name="camera" />
        </span>
      )}
      <div className="min-w-0 flex-1">
        {failure ? (
          <p role="alert" className="text-small font-medium text-danger">
            {failure === 'unreadable' ? t('photo.unreadable') : `${t('photo.failed')} ${text(failure)}`}
          </p>
        ) : (
          <>
            <p className="tnum text-small font-medium">
              {t('photo.sending', { part: format.percent(percent) })}
            </p>
            <progress
              value={percent}
              max={100}
              aria-label={t('photo.progress')}
              className="h-2 w-full accent-action"
            />
          </>
        )}
      </div>
      {failure && (
        <div className="flex flex-wrap justify-end gap-1">
          {failure !== 'unreadable' && (
            <Button size="small" icon="refresh" onClick={() => retryPhoto(key)}>
              {t('common.retry')}
            </Button>
          )}
          <Button size="small" tone="bare" onClick={() => discardPhoto(key)}>
            {t('photo.discard')}
          </Button>
        </div>
      )}
    </div>
  );
}
