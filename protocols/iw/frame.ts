/** The frame of the IW/TRV family: prefix, command of four characters, payload, `#`. It has neither length nor checksum. */
import { latin1 } from '../bytes.ts';
import type { TextFrames } from '../text-frames.ts';

export interface Frame {
  prefix: 'IW' | 'TRV';
  /** `AP01`; pictures of firmware that calls them `null` are `AP42`. */
  command: string;
  /** What stands behind the command, as latin1. */
  payload: string;
}

const HEADER = /^\s*(IW|TRV)([ACY]P[0-9A-Z]{2}|null)/i;
/** `IWAP07,time,total,number,length,`: the voice behind it may hold any byte. */
const VOICE = /(?:IW|TRV)AP07,[^,#]{0,20},\d{1,5},\d{1,5},(\d{1,4}),/y;

export const frames: TextFrames = {
  begins: /(?:IW|TRV)(?:[ACY]P[0-9A-Z]{2}|null)/gi,
  begun: /(?:I|T|TR|(?:IW|TRV)(?:[ACY](?:P[0-9A-Z]?)?|n(?:ul?)?)?)$/i,
  ends: /#/g,
  maxFrameBytes: 65_536,
  declaredEnd(text, start) {
    VOICE.lastIndex = start;
    const header = VOICE.exec(text);
    return header ? VOICE.lastIndex + Number(header[1]) : undefined;
  },
};

/** Reads one frame with or without its end; undefined where it does not begin as one. */
export function parseFrame(bytes: Uint8Array): Frame | undefined {
  const text = latin1(bytes);
  const [whole = '', prefix, name = ''] = HEADER.exec(text) ?? [];
  if (prefix === undefined) return undefined;
  return {
    prefix: prefix.toUpperCase() === 'TRV' ? 'TRV' : 'IW',
    command: name.toLowerCase() === 'null' ? 'AP42' : name.toUpperCase(),
    payload: text.slice(whole.length).trimEnd().replace(/#$/, ''),
  };
}

/** Answers take the next letter: `AP` becomes `BP`, `CP` `DP`, `YP` `ZP`. */
export function answerTo({ prefix, command }: Pick<Frame, 'prefix' | 'command'>, payload = ''): Uint8Array {
  const letter = String.fromCharCode(command.charCodeAt(0) + 1);
  return Buffer.from(`${prefix}${letter}${command.slice(1)}${payload}#`, 'latin1');
}
