import type { Origin } from '../../src/model/readings.ts';
import type { JsonObject } from '../sink.ts';
import type { ProfileName } from './topics.ts';

/** One thing that a message says of one device. */
export type Statement = { time?: number | undefined; origin?: Origin } & (
  | { kind: 'properties'; fields: JsonObject; service?: string }
  | { kind: 'event'; id: string; fields: JsonObject }
  | { kind: 'online'; online: boolean }
  | { kind: 'raw'; text: string }
);

/** What a message says of one device; without `device` of the one whose topic it is. */
export interface Part {
  device?: string | undefined;
  statements: Statement[];
}

/** What a message says, whichever cloud it was written for. */
export interface Said {
  command: string;
  parts: Part[];
  /** What the device waits for. */
  reply?: { topic: string; body: JsonObject };
  /** The device's answer to one of our commands. */
  answer?: { command: string; serial?: string; ok: boolean };
  /** The message's own id, unique with the time that stands beside it. */
  id?: string | undefined;
  time?: number | undefined;
  misunderstood?: boolean;
  reason?: string;
}

export interface Given {
  profile: ProfileName;
  path: string;
  topic: string | undefined;
  message: JsonObject;
  receivedAt: number;
}

export const nothingSaid = (command: string, reason: string): Said => ({ command, parts: [], reason });
