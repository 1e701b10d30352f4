const unitsMs = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
type Unit = keyof typeof unitsMs;

/** `90s`, `1h30m`, `500ms`, `0s` → milliseconds; undefined when it is no duration. */
export function parseDuration(text: string): number | undefined {
  if (!/^(\d+(ms|s|m|h|d))+$/.test(text)) return undefined;
  let total = 0;
  for (const [, count, unit] of text.matchAll(/(\d+)(ms|s|m|h|d)/g))
    total += Number(count) * unitsMs[unit as Unit];
  return Number.isSafeInteger(total) ? total : undefined;
}

const words = {
  zh: { d: ' 天', h: ' 小时', m: ' 分钟', s: ' 秒', ms: ' 毫秒' },
  en: { d: ' d', h: ' h', m: ' min', s: ' s', ms: ' ms' },
} as const;

/** For people: 5_400_000 → `1 h 30 min` or `1 小时 30 分钟`. */
export function formatDuration(ms: number, language: 'zh' | 'en'): string {
  const parts: string[] = [];
  let rest = ms;
  for (const unit of ['d', 'h', 'm', 's', 'ms'] as const) {
    const count = Math.floor(rest / unitsMs[unit]);
    if (count > 0) parts.push(`${count}${words[language][unit]}`);
    rest -= count * unitsMs[unit];
  }
  return parts.join(' ') || `0${words[language].s}`;
}
