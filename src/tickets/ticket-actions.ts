import type { Finding } from '../model/findings.ts';
import type { TicketAction } from '../model/tickets.ts';
import type { Rank } from './ticket-state.ts';

/** An action with what was said with it. */
export type Act =
  | { name: 'accept' | 'start' | 'resume' | 'take-over' | 'close' }
  | {
      name: 'assign';
      accountId?: number | undefined;
      companyId?: number | undefined;
      note?: string | undefined;
      /** Whether the tables allow it: a member of the company in charge, a company that there is. */
      fits: boolean;
    }
  | { name: 'pause'; reason: string; until: number }
  | { name: 'approve'; note?: string | undefined }
  | { name: 'refuse'; note: string }
  | { name: 'extend'; reason: string; byMs: number }
  | { name: 'finish'; note: string; finding?: Finding | undefined }
  | { name: 'verify'; ok: boolean; note?: string | undefined }
  | { name: 'return'; reason: string }
  | { name: 'dispatch'; companyId: number }
  | { name: 'escalate'; reason: string }
  | { name: 'comment'; text: string }
  | { name: 'rate'; rating: number; note: string };
export type ActOf<N extends TicketAction> = Extract<Act, { name: N }>;

/** A desk above the ticket's grid; without a grid it is that of an admin or of a dispatcher who sits at none, and stands for any. */
export interface Desk {
  gridId: number | null;
  rank: Rank;
}

/** What the actor is to the ticket, read while it is locked. */
export interface Standing {
  /** Manager of the company in charge. */
  manages: boolean;
  /** An open task of his own, or of a company that he manages. */
  hasTask: boolean;
  /** Manager of a company that has an open task. */
  managesTask: boolean;
  /** He had a task in it that is done. */
  didTask: boolean;
  desks: readonly Desk[];
}

/** Who does it. */
export interface Doer extends Standing {
  id: number;
  name: string;
}
