import type { Decoded, Protocol } from '../../src/model/uplinks.ts';

/**
 * A language made up for tests: `id word …;` in text. `sos` is a life event, a number a heart rate, `ack` answers a command, anything else a
 * keep-alive; `?` as id says nothing of who speaks. Each is answered by `ok id word;`.
 */
export function lineProtocol(more: Partial<Protocol> = {}): Protocol {
  return {
    name: 'line',
    title: { zh: '测试', en: 'Test' },
    expectedEveryMs: 60_000,
    maxFrameBytes: 200,
    split(buffer) {
      const end = buffer.lastIndexOf(0x3b) + 1;
      const text = Buffer.from(buffer.subarray(0, end)).toString();
      const frames = text.split(/(?<=;)/).filter(Boolean);
      return { frames: frames.map((frame) => Buffer.from(frame)), rest: buffer.subarray(end), discarded: 0 };
    },
    looksLike: (bytes) => (lineOf(bytes) ? 2 : 0),
    decode: (session, { bytes, claimedId }) => decode(session, bytes, claimedId),
    encode: (command) =>
      command.kind === 'power_off'
        ? undefined
        : {
            bytes: Buffer.from(`${command.kind}${'what' in command ? ` ${command.what}` : ''};`),
            answeredBy: 'ack',
          },
    ...more,
  };
}

const lineOf = (bytes: Uint8Array) => /^([\w?-]+) (\w+)(?: (\w+))?;?$/.exec(Buffer.from(bytes).toString());

function decode(session: Decoded['session'], bytes: Uint8Array, claimedId: string | undefined): Decoded {
  const [, id = '', word = '', sequence] = lineOf(bytes) ?? [];
  const nothing = { session, readings: [], replies: [], command: word };
  if (id === '') return { ...nothing, outcome: 'undecodable', reason: 'no line' };
  const nativeId = id === '?' ? claimedId : id;
  const said = {
    ...nothing,
    ...(nativeId === undefined ? {} : { nativeId }),
    ...(sequence === undefined ? {} : { sequence }),
    replies: [Buffer.from(`ok ${id} ${word};`)],
  };
  if (word === 'sos')
    return { ...said, outcome: 'ok', readings: [{ signal: 'sos', value: true, origin: 'live' }] };
  if (word === 'ack') return { ...said, outcome: 'ok', downlinkAnswer: { command: 'ack', ok: true } };
  if (/^\d+$/.test(word))
    return {
      ...said,
      outcome: 'ok',
      readings: [{ signal: 'heart_rate', value: Number(word), origin: 'live' }],
    };
  return { ...said, outcome: 'empty' };
}
