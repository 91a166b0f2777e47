/**
 * What the engine holds in memory at once. Its kernels obey these limits and the memory estimate counts with them: a change here changes both.
 * All counts are of numbers (4 bytes each) unless stated otherwise.
 */

/** Positions: lengths of sequences are rounded up to a multiple of this, so that few distinct shapes are compiled. */
export const LENGTH_BUCKET = 32

/** Queries whose attention scores are held at once; longer sequences are computed in parts of this many. */
export const QUERIES_AT_ONCE = 512

/** Logits held at once (128 MiB); more are computed in parts, twice. */
export const LOGITS_AT_ONCE = 2 ** 25

/** Numbers of a frozen 16- or 8-bit matrix that are widened to float32 at once: 32 MiB. */
export const WIDENED_AT_ONCE = 2 ** 23

/** Numbers that one optimiser step updates at once on a device, unless a single tensor has more: 16 MiB. In host memory, one at a time. */
export const UPDATED_AT_ONCE = 2 ** 22

/** Prompts, and their padded tokens, in one prefill batch. */
export const PREFILL_ROWS = 64
export const PREFILL_TOKENS = 8192

/** Smallest number of sequences decoded in parallel, even if a plan has fewer. */
export const MIN_LANES = 8

export const roundUp = (n: number, step: number): number => Math.ceil(n / step) * step

/** The next power of two, at least 1. */
export const powerOfTwo = (n: number): number => 2 ** Math.ceil(Math.log2(Math.max(n, 1)))

/** Lanes the sampler opens: a power of two, as many as there are sequences, and no more than the plan allows. */
export const lanesFor = (sequences: number, allowed: number): number =>
  Math.max(MIN_LANES, Math.min(powerOfTwo(sequences), powerOfTwo(allowed)))
