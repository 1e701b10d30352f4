import { useEffect, useRef, useState } from 'react';
import { useDisplay } from '../i18n/language.tsx';
import { Button } from './button.tsx';
import { readCode } from './code-reader.ts';
import { Dialog } from './dialog.tsx';
import { Notice } from './surface.tsx';

const LOOK_EVERY_MS = 250;

/** A key that opens the camera, or takes a picture where a page may not use it, and tells what the code says. */
export function ScanButton({ onText }: { onText: (text: string) => void }) {
  const { t } = useDisplay();
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button icon="camera" onClick={() => setOpen(true)}>
        {t('scan.open')}
      </Button>
      {open && (
        <Dialog open onClose={() => setOpen(false)} title={t('scan.title')} note={t('scan.note')}>
          <Scanner
            onText={(text) => {
              setOpen(false);
              onText(text);
            }}
          />
        </Dialog>
      )}
    </>
  );
}

function Scanner({ onText }: { onText: (text: string) => void }) {
  const { t } = useDisplay();
  const [hasCamera, setHasCamera] = useState(navigator.mediaDevices !== undefined);
  const [unread, setUnread] = useState(false);
  const take = async (file: File | undefined) => {
    if (!file) return;
    const text = await createImageBitmap(file).then(readCode, () => undefined);
    if (text === undefined) setUnread(true);
    else onText(text);
  };
  return (
    <>
      {hasCamera ? (
        <CameraView onText={onText} onRefused={() => setHasCamera(false)} />
      ) : (
        <Notice tone="warn" icon="camera" title={t('scan.noCamera')} />
      )}
      <label className="tap grid cursor-pointer place-items-center rounded-control border border-edge bg-surface px-4 py-2.5 font-semibold focus-within:outline-2">
        {t('scan.picture')}
        <input
          type="file"
          accept="image/*"
          capture="environment"
          className="sr-only"
          onChange={(event) => void take(event.target.files?.[0])}
        />
      </label>
      {unread && <Notice tone="warn" icon="alert" title={t('scan.unread')} live />}
    </>
  );
}

interface CameraProps {
  onText: (text: string) => void;
  onRefused: () => void;
}

function CameraView({ onText, onRefused }: CameraProps) {
  const { t } = useDisplay();
  const video = useRef<HTMLVideoElement>(null);
  const told = useRef({ onText, onRefused });
  told.current = { onText, onRefused };
  useEffect(() => {
    const stop = new AbortController();
    void look(video.current, stop.signal).then(
      (text) => text !== undefined && told.current.onText(text),
      () => stop.signal.aborted || told.current.onRefused(),
    );
    return () => stop.abort();
  }, []);
  return (
    <video
      ref={video}
      muted
      playsInline
      aria-label={t('scan.view')}
      className="aspect-square w-full rounded-card bg-ink object-cover"
    />
  );
}

/** Looks through the camera until a code is read or nobody wants to know any more. Rejects where there is no camera. */
async function look(video: HTMLVideoElement | null, signal: AbortSignal): Promise<string | undefined> {
  if (!video) return undefined;
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } });
  try {
    video.srcObject = stream;
    await video.play();
    while (!signal.aborted) {
      const text = await readCode(video);
      if (text !== undefined) return text;
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
    return undefined;
  } finally {
    for (const track of stream.getTracks()) track.stop();
  }
}
