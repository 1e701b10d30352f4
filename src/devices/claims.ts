import { randomInt } from 'node:crypto';
import type { LifeEvent } from '../model/alerts.ts';
import type { NewSubject } from '../model/subjects.ts';
import type { Protocol } from '../model/uplinks.ts';
import { recordAudit } from '../people/audit-store.ts';
import { withHomeGrid } from '../people/home-grid.ts';
import { hashPassword, verifyPassword } from '../people/passwords.ts';
import { addMember, createSubject, isMember } from '../people/subject-store.ts';
import type { Clock } from '../platform/clock.ts';
import type { Database, Queryable, Trx } from '../platform/database.ts';
import { AppError } from '../platform/errors.ts';
import { announce } from '../platform/live-store.ts';
import type { Logger } from '../platform/logging.ts';
import {
  type Claim,
  type ClaimState,
  countClaims,
  endClaim,
  inSavepoint,
  insertClaim,
  lastHeard,
  lockPressClaims,
  lockRegistration,
  readClaim,
  spendAttempt,
} from './claim-store.ts';
import { commonSpellings, spellingsIn, typedAs } from './claimed-spellings.ts';
import { commandDevice, commonSpelling, spellingsOf } from './command-store.ts';
import { canSay } from './commands.ts';
import { changeDevice, lockDevice } from './device-change-store.ts';
import { registerDevice } from './device-store.ts';

const HOUR_MS = 3_600_000;
const CODE_MS = 10 * 60_000;
const PRESS_MS = 2 * 60_000;
export const MOST_ATTEMPTS = 5;
const MOST_PER_HOUR = 5;
const MOST_PER_DAY = 20;
const MOST_PER_DEVICE_AND_HOUR = 20;

/** What a code is sent in to a device of which nothing was heard. */
const USUAL_LANGUAGE = 'watch';

type Spoken = Pick<Protocol, 'name' | 'aliases' | 'encode'>;

export interface ClaimDeps {
  database: Database;
  clock: Clock;
  log: Logger;
  protocols: readonly Spoken[];
  gridAt(point: { latitude: number; longitude: number }, db: Queryable): Promise<number | undefined>;
}

export interface ClaimInput {
  /** Without it the device may speak any language. */
  protocol?: string | undefined;
  nativeId: string;
  method: 'code' | 'press';
  relation: string;
  subject?: NewSubject | undefined;
  subjectId?: number | undefined;
}

export interface ClaimStatus {
  id: number;
  method: 'code' | 'press';
  state: ClaimState;
  expiresAt: number;
  attemptsLeft: number;
  subjectId: number | null;
}

/**
 * Registration of a wristband by a family member who proves that she holds it: by a code sent to its screen, or by a press of its SOS
 * key while nobody owns it. Until then every answer is the same whether the band exists, is online or belongs to somebody.
 */
export interface Claims {
  /** Throws CLAIM_PROTOCOL_UNKNOWN, CLAIM_SUBJECT_MISSING (400), CLAIM_SUBJECT_NOT_YOURS (404), CLAIM_TOO_MANY (429). */
  start(accountId: number, input: ClaimInput): Promise<ClaimStatus>;
  /** Throws CLAIM_NOT_FOUND. */
  get(accountId: number, id: number): Promise<ClaimStatus>;
  /** Throws CLAIM_NOT_FOUND, CLAIM_WRONG_CODE, CLAIM_FAILED, CLAIM_EXPIRED, CLAIM_DEVICE_INACTIVE, CLAIM_DEVICE_WORN. */
  enterCode(accountId: number, id: number, code: string): Promise<ClaimStatus>;
  /** For the lane of life: a press may prove a claim. Never fails, for the SOS must go on. */
  pressed(trx: Trx, event: LifeEvent): Promise<void>;
}

export function createClaims(deps: ClaimDeps): Claims {
  return {
    start: (accountId, input) => startClaim(deps, accountId, input),
    get: async (accountId, id) => toStatus(await mustRead(deps, accountId, id), deps.clock.now()),
    enterCode: (accountId, id, code) => enterCode(deps, { accountId, id, code }),
    pressed: (trx, event) => pressed(deps, trx, event),
  };
}

