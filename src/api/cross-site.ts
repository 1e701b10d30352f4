/** What of a request tells where it was made. */
export interface RequestOrigin {
  method: string;
  /** As the client wrote it: behind a trusted proxy, the forwarded one. */
  host: string;
  site: string | undefined;
  origin: string | undefined;
}

const reading: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Whether a request that changes something came from another site. Browsers say so in `Sec-Fetch-Site` (W3C Fetch Metadata), older
 * ones in `Origin`; a program that is no browser sends neither and holds nobody's cookie by accident.
 */
export function isCrossSite({ method, host, site, origin }: RequestOrigin): boolean {
  if (reading.has(method)) return false;
  if (site !== undefined) return site !== 'same-origin' && site !== 'none';
  if (origin === undefined) return false;
  return !URL.canParse(origin) || new URL(origin).host !== host;
}
