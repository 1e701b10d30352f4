import { describe, expect, it } from 'vitest';
import { ev07b } from '../../protocols/ev07b/ev07b.ts';
import { eviewText } from '../../protocols/eview-text/eview-text.ts';
import type { ProtocolSession } from '../../src/model/uplinks.ts';
import { ev07bFrame } from '../fixtures/ev07b.ts';

const NOW = Date.parse('2026-11-22T08:15:02Z');
const bytes = (hex: string) => Buffer.from(hex, 'hex');
const hex = (given: Uint8Array | undefined) => Buffer.from(given ?? []).toString('hex');

describe('ev07b', () => {
  const status = ev07bFrame('01', '0924d6c7606a00000043');

  it('learns who speaks from one message and knows it in the next', () => {
    const login = ev07b.decode(
      {},
      { bytes: bytes(ev07bFrame('03', '1001383631323334353637383930313233')), receivedAt: NOW },
    );
    const next = ev07b.decode(login.session, { bytes: bytes(status), receivedAt: NOW });
    expect(next.nativeId).toBe('861234567890123');
    expect(ev07b.decode({}, { bytes: bytes(status), receivedAt: NOW })).not.toHaveProperty('nativeId');
  });

  it('hands over a damaged frame and the sound one behind it', () => {
    const cut = status.slice(0, -4);
    expect(ev07b.split?.(bytes(cut + status)).frames.map(hex)).toEqual([cut, status]);
    expect(
      ev07b
        .split?.(bytes(`abab00${status}`))
        .frames.map(hex)
        .at(-1),
    ).toBe(status);
    expect(ev07b.split?.(bytes(`${status}ab10`))).toMatchObject({ rest: bytes('ab10'), discarded: 0 });
  });

  it('says how sure it is', () => {
    expect(ev07b.looksLike?.(bytes(status))).toBe(3);
    expect(ev07b.looksLike?.(bytes(status.slice(2)))).toBe(3);
    expect(ev07b.looksLike?.(bytes(`${status.slice(0, -2)}00`))).toBe(2);
    expect(ev07b.looksLike?.(bytes('ab0102'))).toBe(0);
  });

  it('sets the numbers that the button calls', () => {
    const encoded = ev07b.encode?.(
      { kind: 'set_sos_numbers', numbers: ['120', '139'] },
      { nativeId: '861234567890123', session: {}, serial: 5 },
    );
    expect(hex(encoded?.bytes)).toBe(ev07bFrame('02', '0530f03132300530f1313339'));
    expect(encoded?.answeredBy).toBe('7f');
    const none = ev07b.encode?.({ kind: 'ring' }, { nativeId: '', session: {}, serial: 5 });
    expect(none).toBeUndefined();
  });
});

describe('eview_text', () => {
  const decode = (text: string, session: ProtocolSession = {}) =>
    eviewText.decode(session, { bytes: Buffer.from(text), receivedAt: NOW });
  const record = (flags: string) => `!D,22/11/26,08:15:02,30.39,114.88,0,0,${flags},31,67,9,12,1;`;

  it('says that a battery is low no more, where it said that it was', () => {
    const low = decode(record('1001'));
    const after = decode(record('1'), low.session);
    expect(after.readings.find(({ signal }) => signal === 'battery_low')?.value).toBe(false);
    expect(decode(record('1')).readings.map(({ signal }) => signal)).not.toContain('battery_low');
  });

  it('cuts messages at their ends and at the next beginning', () => {
    const cut = eviewText.split?.(Buffer.from('xx!1,861234567890123;!5,21,A!5,20,V;!D,22/'));
    expect(cut?.frames.map((frame) => Buffer.from(frame).toString())).toEqual([
      '!1,861234567890123;',
      '!5,21,A',
      '!5,20,V;',
    ]);
    expect(Buffer.from(cut?.rest ?? []).toString()).toBe('!D,22/');
  });

  it('writes settings as the texts of its messages', () => {
    const device = { nativeId: '861234567890123', session: {}, serial: 1 };
    const text = (command: Parameters<NonNullable<typeof eviewText.encode>>[0]) =>
      Buffer.from(eviewText.encode?.(command, device)?.bytes ?? []).toString();
    expect(text({ kind: 'set_sos_numbers', numbers: ['120', '139'] })).toBe('123456A1,120;123456B1,139');
    expect(text({ kind: 'fall_detection', on: true })).toBe('123456F1');
    expect(text({ kind: 'fall_detection', on: false })).toBe('123456F0');
    expect(text({ kind: 'locate_now' })).toBe('');
  });
});
