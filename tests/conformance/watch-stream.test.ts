import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_FRAME_BYTES, splitFrames } from '../../protocols/watch/frame.ts';
import { watchFixtures } from '../fixtures/watch.ts';
import { edits, LONG, mutate } from '../harness/decoding.ts';

describe('the stream of the watch family', () => {
  const split = splitFrames;
  const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');
  const whole = watchFixtures.filter(({ bytes }) => {
    const { frames, rest, discarded } = split(bytes);
    return frames.length === 1 && frames[0]?.length === bytes.length && rest.length + discarded === 0;
  });
  const wellHeaded = whole.filter(({ bytes }) => /^\[\w\w\*\d{5,}\*[0-9A-Fa-f]{4}\*/.test(text(bytes)));
  const last = whole[0]?.bytes ?? new Uint8Array();

  const receive = (chunks: readonly Uint8Array[]) => {
    let rest: Uint8Array = new Uint8Array();
    const frames: string[] = [];
    for (const chunk of chunks) {
      const cut = split(Buffer.concat([rest, chunk]));
      frames.push(...cut.frames.map(text));
      rest = cut.rest;
    }
    return { frames, rest: rest.length };
  };

  it('takes most of the fixtures as whole frames', () => {
    expect(whole.length).toBeGreaterThan(40);
  });

  it.each(whole)('cuts the same frames wherever the chunks end: $name', ({ bytes }) => {
    const stream = Buffer.concat([bytes, Buffer.from('\r\n'), last]);
    const expected = { frames: [text(bytes), text(last)], rest: 0 };
    for (let at = 0; at <= stream.length; at += 1) {
      expect(receive([stream.subarray(0, at), stream.subarray(at)]), `cut at ${at}`).toEqual(expected);
    }
    expect(receive(Array.from(stream, (byte) => Uint8Array.of(byte)))).toEqual(expected);
  });

  it('finds a good frame behind any junk', () => {
    const pieces = fc.constantFrom(
      '[',
      ']',
      '][',
      '[3G*',
      '[3G*12*',
      '[3G*861234*0004*',
      '*',
      ',',
      '\0',
      '[ZJ*1*0001*',
      'AL,',
    );
    const junk = fc.array(fc.oneof(pieces, fc.uint8Array({ maxLength: 9 }).map(text)), { maxLength: 8 });
    const property = fc.property(junk, fc.constantFrom(...wellHeaded), (before, { bytes }) => {
      const stream = Buffer.concat([Buffer.from(before.join(''), 'latin1'), bytes, last]);
      const { frames } = split(stream);
      expect(frames.map(text).slice(-2)).toEqual([text(bytes), text(last)]);
    });
    fc.assert(property, { seed: 20261122, numRuns: LONG ? 100_000 : 3000 });
  });

  it('accounts for every byte: a frame, the rest, or counted as junk', () => {
    const property = fc.property(fc.constantFrom(...wellHeaded), edits, ({ bytes }, changes) => {
      const stream = Buffer.concat([mutate(bytes, changes), last]);
      const { frames, rest, discarded } = split(stream);
      const lineEnds = text(stream).match(/[\r\n\0]/g)?.length ?? 0;
      const kept = frames.reduce((sum, frame) => sum + frame.length, 0) + rest.length + discarded;
      expect(kept).toBeLessThanOrEqual(stream.length);
      expect(kept).toBeGreaterThanOrEqual(stream.length - lineEnds);
    });
    fc.assert(property, { seed: 20261122, numRuns: 3000 });
  });

  it('never holds more than one frame may have', () => {
    const endless = Buffer.concat([last.subarray(0, -1), Buffer.alloc(MAX_FRAME_BYTES + 10, 0x41)]);
    const { frames, rest, discarded } = split(endless);
    expect(frames).toHaveLength(1);
    expect(rest).toHaveLength(0);
    expect(discarded).toBeGreaterThan(MAX_FRAME_BYTES / 2);
    expect(split(Buffer.concat([rest, last])).frames.map(text)).toEqual([text(last)]);
  });
});
