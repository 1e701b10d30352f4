import { describe, expect, it } from 'vitest';
import { isCrossSite } from '../../src/api/cross-site.ts';
import { preferredLocale } from '../../src/api/language.ts';
import { createLoginGuard } from '../../src/api/login-guard.ts';
import { messageOf, messages } from '../../src/api/messages.ts';
import { refuseBrokenText } from '../../src/api/text-guard.ts';
import { createVirtualClock } from '../../src/platform/clock.ts';
import { AppError } from '../../src/platform/errors.ts';
import { projectFiles, readProjectFile } from '../harness/source.ts';

describe('a message', () => {
  const codes = new Set(
    projectFiles(['.ts'])
      .filter((path) => /^(src|protocols)\//.test(path))
      .flatMap((path) => [...readProjectFile(path).matchAll(/new AppError\(\s*'([A-Z][A-Z0-9_]+)'/g)])
      .map((match) => match[1] ?? ''),
  );

  it('stands in Chinese and in English for every code that the source can throw', () => {
    expect(codes.size).toBeGreaterThan(40);
    expect([...codes].filter((code) => !messages[code]).sort()).toEqual([]);
    for (const [code, text] of Object.entries(messages)) {
      expect(text['zh-CN'], code).toMatch(/\p{Script=Han}/u);
      expect(text.en, code).not.toMatch(/\p{Script=Han}/u);
      expect(placeholders(text.en), code).toEqual(placeholders(text['zh-CN']));
    }
  });

  it('is of something that can happen', () => {
    const byItself =
      /^(INTERNAL|SERVICE_UNAVAILABLE|REQUEST_(INVALID|TOO_LARGE|NOT_JSON|TOO_MANY|REFERENCE_UNKNOWN))$/;
    const thrown = projectFiles(['.ts']).filter(
      (path) => path.startsWith('src/') && !path.endsWith('/messages.ts'),
    );
    const source = thrown.map(readProjectFile).join('\n');
    const idle = Object.keys(messages).filter(
      (code) => !byItself.test(code) && !source.includes(`'${code}'`),
    );
    expect(idle).toEqual([]);
  });

  it('takes its values from the details and never fails for want of one', () => {
    expect(messageOf('INCIDENT_TAKEN', { locale: 'en', details: { owner: 'Li' } })).toBe('Li has it already');
    expect(messageOf('INCIDENT_TAKEN', { locale: 'en', details: {} })).toBe('… has it already');
    expect(messageOf('NEVER_HEARD_OF', { locale: 'en', details: {} })).toBe(messages.INTERNAL?.en);
  });
});

const placeholders = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(([name]) => name).sort();

describe('the language', () => {
  it.each([
    [undefined, 'zh-CN'],
    ['', 'zh-CN'],
    ['en', 'en'],
    ['de, en;q=0.5', 'en'],
    ['en;q=0.5, zh', 'zh-CN'],
    ['en;q=0, *', 'zh-CN'],
    ['zh-Hans-CN;q=0.3,en-GB;q=0.4', 'en'],
    [';;;q=,,', 'zh-CN'],
  ])('of %j is %s', (header, locale) => expect(preferredLocale(header)).toBe(locale));
});

describe('a request', () => {
  const own = { method: 'POST', host: 'grid.example:8080', site: undefined, origin: undefined };
  it.each([
    [{ ...own, method: 'GET', site: 'cross-site' }, false],
    [own, false],
    [{ ...own, site: 'same-origin' }, false],
    [{ ...own, site: 'none' }, false],
    [{ ...own, site: 'cross-site' }, true],
    [{ ...own, site: 'same-site' }, true],
    [{ ...own, method: 'DELETE', site: '' }, true],
    [{ ...own, origin: 'http://grid.example:8080' }, false],
    [{ ...own, origin: 'http://grid.example' }, true],
    [{ ...own, origin: 'http://grid.example:8080.evil.example' }, true],
    [{ ...own, origin: 'null' }, true],
  ])('%j comes from another site: %s', (request, expected) => expect(isCrossSite(request)).toBe(expected));

  it('with text that cannot be stored is refused, wherever it stands', () => {
    for (const bad of ['a\0', '\ud800', ['x', ['\udc00']], { a: { 'k\0': 1 } }])
      expect(() => refuseBrokenText(bad)).toThrow(AppError);
    for (const good of [undefined, null, 7, 'a😀', { a: ['茅圻'] }])
      expect(() => refuseBrokenText(good)).not.toThrow();
  });
});

describe('the guard of logins', () => {
  const tries = (count: number, attempt: (i: number) => void): number => {
    let passed = 0;
    for (let i = 0; i < count; i++)
      try {
        attempt(i);
        passed++;
      } catch (error) {
        expect((error as AppError).code).toBe('SESSION_TOO_MANY_ATTEMPTS');
      }
    return passed;
  };

  it('stops ten failures of one login from one address for a quarter of an hour, and nobody else', () => {
    const clock = createVirtualClock(0);
    const guard = createLoginGuard(clock);
    expect(tries(15, () => guard.attempt('10.0.0.1', 'worker1'))).toBe(10);
    expect(tries(1, () => guard.attempt('10.0.0.2', 'worker1'))).toBe(1);
    expect(tries(1, () => guard.attempt('10.0.0.1', 'worker2'))).toBe(1);
    clock.set(15 * 60_000);
    expect(tries(1, () => guard.attempt('10.0.0.1', 'worker1'))).toBe(1);
  });

  it('stops one address that goes through many logins, also with all of its IPv6 addresses', () => {
    const guard = createLoginGuard(createVirtualClock(0));
    expect(tries(150, (i) => guard.attempt(`2001:db8::${i.toString(16)}`, `login${i}`))).toBe(100);
    expect(tries(1, () => guard.attempt('2001:db8:0:1::1', 'x'))).toBe(1);
    expect(tries(1, () => guard.attempt('::ffff:10.0.0.9', 'x'))).toBe(1);
  });

  it('forgets failures once the right password was given, and counts right ones never', () => {
    const guard = createLoginGuard(createVirtualClock(0));
    const succeed = () => {
      guard.attempt('10.0.0.1', 'worker1');
      guard.succeeded('10.0.0.1', 'worker1');
    };
    expect(tries(500, succeed)).toBe(500);
    tries(9, () => guard.attempt('10.0.0.1', 'worker1'));
    succeed();
    expect(tries(12, () => guard.attempt('10.0.0.1', 'worker1'))).toBe(10);
  });
});
