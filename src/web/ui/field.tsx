import { type ComponentProps, type ReactNode, useId } from 'react';

const control =
  'tap w-full min-w-0 rounded-control border border-edge bg-surface px-3.5 py-2.5 text-base aria-invalid:border-danger aria-invalid:border-2';

interface FieldFrame {
  label: string;
  hint?: ReactNode;
  error?: string | undefined;
  /** Says beside the label that it may stay empty. */
  optional?: string;
}

function Frame({
  id,
  label,
  hint,
  error,
  optional,
  children,
}: FieldFrame & { id: string; children: ReactNode }) {
  return (
    <div className="grid min-w-0 gap-1.5">
      <label htmlFor={id} className="text-small font-semibold">
        {label}
        {optional && <span className="font-normal text-muted"> · {optional}</span>}
      </label>
      {children}
      {hint && (
        <p id={`${id}-hint`} className="text-fine text-muted">
          {hint}
        </p>
      )}
      {error && (
        <p id={`${id}-error`} role="alert" className="text-small font-medium text-danger">
          {error}
        </p>
      )}
    </div>
  );
}

function described(id: string, { hint, error }: Pick<FieldFrame, 'hint' | 'error'>) {
  const ids = [hint ? `${id}-hint` : '', error ? `${id}-error` : ''].filter(Boolean).join(' ');
  return { 'aria-invalid': error !== undefined, ...(ids ? { 'aria-describedby': ids } : {}) };
}

export function TextField({ label, hint, error, optional, ...rest }: FieldFrame & ComponentProps<'input'>) {
  const id = useId();
  const frame = { id, label, hint, error, ...(optional ? { optional } : {}) };
  return (
    <Frame {...frame}>
      <input
        id={id}
        {...rest}
        {...described(id, { hint, error })}
        className={`${control} ${rest.className ?? ''}`}
      />
    </Frame>
  );
}

export function TextArea({ label, hint, error, optional, ...rest }: FieldFrame & ComponentProps<'textarea'>) {
  const id = useId();
  const frame = { id, label, hint, error, ...(optional ? { optional } : {}) };
  return (
    <Frame {...frame}>
      <textarea id={id} rows={3} {...rest} {...described(id, { hint, error })} className={control} />
    </Frame>
  );
}

export interface Choice<V extends string> {
  value: V;
  label: string;
}

interface SelectProps<V extends string> extends FieldFrame {
  value: V;
  choices: readonly Choice<V>[];
  onChange: (value: V) => void;
}

export function SelectField<V extends string>({
  label,
  hint,
  error,
  value,
  choices,
  onChange,
}: SelectProps<V>) {
  const id = useId();
  return (
    <Frame id={id} label={label} hint={hint} error={error}>
      <select
        id={id}
        value={value}
        onChange={(event) => onChange(event.target.value as V)}
        {...described(id, { hint, error })}
        className={control}
      >
        {choices.map((choice) => (
          <option key={choice.value} value={choice.value}>
            {choice.label}
          </option>
        ))}
      </select>
    </Frame>
  );
}

interface ChoiceProps<V extends string> {
  label: string;
  value: V | undefined;
  choices: readonly Choice<V>[];
  onChange: (value: V) => void;
  columns?: 1 | 2;
}

/** A few answers, all to be seen, one to be taken. */
export function ChoiceField<V extends string>({
  label,
  value,
  choices,
  onChange,
  columns = 2,
}: ChoiceProps<V>) {
  const name = useId();
  return (
    <fieldset className="grid min-w-0 gap-1.5">
      <legend className="mb-1.5 text-small font-semibold">{label}</legend>
      <div className={`grid gap-2 ${columns === 2 ? 'grid-cols-2 large:grid-cols-1' : ''}`}>
        {choices.map((choice) => (
          <label
            key={choice.value}
            className="tap flex cursor-pointer items-center gap-2.5 rounded-control border border-edge bg-surface px-3.5 py-2 text-small leading-tight has-checked:border-action has-checked:bg-action-soft has-checked:font-semibold has-focus-visible:outline-3 has-focus-visible:outline-offset-2 has-focus-visible:outline-action"
          >
            <input
              type="radio"
              name={name}
              value={choice.value}
              checked={value === choice.value}
              onChange={() => onChange(choice.value)}
              className="size-5 shrink-0 accent-action"
            />
            {choice.label}
          </label>
        ))}
      </div>
    </fieldset>
  );
}

export function CheckField({
  label,
  checked,
  onChange,
}: {
  label: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
}) {
  return (
    <label className="tap flex cursor-pointer items-center gap-3 text-small">
      <input
        type="checkbox"
        checked={checked}
        onChange={(event) => onChange(event.target.checked)}
        className="size-6 shrink-0 accent-action"
      />
      {label}
    </label>
  );
}
