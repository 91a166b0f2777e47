/**
 * Packs token sequences into padded microbatches of few distinct shapes (each shape is compiled once). Arrays are indexed by the
 * position that predicts: entry t belongs to token t + 1.
 */
import { LENGTH_BUCKET, powerOfTwo, roundUp } from '@shared/engine-limits'
import type { Backend, HostArray, OnDevice } from '../tensor/backend'
import type { Replaced } from '../tensor/nested'
import type { Tensor1D, Tensor2D } from '../tensor/tf'

export interface TokenSequence {
  /** Prompt (and kept prefix) followed by the completion. */
  readonly ids: Int32Array
  /** Index of the first token that counts; at least 1. Tokens before it are state: no loss, no KL, no value loss. */
  readonly start: number
}

export interface Microbatch {
  /** Which units are in it, in row order; rows beyond are padding. */
  readonly units: readonly number[]
  /** Rows per unit: 1, or 2 for pairs (all chosen rows first, then all rejected). */
  readonly rows: number
  readonly length: number
  readonly ids: Int32Array
  readonly targets: Int32Array
  /** [rows, length] 1 where the predicted token counts. */
  readonly mask: Float32Array
}

function fillRow(batch: Microbatch, row: number, { ids, start }: TokenSequence): void {
  const offset = row * batch.length
  batch.ids.set(ids, offset)
  batch.targets.set(ids.subarray(1), offset)
  batch.mask.fill(1, offset + start - 1, offset + ids.length - 1)
}

function assemble(
  chosen: readonly number[],
  units: readonly (readonly TokenSequence[])[],
  capacity: number,
): Microbatch {
  const width = units[chosen[0]!]!.length
  const longest = Math.max(...chosen.flatMap((unit) => units[unit]!.map(({ ids }) => ids.length)))
  const length = roundUp(longest, LENGTH_BUCKET)
  const rows = capacity * width
  const size = rows * length
  const batch: Microbatch = {
    units: chosen,
    rows,
    length,
    ids: new Int32Array(size),
    targets: new Int32Array(size),
    mask: new Float32Array(size),
  }
  chosen.forEach((unit, i) => {
    units[unit]!.forEach((sequence, part) => {
      fillRow(batch, part * capacity + i, sequence)
    })
  })
  return batch
}

/**
 * @param units sequences that must stay together: single ones, or pairs [chosen, rejected]; all of the same width
 * @param maxTokens padded tokens per microbatch; a longer unit gets its own microbatch
 */
export function packUnits(units: readonly (readonly TokenSequence[])[], maxTokens: number): Microbatch[] {
  const longestOf = (unit: number) => Math.max(...units[unit]!.map(({ ids }) => ids.length))
  const order = units.map((_, i) => i).sort((a, b) => longestOf(b) - longestOf(a) || a - b)
  const batches: Microbatch[] = []
  for (let at = 0; at < order.length; ) {
    const tokens = roundUp(longestOf(order[at]!), LENGTH_BUCKET) * units[order[at]!]!.length
    const capacity = Math.max(1, Math.floor(maxTokens / tokens))
    const chosen = order.slice(at, at + capacity)
    batches.push(
      assemble(chosen, units, chosen.length === capacity ? capacity : Math.min(capacity, powerOfTwo(chosen.length))),
    )
    at += chosen.length
  }
  return batches
}

/** [B, T] from one array per unit, the first of which belongs to the token at `start`; width 1 only. */
export function tokenValues(
  batch: Microbatch,
  sequences: readonly TokenSequence[],
  valuesOf: (unit: number) => ArrayLike<number>,
): HostValues {
  const data = new Float32Array(batch.rows * batch.length)
  batch.units.forEach((unit, row) => {
    data.set(valuesOf(unit), row * batch.length + sequences[unit]!.start - 1)
  })
  return { data, shape: [batch.rows, batch.length] }
}

/** [rows]: one number per unit, 0 for padding. @param width rows per unit, as in the packing */
export function unitValues(batch: Microbatch, width: number, numberOf: (unit: number) => number): HostValues {
  const data = new Float32Array(batch.rows / width)
  data.set(batch.units.map(numberOf))
  return { data, shape: [data.length] }
}

/** The reverse: the values of one row's counted tokens. */
export function takeTokens(
  batch: Microbatch,
  row: number,
  sequence: TokenSequence,
  values: Float32Array,
): Float32Array {
  const offset = row * batch.length
  return values.slice(offset + sequence.start - 1, offset + sequence.ids.length - 1)
}

/** The inputs of every loss from a microbatch. */
export type TokenBatch = {
  /** int32 [B, T] */
  readonly ids: Tensor2D
  /** int32 [B·T] the token after each. */
  readonly targets: Tensor1D
  /** [B, T] 1 where the predicted token counts. */
  readonly mask: Tensor2D
}

/** An array of a microbatch with its shape, to become a tensor. */
export interface HostValues {
  readonly data: HostArray
  readonly shape: readonly number[]
}

/** The inputs of a loss besides the tokens, on the host. */
export type OnHost<T> = Replaced<T, HostValues>

export const scalar = (value: number): HostValues => ({ data: Float32Array.of(value), shape: [] })

/** Ids, targets and mask as tensors, and the other inputs of a loss. */
export function batchTensors<Extra extends object>(
  backend: Backend,
  batch: Microbatch,
  extra: OnHost<Extra>,
): OnDevice<TokenBatch & Extra> {
  const shape = [batch.rows, batch.length]
  const tokens: OnDevice<TokenBatch> = {
    ids: backend.tensor(batch.ids, shape),
    targets: backend.tensor(batch.targets, [batch.rows * batch.length]),
    mask: backend.tensor(batch.mask, shape),
  }
  const more = Object.entries(extra as Readonly<Record<string, HostValues>>)
  const tensors = more.map(([name, { data, shape }]) => [name, backend.tensor(data, shape)])
  return { ...tokens, ...Object.fromEntries(tensors) } as OnDevice<TokenBatch & Extra>
}
