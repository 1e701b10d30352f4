import { z } from 'zod';
import { fill, line, type MessageText, mapLink, optional, place, time } from './text-parts.ts';
import { createTicketTexts } from './ticket-texts.ts';
import { en, type Words, zh } from './words.ts';

export type { MessageText };

export type Texts = (
  message: {
    template: string;
    incidentId: number | null;
    ticketId?: number | null;
    payload: Readonly<Record<string, unknown>>;
  },
  locale: string,
) => MessageText;

const spot = place.extend({ source: line });

/** What messages know of a payload; each fact that is missing or of another shape is left out, and the rest is told. */
const factsSchema = z.object({
  kind: line.catch(''),
  subjectName: optional(line),
  nativeId: optional(line),
  address: optional(line),
  grid: optional(line),
  location: optional(spot),
  raisedAt: optional(time),
  at: optional(time),
  presses: optional(z.number()),
  late: optional(z.boolean()),
  happenedAt: optional(time),
  ownerName: optional(line),
  actorName: optional(line),
  value: optional(z.union([line, z.number()])),
  unit: optional(line),
  what: optional(line),
  outcome: optional(line),
  note: optional(line),
  outage: optional(z.object({ silent: z.number(), of: z.number() })),
});
type Facts = z.infer<typeof factsSchema>;

/** Texts in the time zone of the place; `publicUrl` is where the pages are found from outside. Never throws on a payload. */
export function createTexts(options: { timeZone: string; publicUrl?: string }): Texts {
  const clocks = new Map(
    ['zh-CN', 'en'].map((locale) => [
      locale,
      new Intl.DateTimeFormat(locale === 'en' ? 'en-GB' : locale, {
        timeZone: options.timeZone,
        month: 'short',
        day: 'numeric',
        hour: '2-digit',
        minute: '2-digit',
        second: '2-digit',
        hour12: false,
      }),
    ]),
  );
  const ticketTexts = createTicketTexts(options);
  return ({ template, incidentId, ticketId, payload }, locale) => {
    if (ticketId != null) return ticketTexts({ template, ticketId, payload }, locale);
    const language = locale.startsWith('en') ? 'en' : 'zh-CN';
    const words = language === 'en' ? en : zh;
    const facts = factsSchema.parse(payload);
    const when = whenOf(facts, words, (time) => clocks.get(language)?.format(time) ?? '');
    const base = options.publicUrl?.replace(/\/$/, '');
    return {
      title: titleOf(template, facts, words),
      lines: linesOf(facts, words, when),
      ...(base && incidentId !== null ? { link: `${base}/incidents/${incidentId}` } : {}),
      ...(facts.location ? { mapLink: mapLink(facts.location, whoOf(facts, words)) } : {}),
    };
  };
}

/** The text as it stands in an e-mail or a chat. */
export function asPlainText(text: MessageText, locale: string): string {
  const words = locale.startsWith('en') ? en : zh;
  const links = [
    text.mapLink && `${words.labels.map}${words.colon}${text.mapLink}`,
    text.link && `${words.labels.open}${words.colon}${text.link}`,
  ];
  return [text.title, '', ...text.lines, ...links.filter(Boolean)].join('\n');
}

export function linkLabels(locale: string): { map: string; open: string } {
  return (locale.startsWith('en') ? en : zh).labels;
}

function titleOf(template: string, facts: Facts, words: Words): string {
  const generic = template.startsWith('notice') ? words.titles.notice : words.otherTitle;
  return fill(words.titles[template] ?? generic ?? '', {
    who: whoOf(facts, words),
    what: whatOf(facts, words),
    by: facts.actorName ?? facts.ownerName ?? words.somebody,
  });
}

function linesOf(facts: Facts, words: Words, when: string | undefined): string[] {
  const { labels } = words;
  const presses = facts.presses && facts.presses > 1 ? fill(words.presses, { n: String(facts.presses) }) : '';
  const value = facts.value == null ? undefined : `${facts.value} ${facts.unit ?? ''}`.trim();
  const where = facts.address ?? (facts.location ? undefined : words.noPlace);
  const rows: [string, string | null | undefined][] = [
    [labels.who, whoOf(facts, words)],
    [labels.what, whatOf(facts, words) + presses],
    [labels.value, value],
    [labels.devices, facts.outage && outageOf(facts.outage, words)],
    [labels.when, when],
    [labels.where, where],
    [labels.grid, facts.grid],
    [labels.fix, facts.location && fixOf(facts.location, words)],
    [labels.by, facts.ownerName],
    [labels.help, facts.what && (words.helps[facts.what] ?? facts.what)],
    [labels.outcome, facts.outcome && (words.outcomes[facts.outcome] ?? facts.outcome)],
    [labels.note, facts.note],
  ];
  return rows.flatMap(([label, value]) => (value ? [`${label}${words.colon}${value}`] : []));
}

const isPressed = (kind: string): boolean => kind === 'sos' || kind === 'service_call';

/** When it was told and, where that is later than it happened, by how much. */
function whenOf(facts: Facts, words: Words, format: (time: number) => string): string | undefined {
  const { happenedAt, kind, late } = facts;
  const time = facts.at ?? facts.raisedAt;
  if (time == null) return undefined;
  if (!late) return format(time);
  const span = happenedAt == null ? undefined : spanOf(time - happenedAt, words);
  if (happenedAt == null || span === undefined) return format(time) + words.late;
  const before = isPressed(kind) ? words.pressedBefore : words.happenedBefore;
  return format(time) + fill(before, { span, time: format(happenedAt) });
}

const spanUnits = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const;

/** In the largest unit of which there are two: `90 minutes`, `3 hours`; undefined below a minute. */
function spanOf(ms: number, { locale }: Words): string | undefined {
  if (ms < 60_000) return undefined;
  const [unit, unitMs] = spanUnits.find(([, each]) => ms >= 2 * each) ?? spanUnits[2];
  return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(
    Math.floor(ms / unitMs),
  );
}

function whoOf(facts: Facts, words: Words): string {
  return (
    facts.subjectName ?? (facts.nativeId ? fill(words.unregistered, { id: facts.nativeId }) : words.somebody)
  );
}

const outageOf = ({ silent, of }: { silent: number; of: number }, words: Words): string =>
  fill(words.outage, { silent: String(silent), of: String(of) });

const whatOf = (facts: Facts, words: Words): string =>
  words.kinds[facts.kind] ?? facts.kind.replaceAll('_', ' ');

function fixOf(location: z.infer<typeof spot>, words: Words): string {
  const source = words.sources[location.source] ?? location.source;
  const accuracy = location.accuracyM === undefined ? '' : `, ±${Math.round(location.accuracyM)} m`;
  const stale = location.fresh === false ? `, ${words.stale}` : '';
  return `${location.latitude.toFixed(6)}, ${location.longitude.toFixed(6)} (${source}${accuracy}${stale})`;
}
