import type { GatewayChild, ProtocolSession } from '../model/uplinks.ts';
import type { Database } from '../platform/database.ts';
import { type Adoption, adoptChildren, type Gateway, introduceChildren } from './child-store.ts';
import { readSession, type StoredSession, saveSession } from './protocol-session-store.ts';

/** What gateways taught, in the database. */
export interface GatewayLearning {
  read(protocol: string, nativeId: string): Promise<StoredSession | undefined>;
  /** One transaction: the session, where it is given, and the devices behind the gateway, where it named them all or some. */
  learn(
    gateway: Gateway,
    taught: {
      session?: ProtocolSession;
      children?: readonly GatewayChild[];
      introduces?: readonly GatewayChild[];
    },
    now: number,
  ): Promise<Adoption | undefined>;
}

export function createGatewayLearning({ db }: Pick<Database, 'db'>): GatewayLearning {
  return {
    read: (protocol, nativeId) => readSession(db, protocol, nativeId),
    learn: (gateway, { session, children, introduces }, now) =>
      db.transaction().execute(async (trx) => {
        if (session) await saveSession(trx, { ...gateway, session }, now);
        const listed = children && (await adoptChildren(trx, gateway, children));
        return introduces ? introduceChildren(trx, gateway, introduces, listed) : listed;
      }),
  };
}
