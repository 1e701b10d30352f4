import { useSyncExternalStore } from 'react';

/** Pages and the paths they stand at; `:id` is a positive whole number, `:key` a name of ours. */
export const routes = {
  home: '/',
  alerts: '/alerts',
  incident: '/incidents/:id',
  family: '/family',
  wearer: '/family/:id',
  editWearer: '/family/:id/edit',
  register: '/register',
  board: '/board',
  boardIncident: '/board/:id',
  boardTicket: '/board/tickets/:id',
  property: '/property',
  tickets: '/tickets',
  ticket: '/tickets/:id',
  assets: '/assets',
  asset: '/assets/:id',
  sensors: '/sensors',
  account: '/account',
  devices: '/admin/devices',
  wearers: '/admin/wearers',
  accounts: '/admin/accounts',
  rosters: '/admin/rosters',
  grids: '/admin/grids',
  companies: '/admin/companies',
  tree: '/admin/assets',
  rules: '/admin/rules',
  rule: '/admin/rules/:key',
  quality: '/admin/alarm-quality',
  uplinks: '/admin/uplinks',
  health: '/admin/health',
} as const;

export type RouteName = keyof typeof routes;
export interface Route {
  name: RouteName | 'unknown';
  id: number | undefined;
  key: string | undefined;
}

/** The page at a path; trailing slashes do not matter. */
export function matchRoute(path: string): Route {
  const parts = split(path);
  for (const [name, pattern] of Object.entries(routes)) {
    const wanted = split(pattern);
    if (wanted.length !== parts.length) continue;
    let id: number | undefined;
    let key: string | undefined;
    const fits = wanted.every((part, index) => {
      const given = parts[index] ?? '';
      if (part === ':key') {
        key = given;
        return /^[a-z][a-z0-9_]*$/.test(given);
      }
      if (part !== ':id') return part === given;
      if (!/^[1-9]\d{0,15}$/.test(given)) return false;
      id = Number(given);
      return true;
    });
    if (fits) return { name: name as RouteName, id, key };
  }
  return { name: 'unknown', id: undefined, key: undefined };
}

export function pathTo(name: RouteName, id?: number | string): string {
  return routes[name].replace(/:(id|key)/, String(id ?? ''));
}

function split(path: string): string[] {
  return path.split('/').filter((part) => part !== '');
}

const watchers = new Set<() => void>();

function watch(watcher: () => void): () => void {
  watchers.add(watcher);
  window.addEventListener('popstate', watcher);
  return () => {
    watchers.delete(watcher);
    window.removeEventListener('popstate', watcher);
  };
}

export function usePath(): string {
  return useSyncExternalStore(watch, () => window.location.pathname);
}

export function navigate(path: string, options: { replace?: boolean } = {}): void {
  if (path === window.location.pathname) return;
  if (options.replace) window.history.replaceState(null, '', path);
  else window.history.pushState(null, '', path);
  window.scrollTo(0, 0);
  for (const watcher of watchers) watcher();
}
