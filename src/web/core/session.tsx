import { createContext, use } from 'react';
import type { Me } from '../../api/schemas.ts';
import type { Role } from '../../model/incidents.ts';

export interface Session {
  me: Me;
  /** Takes over what the service answered to a change of one's own settings. */
  update: (me: Me) => void;
  signOut: () => Promise<void>;
}

export const SessionContext = createContext<Session | undefined>(undefined);

/** The person who is logged in; only for pages that stand behind the login. */
export function useSession(): Session {
  const session = use(SessionContext);
  if (!session) throw new Error('useSession outside a session');
  return session;
}

export function hasRole(me: Me, role: Role): boolean {
  return me.roles.includes(role);
}
