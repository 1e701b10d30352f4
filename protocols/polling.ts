/** Asking devices that speak only when they are asked: one question at a time, round after round. */
import { isObject } from './sink.ts';

export interface Round {
  /** Milliseconds since 1970. */
  startedAt: number;
  /** The question that comes next. */
  next: number;
  /** Questions in a row without an answer. */
  missed: number;
}

export interface Turn {
  round: Round;
  /** The question to be asked now; undefined where it is too early or the round is over. */
  ask?: number;
  nextAt: number;
}

const ANSWER_MS = 2000;
const BETWEEN_MS = 1000;
/** After so many the rest of a round is left out. */
const MOST_MISSED = 3;

/** What sessions hold may be anything. */
function roundIn(value: unknown, now: number): Round {
  const { startedAt, next, missed } = isObject(value) ? value : {};
  const sound = typeof startedAt === 'number' && typeof next === 'number' && typeof missed === 'number';
  return sound ? { startedAt, next, missed } : { startedAt: now, next: 0, missed: 0 };
}

/** The number of the question whose turn it is. `askedAt` is that of the question that is not answered yet. */
export function takeTurn(
  session: { round?: unknown; askedAt: number | undefined },
  { questions, everyMs, now }: { questions: number; everyMs: number; now: number },
): Turn {
  const before = roundIn(session.round, now);
  const { askedAt } = session;
  if (askedAt !== undefined && now >= askedAt && now - askedAt < ANSWER_MS)
    return { round: before, nextAt: askedAt + ANSWER_MS };
  const over = now >= before.startedAt + everyMs || now < before.startedAt;
  const round = over
    ? { startedAt: now, next: 0, missed: 0 }
    : { ...before, missed: askedAt === undefined ? before.missed : before.missed + 1 };
  if (round.next >= questions || round.missed >= MOST_MISSED)
    return { round, nextAt: round.startedAt + everyMs };
  return { round: { ...round, next: round.next + 1 }, ask: round.next, nextAt: now + BETWEEN_MS };
}

/** An answer came: the device is there. */
export function heard<Session extends { round?: Round }>(session: Session): Session {
  const { round } = session;
  return round && round.missed > 0 ? { ...session, round: { ...round, missed: 0 } } : session;
}