async function startClaim(deps: ClaimDeps, accountId: number, input: ClaimInput): Promise<ClaimStatus> {
  const languages = languagesOf(deps, input.protocol);
  await checkWearer(deps, accountId, input);
  const now = deps.clock.now();
  const code = String(randomInt(1_000_000)).padStart(6, '0');
  const codeHash = await hashPassword(code);
  const nativeIds = commonSpellings(languages, input.nativeId);
  const claim = await deps.database.db.transaction().execute(async (trx) => {
    await checkLimits(trx, { accountId, nativeIds }, now);
    const { method, relation, subject, subjectId } = input;
    const shown = method === 'code' ? await screenOf(trx, languages, input.nativeId) : undefined;
    const made = await insertClaim(
      trx,
      {
        accountId,
        protocol: shown?.protocol.name ?? input.protocol,
        nativeIds: shown ? commonSpellings([shown.protocol], shown.nativeId) : nativeIds,
        method,
        codeHash: shown ? codeHash : null,
        draft: { typedId: shown?.nativeId ?? input.nativeId, relation, subject, subjectId },
        expiresAt: now + (shown ? CODE_MS : PRESS_MS),
      },
      now,
    );
    if (shown) await showCode(trx, { ...shown, code, requestedBy: accountId }, now);
    await recordAudit(trx, [{ accountId, action: 'claim_started' }], now);
    return made;
  });
  return toStatus(claim, now);
}

/** Throws CLAIM_PROTOCOL_UNKNOWN. */
function languagesOf({ protocols }: ClaimDeps, name: string | undefined): readonly Spoken[] {
  if (name === undefined) return protocols;
  const protocol = protocols.find((each) => each.name === name);
  if (!protocol)
    throw new AppError('CLAIM_PROTOCOL_UNKNOWN', `no protocol ${name}`, { details: { protocol: name } });
  return [protocol];
}

interface Screen {
  protocol: Spoken;
  nativeId: string;
}

/** Where the code is shown: in the language in which the device was heard last, of those in which a text can be shown. */
async function screenOf(trx: Trx, languages: readonly Spoken[], typedId: string): Promise<Screen> {
  const showing = languages.filter((each) => canSay(each, { kind: 'message', text: '' }, typedId));
  const heard = await lastHeard(trx, spellingsIn(showing, typedId));
  const name = heard?.protocol ?? USUAL_LANGUAGE;
  const protocol = languages.find((each) => each.name === name) ?? languages[0];
  if (!protocol) throw new AppError('CLAIM_PROTOCOL_UNKNOWN', 'no language is spoken here');
  return { protocol, nativeId: heard?.typed ?? typedId };
}

async function showCode(
  trx: Trx,
  { protocol, nativeId, code, requestedBy }: Screen & { code: string; requestedBy: number },
  now: number,
): Promise<void> {
  const device = { protocol: protocol.name, spellings: spellingsOf(protocol, nativeId) };
  const command = { kind: 'message' as const, text: `网格守护 验证码 ${code}` };
  await commandDevice(trx, { ...device, command, requestedBy, expiresInMs: CODE_MS }, now);
}

async function checkWearer({ database }: ClaimDeps, accountId: number, input: ClaimInput): Promise<void> {
  if ((input.subject === undefined) === (input.subjectId === undefined))
    throw new AppError('CLAIM_SUBJECT_MISSING', 'say either who will wear it or which of yours does');
  if (input.subjectId !== undefined && !(await isMember(database.db, input.subjectId, accountId)))
    throw new AppError('CLAIM_SUBJECT_NOT_YOURS', 'there is no such wearer in your family', { status: 404 });
}

async function checkLimits(
  trx: Trx,
  of: { accountId: number; nativeIds: readonly string[] },
  now: number,
): Promise<void> {
  const { hour, day, deviceHour } = await countClaims(trx, of, {
    hourAgo: now - HOUR_MS,
    dayAgo: now - 24 * HOUR_MS,
  });
  if (hour < MOST_PER_HOUR && day < MOST_PER_DAY && deviceHour < MOST_PER_DEVICE_AND_HOUR) return;
  throw new AppError('CLAIM_TOO_MANY', 'too many registrations were started', { status: 429 });
}

async function enterCode(
  deps: ClaimDeps,
  { accountId, id, code }: { accountId: number; id: number; code: string },
): Promise<ClaimStatus> {
  const now = deps.clock.now();
  const claim = await spendAttempt(deps.database.db, { id, accountId, mostAttempts: MOST_ATTEMPTS }, now);
  if (!claim) {
    const status = toStatus(await mustRead(deps, accountId, id), now);
    if (status.state === 'used') return status;
    throw status.state === 'expired' ? expired() : failed();
  }
  if (!(await verifyPassword(claim.codeHash ?? '', code))) {
    if (claim.attempts >= MOST_ATTEMPTS) await endClaim(deps.database.db, id, { state: 'failed' });
    throw new AppError('CLAIM_WRONG_CODE', 'this is not the code on the screen', {
      details: { attemptsLeft: MOST_ATTEMPTS - claim.attempts },
    });
  }
  await deps.database.db.transaction().execute(async (trx) => {
    await complete(deps, trx, claim, shownOn(deps, claim));
  });
  return toStatus(await mustRead(deps, accountId, id), now);
}

