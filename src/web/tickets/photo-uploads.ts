import { useSyncExternalStore } from 'react';
import { api } from '../core/endpoints.ts';
import { ApiError } from '../core/http.ts';
import { refresh } from '../core/query.ts';
import { shrinkPhoto } from './shrink.ts';

export type PhotoStage = 'before' | 'after';

/** A photo on its way; it goes on while the reader looks at other pages. */
export interface PhotoUpload {
  key: number;
  ticketId: number;
  stage: PhotoStage;
  preview: string | undefined;
  bytes: Blob | undefined;
  /** Sent so far, 0 to 1. */
  part: number;
  /** Why it is not sent; undefined while it is on its way. */
  failure: ApiError | 'unreadable' | undefined;
}

let uploads: readonly PhotoUpload[] = [];
let nextKey = 1;
const watchers = new Set<() => void>();

function store(next: readonly PhotoUpload[]): void {
  uploads = next;
  for (const watcher of watchers) watcher();
}

function change(key: number, patch: Partial<PhotoUpload>): void {
  store(uploads.map((one) => (one.key === key ? { ...one, ...patch } : one)));
}

/** Shrinks the photo and sends it. */
export function addPhoto(ticketId: number, stage: PhotoStage, file: Blob): void {
  const key = nextKey++;
  const fresh = { preview: undefined, bytes: undefined, part: 0, failure: undefined };
  store([...uploads, { key, ticketId, stage, ...fresh }]);
  shrinkPhoto(file).then(
    ({ bytes, preview }) => {
      change(key, { bytes, preview });
      void send(key);
    },
    () => change(key, { failure: 'unreadable' }),
  );
}

/** Once more, after it failed. */
export function retryPhoto(key: number): void {
  change(key, { failure: undefined, part: 0 });
  void send(key);
}

export function discardPhoto(key: number): void {
  store(uploads.filter((one) => one.key !== key));
}

async function send(key: number): Promise<void> {
  const upload = uploads.find((one) => one.key === key);
  if (!upload?.bytes) return;
  const { ticketId, stage, bytes } = upload;
  try {
    await api.ticketPhoto(ticketId, { stage, bytes }, (part) => change(key, { part }));
    discardPhoto(key);
    refresh(['ticket']);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    change(key, { failure: error });
  }
}

function watch(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

export function usePhotoUploads(ticketId: number, stage: PhotoStage): readonly PhotoUpload[] {
  return useSyncExternalStore(watch, () => uploads).filter(
    (one) => one.ticketId === ticketId && one.stage === stage,
  );
}
