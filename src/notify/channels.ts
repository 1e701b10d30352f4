import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/database.ts';
import type { Channel } from './channel.ts';
import { createEmailChannel, type SmtpSettings } from './channels/email.ts';
import { createLiveChannel } from './channels/live.ts';
import { createWebhookChannel } from './channels/webhook.ts';
import { createTexts } from './texts.ts';

/** Every channel there is, also those that are off for want of settings. A new one is a file in `channels/` and a line here. */
export function createChannels(deps: {
  database: Database;
  clock: Clock;
  timeZone: string;
  publicUrl?: string;
  smtp?: SmtpSettings;
}): Channel[] {
  const texts = createTexts(deps);
  return [
    createLiveChannel(deps),
    createWebhookChannel({ ...deps, texts }),
    createEmailChannel({ ...deps, texts }),
  ];
}
