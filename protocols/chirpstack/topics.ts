import { clean } from '../sink.ts';

export interface Place {
  /** Everything up to `/device`. */
  base: string;
  app: string;
  eui: string;
  event: string;
}

/** `[prefix/]application/{id}/device/{devEui}/event/{event}`; version 3 wrote `rx` for `up`. */
const TOPIC =
  /^((?:.*\/)?application\/([^/]+))\/device\/([0-9a-fA-F]{16})\/(?:event\/|(?=rx$|status$|join$|ack$|error$))([a-z]+)$/;
const COMMAND = /^((?:.*\/)?application\/([^/]+))\/device\/([0-9a-fA-F]{16})\/command\/([a-z]+)$/;

/** Where a message belongs; a command is what somebody, we among them, told a device. */
export function placeOf(topic: string): (Place & { told: boolean }) | undefined {
  const said = TOPIC.exec(topic);
  const [, base, app, eui, event] = said ?? COMMAND.exec(topic) ?? [];
  if (base === undefined || app === undefined || eui === undefined || event === undefined) return undefined;
  return {
    base,
    app: clean(app),
    eui: eui.toLowerCase(),
    event: event === 'rx' ? 'up' : event,
    told: said === null,
  };
}

export const guessPrefix = (topic: string): string | undefined => placeOf(topic)?.base;
