import { describe, expect, it } from 'vitest';
import {
  type IncidentFacts,
  mayCall,
  mayEditAsset,
  mayEditStaff,
  mayEditSubject,
  mayReadIncident,
  mayReadVitals,
  maySwitch,
  READABLE_AFTER_MS,
  readableAudit,
  type Scope,
  seesAsset,
  seesCompany,
  seesDevice,
  seesIncident,
  seesSubject,
  visibleTo,
} from '../../src/api/authorisation.ts';

const NOW = 1_000_000_000;
const GRID = 7;
const WEARER = 3;
const COMPANY = 5;
const nobody: Scope = {
  accountId: 1,
  roles: [],
  family: new Set(),
  guardian: new Set(),
  dutyGrids: new Set(),
  deskGrids: new Set(),
  companies: new Set(),
  managed: new Set(),
};
const scopes = {
  nobody,
  family: { ...nobody, roles: ['family'], family: new Set([WEARER]) },
  guardian: { ...nobody, roles: ['family'], family: new Set([WEARER]), guardian: new Set([WEARER]) },
  /** Was family once, or is of another family. */
  otherFamily: { ...nobody, roles: ['family'], family: new Set([99]) },
  /** Family without the role: it was taken away. */
  formerFamily: { ...nobody, roles: ['responder'], family: new Set([WEARER]) },
  worker: { ...nobody, roles: ['responder'], dutyGrids: new Set([GRID]) },
  otherWorker: { ...nobody, roles: ['responder'], dutyGrids: new Set([8]) },
  /** Has shifts and is no responder any more. */
  formerWorker: { ...nobody, roles: ['property'], dutyGrids: new Set([GRID]) },
  desk: { ...nobody, roles: ['dispatcher'], deskGrids: new Set([GRID]) },
  otherDesk: { ...nobody, roles: ['dispatcher'], deskGrids: new Set([8]) },
  topDesk: { ...nobody, roles: ['dispatcher'], deskGrids: 'all' },
  /** Sits at the top and is no dispatcher any more. */
  formerDesk: { ...nobody, roles: ['responder'], deskGrids: 'all' },
  manager: { ...nobody, roles: ['property'], companies: new Set([COMPANY]), managed: new Set([COMPANY]) },
  repairer: { ...nobody, roles: ['property'], companies: new Set([COMPANY]) },
  otherManager: { ...nobody, roles: ['property'], companies: new Set([6]), managed: new Set([6]) },
  /** Stands in the books of a company and has not the role any more. */
  formerManager: { ...nobody, roles: ['family'], companies: new Set([COMPANY]), managed: new Set([COMPANY]) },
  admin: { ...nobody, roles: ['admin'], deskGrids: 'all' },
} satisfies Record<string, Scope>;
type Name = keyof typeof scopes;
const names = Object.keys(scopes) as Name[];
const who = (decide: (scope: Scope) => unknown) => names.filter((name) => decide(scopes[name]));

const placed = { id: WEARER, gridId: GRID };
const unplaced = { id: WEARER, gridId: null };
const incident: IncidentFacts = {
  id: 5,
  subjectId: WEARER,
  gridId: GRID,
  status: 'notified',
  resolvedAt: null,
  companyId: null,
  ownerId: null,
  handOverTo: null,
  notified: false,
};

