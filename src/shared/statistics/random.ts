/** Random numbers that a seed decides, for resampling: the same seed gives the same intervals on every machine. */

/** A source of whole numbers 0 … n − 1. */
export type Draw = (n: number) => number

/** Mulberry32 (Tommy Ettinger, public domain): a counter and a mixing function, 32 bits of state. @param seed a whole number */
export function drawsFrom(seed: number): Draw {
  let state = seed >>> 0
  return (n) => {
    state = (state + 0x6d2b79f5) >>> 0
    let x = Math.imul(state ^ (state >>> 15), state | 1)
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61)
    return Math.floor((((x ^ (x >>> 14)) >>> 0) / 2 ** 32) * n)
  }
}
