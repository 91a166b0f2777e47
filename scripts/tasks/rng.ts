/**
 * A small seeded generator (xorshift32: Marsaglia, "Xorshift RNGs", 2003) so that the same seed writes the same files on every machine.
 * It knows nothing about tasks; it is not for cryptography.
 */
export interface Rng {
  /** A float in [0, 1). */
  readonly next: () => number
  /** An integer in [low, high], both ends included. */
  readonly int: (low: number, high: number) => number
  /** One element of a non-empty list. */
  readonly pick: <T>(items: readonly T[]) => T
  /** `count` different elements of a list, in random order. */
  readonly sample: <T>(items: readonly T[], count: number) => T[]
}

/** A generator whose stream depends on every character of `seed`. */
export function createRng(seed: string): Rng {
  const next = xorshift32(hash(seed))
  const int = (low: number, high: number) => low + Math.floor(next() * (high - low + 1))
  const pick = <T>(items: readonly T[]): T => {
    if (items.length === 0) throw new Error('Cannot pick from an empty list.')
    return items[int(0, items.length - 1)] as T // the index is in range: the list is not empty
  }
  const sample = <T>(items: readonly T[], count: number): T[] => {
    const left = [...items]
    return Array.from({ length: count }, () => left.splice(int(0, left.length - 1), 1)).flat()
  }
  return { next, int, pick, sample }
}

function xorshift32(seed: number): () => number {
  let state = seed || 1 // zero is the one state xorshift never leaves
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
}

/** FNV-1a over the UTF-16 units of a text, with a final mix so that seeds differing in one character start far apart. */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193)
  value = Math.imul(value ^ (value >>> 15), 0x9e3779b1)
  return (value ^ (value >>> 13)) >>> 0
}
