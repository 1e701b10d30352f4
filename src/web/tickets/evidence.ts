import { isRecord } from '../core/http.ts';
import type { Display } from '../i18n/language.tsx';

type Fact = readonly [label: string, value: string];

/** A number with the unit of its signal. */
export function measureText(signal: string, value: number, { word, format }: Display): string {
  const unit = word('unit', signal);
  const isLarge = Math.abs(value) >= 10_000 && (unit === 'W' || unit === 'Wh');
  const size = isLarge ? value / 1000 : value;
  const shown = format.number(size, Math.abs(size) < 10 ? 2 : 1);
  return unit === signal || unit === '' ? shown : `${shown} ${isLarge ? 'k' : ''}${unit}`;
}

/** What a signal says, in words: numbers with their unit, states and causes by name. */
export function valueText(signal: string, value: unknown, display: Display): string {
  const { t, word } = display;
  if (typeof value === 'number') return measureText(signal, value, display);
  if (typeof value === 'boolean') return stateText(signal, value, display);
  if (typeof value === 'string')
    return signal === 'valve_position' ? word('valve', value) : word('value', value);
  if (!isRecord(value)) return t('common.unknown');
  const { cause, stage } = value;
  const parts = [
    typeof cause === 'string' ? word('cause', cause) : '',
    typeof stage === 'string' ? word('faultStage', stage) : '',
  ];
  return parts.filter(Boolean).join(' · ') || t('common.unknown');
}

/** "leaking" or "dry": what on and off mean for this signal. */
export function stateText(signal: string, on: boolean, { t, word }: Display): string {
  const name = `${signal}.${on ? 'on' : 'off'}`;
  const named = word('signalState', name);
  return named === name ? t(on ? 'value.yes' : 'value.no') : named;
}

/** What was before: of a fall or a rise the number that it began at, of silence the last word. */
function beforeFacts(evidence: Readonly<Record<string, unknown>>, display: Display): Fact[] {
  const { t, word, format } = display;
  const { from, fromSignal, heardAt, registeredAt } = evidence;
  const facts: Fact[] = [];
  if (typeof from === 'number' && typeof fromSignal === 'string')
    facts.push([
      t('ticket.before', { signal: word('signal', fromSignal) }),
      measureText(fromSignal, from, display),
    ]);
  if (typeof heardAt === 'number') facts.push([t('ticket.heardAt'), format.full(heardAt)]);
  if (typeof registeredAt === 'number') facts.push([t('ticket.registeredAt'), format.full(registeredAt)]);
  return facts;
}

/** What made the rule fire, in rows. */
export function evidenceFacts(evidence: Readonly<Record<string, unknown>>, display: Display): Fact[] {
  const { t, word } = display;
  const { signal, value, limit, cause, stage, children } = evidence;
  const facts: Fact[] = [];
  if (typeof signal === 'string' && (typeof value === 'number' || typeof value === 'string'))
    facts.push([word('signal', signal), valueText(signal, value, display)]);
  if (typeof cause === 'string') facts.push([t('ticket.cause'), word('cause', cause)]);
  if (typeof stage === 'string') facts.push([t('ticket.stage'), word('faultStage', stage)]);
  if (typeof limit === 'number' && typeof signal === 'string')
    facts.push([t('ticket.limit'), measureText(signal, limit, display)]);
  facts.push(...beforeFacts(evidence, display));
  if (isRecord(children) && typeof children.silent === 'number' && typeof children.of === 'number')
    facts.push([t('ticket.children'), t('ticket.childrenOf', { silent: children.silent, of: children.of })]);
  return facts;
}
