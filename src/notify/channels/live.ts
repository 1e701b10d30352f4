import type { Database } from '../../platform/database.ts';
import { announce } from '../../platform/live-store.ts';
import type { Channel } from '../channel.ts';

/**
 * Rings the open pages of the recipient, wherever they are connected. `accepted` once it is announced; a page that has rung says so by a
 * receipt, which makes it `delivered`. That no page is open is no failure: other channels and other people go on.
 */
export function createLiveChannel(deps: { database: Database }): Channel {
  return {
    name: 'live',
    on: true,
    reaches: () => true,
    async send({ id, incidentId, alertId, template, recipient }) {
      await announce(deps.database.db, {
        type: incidentId === null ? 'alert' : 'incident',
        id: incidentId ?? alertId ?? id,
        ring: incidentId !== null,
        accounts: [recipient.id],
        template,
        notificationId: id,
      });
      return { fate: 'accepted' };
    },
  };
}
