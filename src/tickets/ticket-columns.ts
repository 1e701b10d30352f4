import type { TicketMutable } from './ticket-state.ts';

/** How what can change of a ticket stands in its table. */
const columns: Readonly<Record<keyof TicketMutable, readonly [name: string, type: string]>> = {
  kind: ['kind', 'text'],
  severity: ['severity', 'text'],
  status: ['status', 'text'],
  level: ['level', 'text'],
  companyId: ['company_id', 'bigint'],
  deskGridId: ['desk_grid_id', 'bigint'],
  ownerId: ['owner_id', 'bigint'],
  occurrences: ['occurrences', 'int'],
  reworks: ['reworks', 'int'],
  returned: ['returned', 'boolean'],
  lastFaultAt: ['last_fault_at', 'timestamptz'],
  recoveredAt: ['recovered_at', 'timestamptz'],
  acceptedAt: ['accepted_at', 'timestamptz'],
  startedAt: ['started_at', 'timestamptz'],
  finishedAt: ['finished_at', 'timestamptz'],
  finishedBy: ['finished_by', 'bigint'],
  finding: ['finding', 'text'],
  verifiedAt: ['verified_at', 'timestamptz'],
  verifiedBy: ['verified_by', 'bigint'],
  closedAt: ['closed_at', 'timestamptz'],
  note: ['note', 'text'],
  policy: ['policy', 'jsonb'],
  clock: ['clock', 'jsonb'],
  nextAt: ['next_at', 'timestamptz'],
  reminded: ['reminded', 'int'],
  request: ['request', 'jsonb'],
  pausedAt: ['paused_at', 'timestamptz'],
  pausedUntil: ['paused_until', 'timestamptz'],
  pausedMs: ['paused_ms', 'bigint'],
  extensions: ['extensions', 'int'],
  rating: ['rating', 'int'],
  ratingNote: ['rating_note', 'text'],
};
const fields = Object.keys(columns) as (keyof TicketMutable)[];

/** `due_at` stands beside the clock that it is part of, to be found by. */
export const mutableNames: readonly string[] = [...fields.map((field) => columns[field][0]), 'due_at'];
/** `name type`, for a record set. */
export const mutableTypes: readonly string[] = [
  ...fields.map((field) => columns[field].join(' ')),
  'due_at timestamptz',
];

/** The columns as JSON, times in ISO 8601. */
export function toColumns(ticket: TicketMutable): Record<string, unknown> {
  const row: Record<string, unknown> = { due_at: isoOf(ticket.clock.dueAt) };
  for (const field of fields) {
    const [name, type] = columns[field];
    const value = ticket[field];
    row[name] = type === 'timestamptz' && typeof value === 'number' ? isoOf(value) : value;
  }
  return row;
}

/** The same out of a row of the table. */
export function fromColumns(row: Readonly<Record<string, unknown>>): TicketMutable {
  return Object.fromEntries(
    fields.map((field) => [field, row[columns[field][0]]]),
  ) as unknown as TicketMutable;
}

/** A time that is given, as JSON and PostgreSQL take it. */
export const isoOf = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());
