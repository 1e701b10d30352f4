/**
 * The address of a broker without the name and password in it, and who logs in: what the address holds goes before the gateway's own.
 * mqtt.js takes the two in an address apart at the last colon; a password may hold one.
 */
export function addressOf(
  url: string,
  { id, secret }: { id: string; secret?: string },
): { href: string; login: { username?: string; password?: string } } {
  const { username, password } = new URL(url);
  const href = Object.assign(new URL(url), { username: '', password: '' }).href;
  if (username)
    return {
      href,
      login: { username: decodeURIComponent(username), password: decodeURIComponent(password) },
    };
  return { href, login: secret ? { username: id, password: secret } : {} };
}
