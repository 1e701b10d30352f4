import type { Database } from '../../platform/database.ts';
import { announceAll } from '../../platform/live-store.ts';
import { createBatcher } from '../batcher.ts';
import type { Channel, Message } from '../channel.ts';

interface Waiting {
  change: Record<string, unknown>;
  done: PromiseWithResolvers<void>;
}

/**
 * Rings the open pages of the recipient, wherever they are connected. `accepted` once it is announced; a page that has it says so by a
 * receipt, which makes it `delivered`. That no page is open is no failure: other channels and other people go on. What comes together is announced
 * together: commits that notify wait for each other in PostgreSQL.
 */
export function createLiveChannel(deps: { database: Database }): Channel {
  const announcements = createBatcher<Waiting>({
    lanes: 1,
    most: 200,
    async run(waiting) {
      const changes = waiting.map(({ change }) => change);
      try {
        await announceAll(deps.database.db, changes);
        for (const { done } of waiting) done.resolve();
      } catch (error) {
        for (const { done } of waiting) done.reject(error);
      }
    },
  });
  return {
    name: 'live',
    on: true,
    reaches: () => true,
    async send(message) {
      const done = Promise.withResolvers<void>();
      announcements.add([{ change: changeOf(message), done }]);
      await done.promise;
      return { fate: 'accepted' };
    },
  };
}

function changeOf({
  id,
  incidentId,
  ticketId,
  alertId,
  template,
  recipient,
}: Message): Record<string, unknown> {
  return {
    type: incidentId !== null ? 'incident' : ticketId !== null ? 'ticket' : 'alert',
    id: incidentId ?? ticketId ?? alertId ?? id,
    ring: incidentId !== null,
    accounts: [recipient.id],
    template,
    notificationId: id,
  };
}
