/**
 * The keys and values of the sequences being decoded side by side: one lane each, per layer [lanes, kvHeads, capacity, headDim] in host
 * memory, which compiled backends read in place. Knows nothing of tokens or models.
 */
import type { Backend, DeviceTensor, DeviceTensors } from '../backend/backend'
import { copyHeads, type KvBlock, type KvShape } from './kv-block'

interface Arrays {
  readonly keys: readonly Float32Array[]
  readonly values: readonly Float32Array[]
}

const BOTH = ['keys', 'values'] as const

export class LaneCache {
  private arrays: Arrays
  private tensors: Record<string, DeviceTensor> = {}

  constructor(
    private readonly backend: Backend,
    private readonly shape: KvShape,
    readonly lanes: number,
    readonly capacity: number,
  ) {
    const { layers, kvHeads, headDim } = shape
    const make = () => Array.from({ length: layers }, () => new Float32Array(lanes * kvHeads * capacity * headDim))
    this.arrays = { keys: make(), values: make() }
    if (backend.sharesHostMemory) this.tensors = this.upload()
  }

  private upload(): Record<string, DeviceTensor> {
    const { kvHeads, headDim } = this.shape
    const tensors: Record<string, DeviceTensor> = {}
    for (const kind of BOTH) {
      this.arrays[kind].forEach((array, layer) => {
        tensors[`${kind}.${layer}`] = this.backend.tensor(array, [this.lanes, kvHeads, this.capacity, headDim])
      })
    }
    return tensors
  }

  /** `keys.0`, `values.0`, … as a decode program wants them. */
  inputs(): DeviceTensors {
    if (this.backend.sharesHostMemory) return this.tensors
    this.dispose()
    this.tensors = this.upload()
    return this.tensors
  }

  private laneOffset(lane: number): number {
    return lane * this.shape.kvHeads * this.capacity * this.shape.headDim
  }

  /** The first `length` tokens of a block become the lane's past. */
  fork(block: KvBlock, length: number, lane: number): void {
    const { kvHeads, headDim } = this.shape
    const layout = { heads: kvHeads, width: headDim, rows: length, sourceRows: block.length, targetRows: this.capacity }
    for (const kind of BOTH) {
      this.arrays[kind].forEach((target, layer) => {
        copyHeads(block[kind][layer]!, target, { ...layout, sourceOffset: 0, targetOffset: this.laneOffset(lane) })
      })
    }
  }

  /** Adds the newest key and value of each active lane at its position. News: per layer [lanes, kvHeads, headDim]. */
  append(news: Arrays, positions: Int32Array, isActive: (lane: number) => boolean): void {
    const { kvHeads, headDim } = this.shape
    const perLane = kvHeads * headDim
    for (const kind of BOTH) {
      for (let layer = 0; layer < this.shape.layers; layer++) {
        const source = news[kind][layer]!
        const target = this.arrays[kind][layer]!
        for (let lane = 0; lane < this.lanes; lane++) {
          if (!isActive(lane)) continue
          const base = this.laneOffset(lane) + positions[lane]! * headDim
          for (let h = 0; h < kvHeads; h++) {
            const from = lane * perLane + h * headDim
            const to = base + h * this.capacity * headDim
            for (let d = 0; d < headDim; d++) target[to + d] = source[from + d]!
          }
        }
      }
    }
  }

  /** A copy of the lane's first `length` tokens, to fork from after the lane has gone. */
  save(lane: number, length: number, hidden: Float32Array): KvBlock {
    const { kvHeads, headDim } = this.shape
    const layout = { heads: kvHeads, width: headDim, rows: length, sourceRows: this.capacity, targetRows: length }
    const take = (kind: (typeof BOTH)[number]) =>
      this.arrays[kind].map((source) => {
        const target = new Float32Array(kvHeads * length * headDim)
        copyHeads(source, target, { ...layout, sourceOffset: this.laneOffset(lane), targetOffset: 0 })
        return target
      })
    return { length, keys: take('keys'), values: take('values'), hidden }
  }

  /** Moves a lane's first `length` tokens from another cache, when lanes are compacted or the capacity grows. */
  takeOver(other: LaneCache, from: number, to: number, length: number): void {
    const { kvHeads, headDim } = this.shape
    const layout = {
      heads: kvHeads,
      width: headDim,
      rows: length,
      sourceRows: other.capacity,
      targetRows: this.capacity,
    }
    const offsets = { sourceOffset: other.laneOffset(from), targetOffset: this.laneOffset(to) }
    for (const kind of BOTH) {
      this.arrays[kind].forEach((target, layer) => {
        copyHeads(other.arrays[kind][layer]!, target, { ...layout, ...offsets })
      })
    }
  }

  dispose(): void {
    for (const tensor of Object.values(this.tensors)) this.backend.dispose(tensor)
    this.tensors = {}
  }
}
