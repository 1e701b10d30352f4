import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CALL_TEMPLATES, PAGE_TEMPLATES } from '../../src/incidents/templates.ts';
import { callTemplates } from '../../src/notify/notification-store.ts';
import { asPlainText, createTexts } from '../../src/notify/texts.ts';
import { en, type Words, zh } from '../../src/notify/words.ts';
import { NOON } from '../harness/readings.ts';

const texts = createTexts({ timeZone: 'Asia/Shanghai', publicUrl: 'https://gridguard.example/' });
const payload = {
  kind: 'sos',
  severity: 'critical',
  subjectName: '王秀英',
  nativeId: '861234567890123',
  grid: '第二网格',
  address: '茅圻村三组 12 号',
  location: { latitude: 30.39, longitude: 114.88, accuracyM: 12.4, source: 'gps', fresh: true },
  presses: 2,
  late: false,
  raisedAt: NOON,
};
const raised = { template: 'incident_raised', incidentId: 12, payload };

describe('texts of messages', () => {
  it('say who, what, when and where, and where to act', () => {
    expect(asPlainText(texts(raised, 'zh-CN'), 'zh-CN')).toBe(
      [
        '【SOS 求助】王秀英，请立即响应',
        '',
        '人员：王秀英',
        '事件：SOS 求助（第 2 次按键）',
        '时间：11月20日 20:00:00',
        '地点：茅圻村三组 12 号',
        '网格：第二网格',
        '定位：30.390000, 114.880000 (卫星定位, ±12 m)',
        '地图：https://uri.amap.com/marker?position=114.880000%2C30.390000&name=%E7%8E%8B%E7%A7%80%E8%8B%B1&coordinate=wgs84',
        '处置页面：https://gridguard.example/incidents/12',
      ].join('\n'),
    );
    expect(texts(raised, 'en')).toMatchObject({
      title: '[SOS] 王秀英: please respond now',
      lines: [
        'Who: 王秀英',
        'What: SOS (press 2)',
        'When: 20 Nov, 20:00:00',
        'Where: 茅圻村三组 12 号',
        'Grid: 第二网格',
        'Position: 30.390000, 114.880000 (satellite fix, ±12 m)',
      ],
    });
  });

  it('say that a device is not registered, that a place is unknown, that it came late', () => {
    const unknown = {
      kind: 'sos',
      nativeId: '86999',
      raisedAt: NOON,
      late: true,
      location: null,
      subjectName: null,
    };
    const text = texts({ ...raised, payload: unknown }, 'en');
    expect(text.title).toContain('Unregistered device 86999');
    expect(text.lines).toContain('Where: Place unknown');
    expect(text.lines.join()).toContain('sent late');
    expect(text.mapLink).toBeUndefined();
  });

  it.each([
    ['sos', 3 * 3_600_000 + 60_000, 'zh-CN', '（按下于 3小时前：11月20日 16:59:00）'],
    ['sos', 3 * 3_600_000, 'en', ' (pressed 3 hours before, at 20 Nov, 17:00:00)'],
    ['fall', 90 * 60_000, 'en', ' (happened 90 minutes before, at 20 Nov, 18:30:00)'],
    ['sos', 2 * 86_400_000, 'zh-CN', '（按下于 2天前：11月18日 20:00:00）'],
  ])('say how long ago a %s that came late was (%i ms, %s)', (kind, ago, locale, told) => {
    const text = texts(
      { ...raised, payload: { ...payload, kind, late: true, happenedAt: NOON - ago } },
      locale,
    );
    expect(text.lines.find((line) => line.includes('20:00:00'))).toContain(told);
  });

  it('name who has it and what is needed', () => {
    const taken = { ...raised, template: 'incident_taken', payload: { ...payload, ownerName: '李强' } };
    expect(texts(taken, 'zh-CN').title).toBe('李强 已接警：王秀英，SOS 求助');
    const help = {
      ...raised,
      template: 'incident_need_help',
      payload: { ...payload, what: '120', note: '腿部骨折' },
    };
    expect(texts(help, 'zh-CN').lines).toEqual(expect.arrayContaining(['需要：120 急救', '说明：腿部骨折']));
  });

  it('of a notice name the value, and lead nowhere', () => {
    const notice = { kind: 'battery_low', subjectName: '王秀英', value: 12, unit: '%', at: NOON };
    const text = texts({ template: 'notice', incidentId: null, payload: notice }, 'zh-CN');
    expect(text).toMatchObject({ title: '【提醒】王秀英：电量不足' });
    expect(text.lines).toContain('数值：12 %');
    expect(text.link).toBeUndefined();
  });

  it('exist for templates and kinds that nobody has named yet', () => {
    const text = texts({ template: 'incident_new', incidentId: 1, payload: { kind: 'roof_gone' } }, 'en');
    expect(text.title).toBe('[Message] Somebody: roof gone');
  });

  it('exist for every shipped rule and every template that asks somebody to act', () => {
    const folder = new URL('../../alert-rules/', import.meta.url);
    const kinds = readdirSync(folder)
      .filter((file) => file.endsWith('.yaml'))
      .map((file) => /^kind: (.+)$/m.exec(readFileSync(new URL(file, folder), 'utf8'))?.[1] ?? file);
    expect(kinds).toContain('sos');
    expect(kinds.filter((kind) => !zh.kinds[kind])).toEqual([]);
    expect(PAGE_TEMPLATES.filter((template) => !zh.titles[template])).toEqual([]);
    expect([...callTemplates].sort()).toEqual([...CALL_TEMPLATES].sort());
  });

  it('are the same in both languages, word for word', () => {
    const sections = (words: Words) =>
      Object.entries(words).map(([key, value]) => [key, typeof value === 'string' ? [] : Object.keys(value)]);
    expect(sections(en)).toEqual(sections(zh));
    const places = (words: Words) =>
      Object.values(words.titles).map((title) => [...title.matchAll(/\{\w+\}/g)].map(String).sort());
    expect(places(en)).toEqual(places(zh));
  });

  it('never fail on a payload, and a name fills no other placeholder and stays on its line', () => {
    const value = fc.oneof(
      fc.string(),
      fc.integer(),
      fc.constant(null),
      fc.object(),
      fc.constant('{by}\r\n{what}'),
    );
    const anything = fc.record(
      {
        kind: value,
        subjectName: value,
        location: value,
        presses: value,
        raisedAt: value,
        what: value,
        address: value,
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(anything, fc.constantFrom('zh-CN', 'en', 'de'), (odd, locale) => {
        const text = texts({ ...raised, payload: odd }, locale);
        expect([text.title, ...text.lines].join('')).not.toMatch(/[\r\n]/);
      }),
    );
    const named = texts({ ...raised, payload: { kind: 'sos', subjectName: '{by} {what}' } }, 'en');
    expect(named.title).toBe('[SOS] {by} {what}: please respond now');
  });
});
