/**
 * Counter-based random numbers: the value is a pure function of (seed, stream, counter), so a sequence's randomness does not depend on its lane
 * or on other sequences, and resuming needs no generator state. The mixing function is the finaliser of MurmurHash3, applied after each word
 * (Appleby, public domain); it passes the tests in tests/unit/engine/core/rng.test.ts.
 */

function mix(h: number): number {
  let x = h
  x ^= x >>> 16
  x = Math.imul(x, 0x85ebca6b)
  x ^= x >>> 13
  x = Math.imul(x, 0xc2b2ae35)
  return (x ^ (x >>> 16)) >>> 0
}

/** 32 uniform bits. */
export function hash(seed: number, stream: number, counter: number): number {
  let h = mix((seed ^ 0x9e3779b9) >>> 0)
  h = mix((h + Math.imul(stream, 0x85ebca77) + 0x165667b1) >>> 0)
  return mix((h + Math.imul(counter, 0xc2b2ae3d) + 0x27d4eb2f) >>> 0)
}

/** Uniform in [0, 1), 32 bits of it. */
export function uniform(seed: number, stream: number, counter: number): number {
  return hash(seed, stream, counter) / 2 ** 32
}

/** A separate seed for a part of the work: `deriveSeed(seed, iteration, row, …)`. */
export function deriveSeed(seed: number, ...parts: readonly number[]): number {
  return parts.reduce((h, part, i) => hash(h, part, i), seed >>> 0)
}

/** Standard normal by Box and Muller. */
export function normal(seed: number, stream: number, counter: number): number {
  const u = 1 - uniform(seed, stream, 2 * counter)
  const v = uniform(seed, stream, 2 * counter + 1)
  return Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * v)
}

/** 0 … n − 1 in random order (Fisher and Yates). */
export function permutation(n: number, seed: number): Int32Array {
  const order = Int32Array.from({ length: n }, (_, i) => i)
  for (let i = n - 1; i > 0; i--) {
    const j = Math.floor(uniform(seed, 0x5f, i) * (i + 1))
    const other = order[j]!
    order[j] = order[i]!
    order[i] = other
  }
  return order
}
