export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

export function summary(values: readonly number[]): { p50: number; p99: number; n: number } {
  return { p50: round(quantile(values, 0.5)), p99: round(quantile(values, 0.99)), n: values.length };
}

const round = (value: number) => Math.round(value * 10) / 10;
