import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asPlainText, createTexts } from '../../src/notify/texts.ts';
import { enTickets, type TicketWords, zhTickets } from '../../src/notify/ticket-words.ts';
import { readProjectFile } from '../harness/source.ts';
import { NOON_MS } from '../harness/ticket-estate.ts';

const texts = createTexts({ timeZone: 'Asia/Shanghai', publicUrl: 'https://gridguard.example/' });
const payload = {
  kind: 'burst_suspected',
  faultClass: 'water_supply',
  severity: 'critical',
  level: 'property',
  place: '滨湖苑 / 3 号楼 / 给水立管',
  company: '和顺物业',
  grid: '滨湖一网格',
  deviceName: '3 号楼压力',
  nativeId: '0x1',
  stage: 'accept',
  dueAt: NOON_MS + 1_800_000,
  reportedAt: NOON_MS,
  occurrences: 2,
};
const say = (template: string, more: Record<string, unknown> = {}, locale = 'zh-CN') =>
  texts({ template, incidentId: null, ticketId: 7, payload: { ...payload, ...more } }, locale);

describe('texts about tickets', () => {
  it('say what is broken, where, whose it is and until when, and lead to its page', () => {
    expect(asPlainText(say('ticket_dispatched'), 'zh-CN')).toBe(
      [
        '【新工单·疑似爆管】滨湖苑 / 3 号楼 / 给水立管，请于 11月23日周一 12:30 前接单',
        '',
        '事件：疑似爆管',
        '级别：紧急',
        '地点：滨湖苑 / 3 号楼 / 给水立管',
        '物业公司：和顺物业',
        '网格：滨湖一网格',
        '设备：3 号楼压力',
        '层级：物业',
        '时限：11月23日周一 12:30 前接单',
        '发生次数：2',
        '立案时间：11月23日周一 12:00',
        '处置页面：https://gridguard.example/tickets/7',
      ].join('\n'),
    );
    expect(say('ticket_dispatched', {}, 'en').title).toBe(
      '[New ticket: Burst pipe suspected] 滨湖苑 / 3 号楼 / 给水立管, accept it by Mon 23 Nov, 12:30',
    );
  });

  it('tell a reminder before the deadline from one after it and from one to verify', () => {
    expect(say('ticket_reminder', { percent: 80 }).title).toContain('【催办·');
    expect(say('ticket_reminder', { percent: 100 }).title).toContain('【超时催办·');
    expect(say('ticket_reminder', { waits: 'verify', dueAt: null }).title).toContain('仍未核查');
  });

  it('say who asked for what and what was decided', () => {
    expect(say('ticket_request', { request: 'pause', actorName: '严俊' }).title).toBe(
      '【待审批·暂停】严俊：疑似爆管，滨湖苑 / 3 号楼 / 给水立管',
    );
    expect(say('ticket_decided', { decision: 'extension_refused' }).title).toContain('【不同意延期】');
    expect(say('ticket_finished', { task: true }).title).toContain('派工已完成');
  });

  it('exist in both languages, word for word, for every template that the tickets send', () => {
    const places = (words: TicketWords) =>
      Object.entries({ ...words.titles, ...words.reminders }).map(([key, title]) => [
        key,
        [...title.matchAll(/\{\w+\}/g)].map(String).sort(),
      ]);
    expect(places(enTickets)).toEqual(places(zhTickets));
    const sections = (words: TicketWords) =>
      Object.entries(words).map(([key, value]) => [key, typeof value === 'string' ? [] : Object.keys(value)]);
    expect(sections(enTickets)).toEqual(sections(zhTickets));
    const sent = readdirSync(new URL('../../src/tickets', import.meta.url)).flatMap((file) => [
      ...readProjectFile(`src/tickets/${file}`).matchAll(/template: '(ticket_\w+)'/g),
    ]);
    const templates = new Set(sent.map(([, template = '']) => template));
    expect(templates.size).toBe(12);
    const known = new Set([...Object.keys(zhTickets.titles), 'ticket_reminder']);
    expect([...templates].filter((template) => !known.has(template))).toEqual([]);
  });

  it('never fail on a payload and stay on their lines', () => {
    const value = fc.oneof(
      fc.string(),
      fc.integer(),
      fc.constant(null),
      fc.object(),
      fc.constant('{by}\r\n{what}'),
    );
    const keys = ['kind', 'place', 'dueAt', 'level', 'stage', 'note', 'location', 'actorName', 'percent'];
    const anything = fc.record(Object.fromEntries(keys.map((key) => [key, value])), { requiredKeys: [] });
    const templates = [...Object.keys(zhTickets.titles), 'ticket_reminder', 'ticket_unheard_of'];
    fc.assert(
      fc.property(
        anything,
        fc.constantFrom(...templates),
        fc.constantFrom('zh-CN', 'en'),
        (odd, template, locale) => {
          const text = texts({ template, incidentId: null, ticketId: 1, payload: odd }, locale);
          expect([text.title, ...text.lines].join('')).not.toMatch(/[\r\n]/);
        },
      ),
    );
  });
});
