/** Few distinct shapes, each compiled once. */

/** Positions. */
export const LENGTH_BUCKET = 32

export const roundUp = (n: number, step: number) => Math.ceil(n / step) * step

/** The next power of two. */
export const bucketOf = (n: number) => 2 ** Math.ceil(Math.log2(Math.max(n, 1)))
