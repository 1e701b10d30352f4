import { type SignalDefinition, signals } from '../../src/model/signals.ts';

const kinds: Readonly<Record<SignalDefinition['kind'], string>> = {
  number: 'number',
  boolean: 'true or false',
  event: 'true when it happens',
  enum: 'one of the words',
  location: 'object, see below',
  network_scan: 'object, see below',
};

function rangeOf({ range, values, kind }: SignalDefinition): string {
  if (values) return values.map((value) => `\`${value}\``).join(' ');
  if (kind !== 'number') return '';
  const [min, max] = range ?? [null, null];
  if (min === null && max === null) return 'any';
  return max === null ? `from ${min}` : `${min} to ${max}`;
}

/** The table of signals as the connection guide shows it, in Markdown, from the glossary. */
export function signalTable(): string {
  const rows = Object.entries<SignalDefinition>(signals).map(
    ([name, definition]) =>
      `| \`${name}\` | ${name === 'breaker_fault' ? 'object, see below' : kinds[definition.kind]} | ${definition.unit ?? ''} | ${rangeOf(definition)} |`,
  );
  return ['| key | value | unit | plausible |', '|---|---|---|---|', ...rows].join('\n');
}
