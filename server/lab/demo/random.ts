/** Repeatable numbers, so that every demo county looks the same. */
export interface Random {
  next(): number;
  normal(mean: number, sd: number): number;
  pick<T>(list: readonly T[]): T;
}

export function repeatable(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  return {
    next,
    normal: (mean, sd) =>
      mean + sd * Math.sqrt(-2 * Math.log(next() || 1e-9)) * Math.cos(2 * Math.PI * next()),
    pick: (list) => list[Math.floor(next() * list.length)] as (typeof list)[number],
  };
}
