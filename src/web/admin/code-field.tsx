import { type RefObject, useId } from 'react';

interface CodeFieldProps {
  label: string;
  hint?: string;
  value: string;
  /** Lines with a fault, counted from 1. */
  marked: ReadonlySet<number>;
  field: RefObject<HTMLTextAreaElement | null>;
  onChange: (value: string) => void;
}

/** A text of many short lines with their numbers; those with a fault stand out. */
export function CodeField({ label, hint, value, marked, field, onChange }: CodeFieldProps) {
  const id = useId();
  const count = value.split('\n').length;
  const lines = Array.from({ length: count }, (_, index) => index + 1);
  return (
    <div className="grid min-w-0 gap-1.5">
      <label htmlFor={id} className="text-small font-semibold">
        {label}
      </label>
      <div className="flex max-h-[70dvh] min-w-0 items-start overflow-x-hidden overflow-y-auto rounded-control border border-edge bg-surface font-mono text-fine leading-6 focus-within:outline-3 focus-within:outline-offset-2 focus-within:outline-action">
        <div
          aria-hidden="true"
          className="min-h-full shrink-0 bg-sunken py-2.5 text-right text-muted select-none"
        >
          {lines.map((line) => (
            <div key={line} className={`px-2 ${marked.has(line) ? 'bg-danger font-bold text-white' : ''}`}>
              {line}
            </div>
          ))}
        </div>
        <textarea
          id={id}
          ref={field}
          lang="en"
          wrap="off"
          rows={count}
          spellCheck={false}
          autoCapitalize="none"
          autoComplete="off"
          value={value}
          aria-invalid={marked.size > 0}
          {...(hint ? { 'aria-describedby': `${id}-hint` } : {})}
          onChange={(event) => onChange(event.target.value)}
          className="min-w-0 flex-1 resize-none overflow-y-hidden bg-transparent px-3 py-2.5 leading-6 whitespace-pre outline-none"
        />
      </div>
      {hint && (
        <p id={`${id}-hint`} className="text-fine text-muted">
          {hint}
        </p>
      )}
    </div>
  );
}

/** Lines above the one that is shown. */
const AROUND = 4;

/** Puts the cursor at a place; lines and columns are counted from 1. */
export function goTo(field: HTMLTextAreaElement | null, line: number, column: number): void {
  if (!field) return;
  const lines = field.value.split('\n');
  const before = lines.slice(0, line - 1).join('\n').length + (line > 1 ? 1 : 0);
  const at = Math.min(before + column - 1, field.value.length);
  field.focus();
  field.setSelectionRange(at, at);
  field.parentElement?.scrollTo({ top: (field.scrollHeight * (line - AROUND)) / lines.length });
}
