/**
 * The keys and values of the sequences decoded in parallel: one lane each, per layer [lanes, kvHeads, capacity, headDim] in host
 * memory, which compiled backends read in place. Knows nothing of tokens or models.
 */
import type { Backend, DeviceTensor } from '../tensor/backend'
import { copyHeads, type HostKv, type KvBlock, type KvShape } from './kv-block'

const BOTH = ['keys', 'values'] as const

/** Per layer [lanes, kvHeads, capacity, headDim]. */
interface KvTensors {
  readonly keys: readonly DeviceTensor[]
  readonly values: readonly DeviceTensor[]
}

interface Buffers {
  readonly keys: readonly ArrayBuffer[]
  readonly values: readonly ArrayBuffer[]
}

/** A sequence of `length` tokens that moves from lane `from` to lane `to`, which is not after it. */
export interface LaneMove {
  readonly from: number
  readonly to: number
  readonly length: number
}

export class LaneCache {
  private readonly buffers: Buffers
  /** Allocated memory, as lanes times capacity. */
  private readonly room: number
  private arrays: HostKv
  private tensors: KvTensors = { keys: [], values: [] }

  /** @param reserve capacity to allocate for this many lanes; pages that are never written cost nothing */
  constructor(
    private readonly backend: Backend,
    private readonly shape: KvShape,
    public lanes: number,
    public capacity: number,
    reserve: number,
  ) {
    const bytes = 4 * lanes * shape.kvHeads * reserve * shape.headDim
    const make = () => Array.from({ length: shape.layers }, () => new ArrayBuffer(bytes))
    this.buffers = { keys: make(), values: make() }
    this.arrays = this.views()
    this.room = lanes * reserve
    if (backend.sharesHostMemory) this.tensors = this.upload()
  }

  private views(): HostKv {
    const size = this.lanes * this.shape.kvHeads * this.capacity * this.shape.headDim
    const view = (buffer: ArrayBuffer) => new Float32Array(buffer, 0, size)
    return { keys: this.buffers.keys.map(view), values: this.buffers.values.map(view) }
  }

  hasRoomFor(lanes: number, capacity: number): boolean {
    return lanes * capacity <= this.room
  }

  /** Changes the number of lanes or the capacity in place: first the sequences move, then their heads get the new stride. */
  rearrange(lanes: number, capacity: number, moves: readonly LaneMove[]): void {
    for (const array of [...this.arrays.keys, ...this.arrays.values]) this.compact(array, moves)
    const before = this.capacity
    this.lanes = lanes
    this.capacity = capacity
    this.arrays = this.views()
    // Heads that move away from the start go last first, so that none is overwritten before it has moved.
    const order = capacity > before ? moves.toReversed() : moves
    for (const kind of BOTH)
      for (const buffer of this.buffers[kind]) this.restride(new Float32Array(buffer), before, order)
    this.dispose()
    if (this.backend.sharesHostMemory) this.tensors = this.upload()
  }

  private compact(array: Float32Array, moves: readonly LaneMove[]): void {
    const size = this.laneOffset(1)
    for (const { from, to } of moves) if (to !== from) array.copyWithin(to * size, from * size, (from + 1) * size)
  }

  private restride(array: Float32Array, before: number, moves: readonly LaneMove[]): void {
    if (this.capacity === before) return
    const { kvHeads, headDim } = this.shape
    for (const { to, length } of moves) {
      for (let i = 0; i < kvHeads; i++) {
        const head = to * kvHeads + (this.capacity > before ? kvHeads - 1 - i : i)
        const source = head * before * headDim
        array.copyWithin(head * this.capacity * headDim, source, source + length * headDim)
      }
    }
  }

  private upload(): KvTensors {
    const shape = [this.lanes, this.shape.kvHeads, this.capacity, this.shape.headDim]
    const upload = (arrays: readonly Float32Array[]) => arrays.map((array) => this.backend.tensor(array, shape))
    return { keys: upload(this.arrays.keys), values: upload(this.arrays.values) }
  }

  /** The caches as inputs of a decode program. */
  inputs(): KvTensors {
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
  append(news: HostKv, positions: Int32Array, isActive: (lane: number) => boolean): void {
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
    for (const tensor of [...this.tensors.keys, ...this.tensors.values]) this.backend.dispose(tensor)
    this.tensors = { keys: [], values: [] }
  }
}
