/** Chance that can be repeated: a key always gives the same number for one seed, whatever was asked before. */
export interface Noise {
  /** 0 ≤ x < 1. */
  uniform(key: string): number;
  between(key: string, range: readonly [number, number]): number;
  /** Mean 0, standard deviation 1. */
  normal(key: string): number;
}

export function createNoise(seed: number): Noise {
  const uniform = (key: string) => hash(`${seed}/${key}`) / 2 ** 32;
  return {
    uniform,
    between: (key, [min, max]) => min + (max - min) * uniform(key),
    normal(key) {
      const radius = Math.sqrt(-2 * Math.log(1 - uniform(`${key}/radius`)));
      return radius * Math.cos(2 * Math.PI * uniform(`${key}/angle`));
    },
  };
}

/** FNV-1a with the finalizer of MurmurHash3, so that neighbouring keys do not give neighbouring numbers. */
function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
