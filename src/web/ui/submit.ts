import { type FormEvent, useState } from 'react';
import { ApiError } from '../core/http.ts';
import { useErrorText } from './states.tsx';

export interface Submission {
  busy: boolean;
  /** What the service or the page has against it, in the reader's language. */
  error: string | undefined;
  refuse: (error: string) => void;
  /** Does the work once at a time; a refusal by the service becomes `error`. */
  run: (work: () => Promise<void>) => void;
  /** For `onSubmit` of a form. */
  onSubmit: (work: () => Promise<void>) => (event: FormEvent) => void;
}

/** `explain` has the first word about a refusal. */
export function useSubmit(explain?: (error: ApiError) => string | undefined): Submission {
  const text = useErrorText();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | undefined>();
  const attempt = async (work: () => Promise<void>) => {
    setBusy(true);
    setError(undefined);
    try {
      await work();
    } catch (problem) {
      if (!(problem instanceof ApiError)) throw problem;
      setError(explain?.(problem) ?? text(problem));
    } finally {
      setBusy(false);
    }
  };
  const run = (work: () => Promise<void>) => void attempt(work);
  const onSubmit = (work: () => Promise<void>) => (event: FormEvent) => {
    event.preventDefault();
    run(work);
  };
  return { busy, error, refuse: setError, run, onSubmit };
}
