import { describe, expect, it } from 'vitest';
import { protocolByName } from '../../protocols/index.ts';
import type { Protocol } from '../../src/model/uplinks.ts';

const LENGTH = 65_536;
const NOW = Date.parse('2026-11-22T08:15:02Z');
/** What takes time with the square of the length took 4 to 10 s. */
const MOST_MS = 1_000;

const run = (part: string, length = LENGTH) => part.repeat(Math.ceil(length / part.length));

function named(name: string): Protocol {
  const protocol = protocolByName(name);
  if (!protocol) throw new Error(`no protocol ${name}`);
  return protocol;
}

function took(work: () => unknown): number {
  const began = performance.now();
  work();
  return performance.now() - began;
}

describe('what somebody sends to keep us busy takes no time', () => {
  it.each([
    ['watch', '[3G*'],
    ['watch', '[3G*1*0001*'],
    ['megastek', 'STX,'],
    ['megastek', '$MGV002,'],
    ['pt60', '@B#@'],
    ['eview_text', '!1,'],
    ['r16h', '@GPSD,'],
    ['iw', 'IWAP01'],
    ['topin', 'xx'],
    ['h02', '*HQ,'],
    ['h02', '$'],
  ])('a stream of %s that is nothing but %j', (name, part) => {
    const bytes = Buffer.from(run(part));
    expect(took(() => named(name).split?.(bytes))).toBeLessThan(MOST_MS);
  });

  it.each([
    ['iw', `IWAP00${run(' ')}x`],
    ['aiqiangua', `{"imei":"868120140000007","time_begin":"1","value":"30${run(' ')},"}`],
    ['iwown', `{"deviceid":"868120140000007","sos":[{"alarm_time":"${run('0')}x"}]}`],
    ['watch', `[3G*8612345678*ffff*bphrt,${run('1')}x,70,80]`],
  ])('a message of %s with a field that does not end', (name, text) => {
    const uplink = { bytes: Buffer.from(text), receivedAt: NOW };
    expect(took(() => named(name).decode({}, uplink))).toBeLessThan(MOST_MS);
  });
});