describe('who may', () => {
  it('call a route', () => {
    expect(mayCall([], 'public')).toBe(true);
    expect(mayCall([], 'signed-in')).toBe(true);
    expect(mayCall(['family'], ['admin'])).toBe(false);
    expect(mayCall(['family', 'admin'], ['admin'])).toBe(true);
  });

  it('see a wearer', () => {
    expect(who((s) => seesSubject(s, placed))).toEqual([
      'family',
      'guardian',
      'worker',
      'desk',
      'topDesk',
      'admin',
    ]);
    expect(who((s) => seesSubject(s, unplaced))).toEqual([
      'family',
      'guardian',
      'desk',
      'otherDesk',
      'topDesk',
      'admin',
    ]);
  });

  it('correct what is said of her', () => {
    expect(who((s) => mayEditSubject(s, placed))).toEqual(['guardian', 'desk', 'topDesk', 'admin']);
  });

  it('see an incident', () => {
    expect(who((s) => seesIncident(s, incident))).toEqual([
      'family',
      'guardian',
      'worker',
      'desk',
      'topDesk',
      'admin',
    ]);
    const unknown = { ...incident, subjectId: null, gridId: null };
    expect(who((s) => seesIncident(s, unknown))).toEqual(['desk', 'otherDesk', 'topDesk', 'admin']);
    for (const part of [{ notified: true }, { ownerId: 1 }, { handOverTo: 1 }])
      expect(who((s) => seesIncident(s, { ...incident, ...part }))).toEqual(names);
  });

  it('see a building and switch what is in it', () => {
    const inside = { gridId: GRID, companyId: COMPANY };
    expect(who((s) => seesAsset(s, inside))).toEqual([
      'worker',
      'desk',
      'topDesk',
      'manager',
      'repairer',
      'admin',
    ]);
    expect(who((s) => seesAsset(s, { gridId: null, companyId: null }))).toEqual([
      'desk',
      'otherDesk',
      'topDesk',
      'admin',
    ]);
    expect(who((s) => mayEditAsset(s, GRID))).toEqual(['desk', 'topDesk', 'admin']);
    expect(who((s) => maySwitch(s, { ...inside, subjectId: null }))).toEqual([
      'desk',
      'topDesk',
      'manager',
      'admin',
    ]);
    expect(who((s) => maySwitch(s, { ...inside, subjectId: WEARER }))).toEqual([]);
  });

  it('see a device: one that somebody wears goes with her, whatever building she lives in', () => {
    const device = { gridId: GRID, companyId: COMPANY };
    expect(who((s) => seesDevice(s, { ...device, subjectId: WEARER }))).toEqual(
      who((s) => seesSubject(s, placed)),
    );
    expect(who((s) => seesDevice(s, { ...device, subjectId: null }))).toEqual(
      who((s) => seesAsset(s, device)),
    );
  });

  it('keep the people of a company', () => {
    expect(who((s) => seesCompany(s, COMPANY))).toEqual([
      'desk',
      'otherDesk',
      'topDesk',
      'manager',
      'repairer',
      'admin',
    ]);
    expect(who((s) => mayEditStaff(s, COMPANY, 'repairer'))).toEqual(['manager', 'admin']);
    expect(who((s) => mayEditStaff(s, COMPANY, 'shift'))).toEqual(['manager', 'admin']);
    expect(who((s) => mayEditStaff(s, COMPANY, 'manager'))).toEqual(['admin']);
  });

  it('see smoke in a building, and nothing of a wearer for it', () => {
    const smoke = { ...incident, subjectId: null, companyId: COMPANY };
    expect(who((s) => seesIncident(s, smoke))).toEqual(['worker', 'desk', 'topDesk', 'manager', 'admin']);
    expect(mayReadIncident(scopes.manager, smoke, NOW)).toBe('incident');
    expect(seesIncident(scopes.manager, { ...incident, companyId: COMPANY })).toBe(false);
  });

  it('read where she is, and why', () => {
    const reasons = (facts: IncidentFacts) =>
      Object.fromEntries(
        names.flatMap((name) => {
          const reason = mayReadIncident(scopes[name], facts, NOW);
          return reason ? [[name, reason]] : [];
        }),
      );
    const family = { family: 'family', guardian: 'family' };
    const desks = { desk: 'desk', topDesk: 'desk' };
    expect(reasons(incident)).toEqual({ ...family, ...desks, admin: 'administration' });
    const over = { ...incident, status: 'resolved' as const, resolvedAt: NOW - READABLE_AFTER_MS };
    expect(reasons(over)).toEqual({ ...family, ...desks, admin: 'administration' });
    const longOver = { ...over, resolvedAt: NOW - READABLE_AFTER_MS - 1, notified: true };
    expect(reasons(longOver)).toEqual({ ...family, admin: 'administration' });
    expect(reasons({ ...longOver, status: 'closed', resolvedAt: null })).toEqual({
      ...family,
      admin: 'administration',
    });
    expect(reasons({ ...incident, notified: true }).otherWorker).toBe('incident');
  });

  it('read her vitals', () => {
    const readers = (incidents: IncidentFacts[]) =>
      who((s) => mayReadVitals(s, placed, { incidents, now: NOW }));
    const always: Name[] = ['family', 'guardian', 'admin'];
    expect(readers([])).toEqual(always);
    expect(readers([incident])).toEqual(['family', 'guardian', 'desk', 'topDesk', 'admin']);
    expect(readers([{ ...incident, notified: true }])).toEqual(names);
    expect(readers([{ ...incident, subjectId: 4, notified: true }])).toEqual(always);
    const long = {
      ...incident,
      status: 'closed' as const,
      resolvedAt: NOW - READABLE_AFTER_MS - 1,
      ownerId: 1,
    };
    expect(readers([long])).toEqual(always);
    const away = { ...incident, gridId: 8 };
    expect(readers([away])).toEqual(['family', 'guardian', 'desk', 'otherDesk', 'topDesk', 'admin']);
  });

  it('read the access log', () => {
    expect(readableAudit(scopes.admin)).toBe('all');
    expect(readableAudit(scopes.guardian)).toEqual([WEARER]);
    for (const name of ['family', 'worker', 'topDesk'] as const)
      expect(readableAudit(scopes[name])).toEqual([]);
  });

  it('be shown in a list: what the sets for lists select is what one by one is seen', () => {
    for (const name of names)
      for (const subject of [placed, unplaced, { id: 99, gridId: 8 }, { id: 50, gridId: 60 }]) {
        const { everything, subjectIds, gridIds, unplaced: takesUnplaced } = visibleTo(scopes[name]);
        const isListed =
          everything ||
          subjectIds.includes(subject.id) ||
          (subject.gridId === null ? takesUnplaced : gridIds.includes(subject.gridId));
        expect(isListed, `${name} ${subject.id}`).toBe(seesSubject(scopes[name], subject));
      }
  });
});
