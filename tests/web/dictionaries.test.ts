import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { createFormat } from '../../src/web/i18n/format.ts';
import { type Key, translator } from '../../src/web/i18n/translate.ts';
import { en, zh } from './all-texts.ts';

const keys = Object.keys(zh) as Key[];
const slots = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();
const han = /\p{Script=Han}/u;

function sources(folder: URL): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.tsx?$/.test(path) && !/^i18n.(zh|en)/.test(path))
    .map((path) => readFileSync(fileURLToPath(new URL(path, folder)), 'utf8'));
}

describe('the dictionaries', () => {
  it('have the same keys', () => expect(Object.keys(en).sort()).toEqual([...keys].sort()));

  it('fill in the same values', () => {
    expect(keys.filter((key) => slots(zh[key]).join() !== slots(en[key]).join())).toEqual([]);
  });

  it('are complete and each in its language', () => {
    expect(keys.filter((key) => zh[key].trim() === '' || en[key].trim() === '')).toEqual([]);
    expect(keys.filter((key) => han.test(en[key]))).toEqual([]);
    const neutral = /^(unit\.|app\.other|common\.comma|devices\.(native|watch)$|incident\.hasIt)/;
    expect(keys.filter((key) => !neutral.test(key) && !han.test(zh[key]))).toEqual([]);
  });

  it('hold nothing that no page uses', () => {
    const code = sources(new URL('../../src/web/', import.meta.url)).join('\n');
    const prefixes = [...code.matchAll(/(?:t\(`|word\(\s*')([a-zA-Z]+(?:\.[a-z]+)?)(?:\.\$|')/g)].map(
      (match) => match[1],
    );
    const isUsed = (key: string) =>
      code.includes(`'${key}'`) ||
      prefixes.some((prefix) => key.startsWith(`${prefix}.`)) ||
      /^(wellBeing|help|alertState|reason|ticketStage|ticketWhy|ticketWait|switchOutcome)\./.test(key);
    expect(keys.filter((key) => !isUsed(key))).toEqual([]);
  });

  it('are filled in', () => {
    expect(translator('zh-CN')('act.takenBy', { name: '周海生' })).toBe('已由 周海生 接手');
    expect(translator('en')('act.takenBy', { name: 'Zhou' })).toBe('Zhou has it');
  });
});

describe('times and lengths', () => {
  const chinese = createFormat('zh-CN');
  const english = createFormat('en');
  const now = Date.UTC(2026, 10, 22, 8);
  it.each([
    [now - 4_000, '现在', 'now'],
    [now - 180_000, '3分钟前', '3 minutes ago'],
    [now - 3 * 3_600_000, '3小时前', '3 hours ago'],
    [now + 540_000, '9分钟后', 'in 9 minutes'],
  ])('says %s as %s', (at, inChinese, inEnglish) => {
    expect(chinese.ago(at, now)).toBe(inChinese);
    expect(english.ago(at, now)).toBe(inEnglish);
  });
  it('ticks', () => {
    expect(chinese.ticking(157_400)).toBe('02:37');
    expect(chinese.ticking(3_757_000)).toBe('1:02:37');
    expect(chinese.ticking(-5)).toBe('00:00');
  });
  it('rounds lengths to what they are worth', () => {
    expect(chinese.metres(12.4)).toBe('12米');
    expect(chinese.metres(347)).toBe('350米');
    expect(english.metres(2340)).toBe('2.3 km');
  });
});
