interface SegmentsProps<V extends string> {
  label: string;
  choices: readonly { value: V; label: string; count?: number | undefined }[];
  value: V;
  onChange: (value: V) => void;
}

/** A few views of the same list, one of which is shown. */
export function Segments<V extends string>({ label, choices, value, onChange }: SegmentsProps<V>) {
  return (
    <fieldset
      aria-label={label}
      className="flex w-full min-w-0 flex-wrap gap-1 rounded-control bg-sunken p-1 middle:w-auto"
    >
      {choices.map((choice) => (
        <button
          key={choice.value}
          type="button"
          aria-pressed={choice.value === value}
          onClick={() => onChange(choice.value)}
          className="tap-small flex-auto rounded-control px-4 text-small font-semibold whitespace-nowrap text-muted aria-pressed:bg-surface aria-pressed:text-brand aria-pressed:shadow-card"
        >
          {choice.label}
          {choice.count !== undefined && <span className="tnum"> {choice.count}</span>}
        </button>
      ))}
    </fieldset>
  );
}
