import { z } from 'zod';
import { ticketLevels } from '../model/tickets.ts';
import { fill, line, type MessageText, mapLink, optional, place, time } from './text-parts.ts';
import { enTickets, type TicketWords, zhTickets } from './ticket-words.ts';
import { en, type Words, zh } from './words.ts';

/** What messages know of a payload; each fact that is missing or of another shape is left out, and the rest is told. */
const factsSchema = z.object({
  kind: line.catch(''),
  severity: optional(line),
  place: optional(line),
  address: optional(line),
  location: optional(place),
  company: optional(line),
  grid: optional(line),
  deviceName: optional(line),
  nativeId: optional(line),
  level: optional(z.enum(ticketLevels)),
  stage: optional(z.enum(['accept', 'finish'])),
  dueAt: optional(time),
  reportedAt: optional(time),
  occurrences: optional(z.number()),
  actorName: optional(line),
  note: optional(line),
  request: optional(line),
  decision: optional(line),
  percent: optional(z.number()),
  waits: optional(line),
  task: optional(z.boolean()),
});
type Facts = z.infer<typeof factsSchema>;

interface Speech {
  words: TicketWords;
  common: Words;
  when(ms: number): string;
}

/** Texts about tickets: what is broken, where, whose it is and until when, in the time zone of the place. Never throws on a payload. */
export function createTicketTexts({ timeZone, publicUrl }: { timeZone: string; publicUrl?: string }) {
  const formatOf = (locale: string) =>
    new Intl.DateTimeFormat(locale, {
      timeZone,
      month: 'short',
      day: 'numeric',
      weekday: 'short',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
  const formats = { zh: formatOf('zh-CN'), en: formatOf('en-GB') };
  const base = publicUrl?.replace(/\/$/, '');
  return (
    message: { template: string; ticketId: number; payload: Readonly<Record<string, unknown>> },
    locale: string,
  ): MessageText => {
    const isEnglish = locale.startsWith('en');
    const format = isEnglish ? formats.en : formats.zh;
    const speech: Speech = {
      words: isEnglish ? enTickets : zhTickets,
      common: isEnglish ? en : zh,
      when: (ms) => format.format(ms),
    };
    const facts = factsSchema.parse(message.payload);
    return {
      title: titleOf(message.template, facts, speech),
      lines: linesOf(facts, speech),
      ...(base ? { link: `${base}/tickets/${message.ticketId}` } : {}),
      ...(facts.location ? { mapLink: mapLink(facts.location, whereOf(facts, speech)) } : {}),
    };
  };
}

function titleOf(template: string, facts: Facts, speech: Speech): string {
  const { words, common } = speech;
  const { request, decision, level, stage, dueAt } = facts;
  return fill(patternOf(template, facts, words) ?? common.otherTitle, {
    what: whatOf(facts, common),
    who: whereOf(facts, speech),
    where: whereOf(facts, speech),
    due: dueAt == null ? '…' : speech.when(dueAt),
    stage: words.stages[stage ?? 'finish'],
    level: words.levels[level ?? 'property'],
    by: facts.actorName ?? common.somebody,
    request: words.requests[request ?? ''] ?? request ?? '',
    decision: words.decisions[decision ?? ''] ?? decision ?? '',
  });
}

function patternOf(template: string, facts: Facts, words: TicketWords): string | undefined {
  if (template === 'ticket_finished' && facts.task) return words.taskDone;
  if (template !== 'ticket_reminder') return words.titles[template];
  if (facts.waits === 'sensor') return words.reminders.sensor;
  if (facts.waits) return words.reminders.verify;
  return (facts.percent ?? 0) >= 100 ? words.reminders.overdue : words.reminders.ahead;
}

function linesOf(facts: Facts, speech: Speech): string[] {
  const { words, common, when } = speech;
  const { labels } = words;
  const { dueAt, stage, level, severity, occurrences } = facts;
  const due =
    dueAt == null
      ? undefined
      : fill(words.dueOf, { due: when(dueAt), stage: words.stages[stage ?? 'finish'] });
  const rows: [string, string | null | undefined][] = [
    [labels.what, whatOf(facts, common)],
    [labels.severity, severity && (common.severities[severity] ?? severity)],
    [labels.where, [whereOf(facts, speech), facts.address].filter(Boolean).join(common.comma)],
    [labels.company, facts.company],
    [labels.grid, facts.grid],
    [labels.device, facts.deviceName ?? facts.nativeId],
    [labels.level, level && words.levels[level]],
    [labels.due, due],
    [labels.times, occurrences && occurrences > 1 ? String(occurrences) : undefined],
    [labels.reported, facts.reportedAt == null ? undefined : when(facts.reportedAt)],
    [labels.by, facts.actorName],
    [labels.note, facts.note],
  ];
  return rows.flatMap(([label, value]) => (value ? [`${label}${common.colon}${value}`] : []));
}

const whatOf = (facts: Facts, common: Words): string =>
  common.kinds[facts.kind] ?? facts.kind.replaceAll('_', ' ');

function whereOf(facts: Facts, { words }: Speech): string {
  const device = fill(words.noPlace, { id: facts.deviceName ?? facts.nativeId ?? '' }).trim();
  return facts.place ?? facts.address ?? device;
}
