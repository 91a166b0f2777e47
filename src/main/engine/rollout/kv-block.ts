/**
 * Keys, values and hidden vectors of a token prefix, on the host: computed once and used by every sequence that starts in it.
 * The hidden vectors let a sequence start at any position without running the model again: the next token's distribution is
 * head(hidden[position − 1]).
 */
export interface KvShape {
  readonly layers: number
  readonly kvHeads: number
  readonly headDim: number
  readonly hiddenSize: number
}

/** Keys and values of every layer. */
export interface HostKv {
  readonly keys: readonly Float32Array[]
  readonly values: readonly Float32Array[]
}

export interface KvBlock {
  /** Tokens it holds. */
  readonly length: number
  /** Per layer [kvHeads, length, headDim]. */
  readonly keys: readonly Float32Array[]
  readonly values: readonly Float32Array[]
  /** [length, hiddenSize] */
  readonly hidden: Float32Array
}

/** Copies `rows` rows of `width` numbers of each head between arrays whose heads are `from`/`to` rows apart. */
export function copyHeads(
  source: Float32Array,
  target: Float32Array,
  layout: {
    readonly heads: number
    readonly width: number
    readonly rows: number
    readonly sourceRows: number
    readonly targetRows: number
    readonly sourceOffset: number
    readonly targetOffset: number
  },
): void {
  const { heads, width, rows, sourceRows, targetRows, sourceOffset, targetOffset } = layout
  for (let h = 0; h < heads; h++) {
    const from = sourceOffset + h * sourceRows * width
    target.set(source.subarray(from, from + rows * width), targetOffset + h * targetRows * width)
  }
}

/** The cached prefix a sequence begins with. */
export interface Prefix {
  readonly block: KvBlock
  /** Tokens of the block that belong to the sequence, at least 1; the rest is ignored. */
  readonly length: number
}

/** A block cut to its first tokens, for a sequence that ended with its first draw. */
export function trimmedBlock(
  { kvHeads, headDim, hiddenSize }: KvShape,
  block: KvBlock,
  length: number,
  hidden: Float32Array,
): KvBlock {
  const cut = (source: Float32Array) => {
    const target = new Float32Array(kvHeads * length * headDim)
    for (let h = 0; h < kvHeads; h++) {
      const from = h * block.length * headDim
      target.set(source.subarray(from, from + length * headDim), h * length * headDim)
    }
    return target
  }
  return {
    length,
    keys: block.keys.map(cut),
    values: block.values.map(cut),
    hidden: hidden.slice(0, length * hiddenSize),
  }
}
