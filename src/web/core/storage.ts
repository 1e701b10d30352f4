/** Small things that this browser remembers; a browser that refuses storage forgets them and nothing else happens. */
export function remember(key: string, value: unknown): void {
  try {
    window.localStorage.setItem(`gridguard.${key}`, JSON.stringify(value));
  } catch {
    return;
  }
}

export function recall(key: string): unknown {
  try {
    const text = window.localStorage.getItem(`gridguard.${key}`);
    return text === null ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