/** A press proves that somebody holds the band; where two accounts wait for one, it proves nothing of either. */
async function pressed(deps: ClaimDeps, trx: Trx, event: LifeEvent): Promise<void> {
  if (event.signal !== 'sos' || event.deviceId !== undefined || event.origin !== 'live') return;
  const protocol = deps.protocols.find(({ name }) => name === event.protocol);
  if (!protocol) return;
  const nativeId = commonSpelling(protocol, event.nativeId);
  const { error } = await inSavepoint(trx, async () => {
    const press = { protocol: protocol.name, nativeId, pressedAt: event.receivedAt };
    const meant = (await lockPressClaims(trx, press)).flatMap((claim) => {
      const typed = typedAs(protocol, claim.draft.typedId, event.nativeId);
      return typed === undefined ? [] : [{ claim, typed }];
    });
    const [newest] = meant;
    if (!newest) return;
    if (meant.every(({ claim }) => claim.accountId === newest.claim.accountId))
      return complete(deps, trx, newest.claim, { protocol, nativeId: newest.typed });
    for (const { claim } of meant) {
      await endClaim(trx, claim.id, { state: 'failed' });
      await tell(trx, claim);
    }
  });
  if (error) deps.log.error({ err: error, nativeId }, 'a press could not complete a registration');
}

function shownOn({ protocols }: ClaimDeps, { protocol: name, draft }: Claim): Screen {
  const protocol = protocols.find((each) => each.name === name);
  if (!protocol) throw failed();
  return { protocol, nativeId: draft.typedId };
}

/** Registers the band as it was heard and ends the claim. */
async function complete(deps: ClaimDeps, trx: Trx, claim: Claim, band: Screen): Promise<void> {
  const { accountId, draft } = claim;
  const { subjectId, isNew } = await wearerOf(deps, trx, { ...claim, band });
  if (!(await endClaim(trx, claim.id, { state: 'used', draft: { ...draft, doneSubjectId: subjectId } })))
    return;
  await addMember(trx, { subjectId, accountId, relation: draft.relation, guardian: isNew });
  await recordAudit(trx, [{ accountId, action: 'claim_completed', subjectId }], deps.clock.now());
  await tell(trx, claim);
}

/**
 * Whose the band becomes. A band that somebody wears opens nothing, whatever is proved: its language knows no password, so whoever knows its
 * id can answer for it and read the code.
 */
async function wearerOf(
  deps: ClaimDeps,
  trx: Trx,
  { draft, accountId, method, band }: Claim & { band: Screen },
): Promise<{ subjectId: number; isNew: boolean }> {
  const { name: protocol } = band.protocol;
  const spellings = spellingsOf(band.protocol, band.nativeId);
  if (method === 'code') await lockRegistration(trx, protocol, commonSpelling(band.protocol, band.nativeId));
  const device = await lockDevice(trx, protocol, spellings);
  if (device && method === 'press') throw failed();
  if (device && !device.active)
    throw new AppError('CLAIM_DEVICE_INACTIVE', 'this device was put out of use', { status: 409 });
  if (device && device.subjectId !== null)
    throw new AppError('CLAIM_DEVICE_WORN', 'somebody wears this band already', { status: 409 });
  const { subject } = draft;
  const subjectId = subject ? await newWearer(deps, trx, subject) : draft.subjectId;
  if (subjectId === undefined) throw failed();
  if (device) await changeDevice(trx, device.id, { subjectId }, deps.clock.now());
  else
    await registerDevice(trx, {
      protocol,
      nativeId: band.nativeId,
      aliases: spellings,
      subjectId,
      registeredBy: accountId,
      withSecret: false,
    });
  return { subjectId, isNew: subject !== undefined };
}

async function newWearer(deps: ClaimDeps, trx: Trx, subject: NewSubject): Promise<number> {
  return createSubject(trx, await withHomeGrid(subject, (point) => deps.gridAt(point, trx)));
}

const tell = (trx: Trx, claim: Claim): Promise<void> =>
  announce(trx, { type: 'claim', id: claim.id, accounts: [claim.accountId] });

async function mustRead(deps: ClaimDeps, accountId: number, id: number): Promise<Claim> {
  const claim = await readClaim(deps.database.db, id, accountId);
  if (!claim) throw new AppError('CLAIM_NOT_FOUND', `no claim ${id}`, { status: 404 });
  return claim;
}

/** A claim that nobody ended expires by the clock. */
function toStatus(claim: Claim, now: number): ClaimStatus {
  const isOver = claim.state === 'open' && claim.expiresAt <= now;
  return {
    id: claim.id,
    method: claim.method,
    state: isOver ? 'expired' : claim.state,
    expiresAt: claim.expiresAt,
    attemptsLeft: claim.method === 'code' ? Math.max(0, MOST_ATTEMPTS - claim.attempts) : 0,
    subjectId: claim.draft.doneSubjectId ?? null,
  };
}

const expired = (): AppError =>
  new AppError('CLAIM_EXPIRED', 'the time for this has passed', { status: 409 });
const failed = (): AppError =>
  new AppError('CLAIM_FAILED', 'this registration has failed; start again', { status: 409 });
