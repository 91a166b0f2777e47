/**
 * The lanes of sequences decoded in parallel, with keys, values and hidden vectors in the device's memory: a step sends token ids, positions and uniform
 * numbers and brings back the tokens drawn with their log-probabilities. A prefix goes over once, a kept sequence comes back once.
 */
import type { ModelConfig } from '../../formats/model-config'
import type { Backend, DeviceTensor, DeviceTensors, OnDevice } from '../tensor/backend'
import { LENGTH_BUCKET, roundUp } from './buckets'
import type { DevicePrograms, LaneTensors } from './device-programs'
import type { Draw } from './draw'
import type { KvBlock } from './kv-block'
import type { LaneMove } from './lane-cache'

interface DeviceBlock {
  readonly keys: readonly DeviceTensor[]
  readonly values: readonly DeviceTensor[]
}

/** Prefixes on the device, each once, until `dispose`. */
export class DeviceBlocks {
  private readonly known = new Map<KvBlock, DeviceBlock>()

  constructor(
    private readonly backend: Backend,
    private readonly model: ModelConfig,
  ) {}

  /** With room for whole buckets, so that few shapes are compiled. */
  of(block: KvBlock): DeviceBlock {
    const known = this.known.get(block)
    if (known) return known
    const { kvHeads, headDim } = this.model
    const rows = roundUp(block.length, LENGTH_BUCKET)
    const upload = (source: Float32Array) => {
      const padded = new Float32Array(kvHeads * rows * headDim)
      const size = block.length * headDim
      for (let h = 0; h < kvHeads; h++) padded.set(source.subarray(h * size, (h + 1) * size), h * rows * headDim)
      return this.backend.tensor(padded, [kvHeads, rows, headDim])
    }
    const made = { keys: block.keys.map(upload), values: block.values.map(upload) }
    this.known.set(block, made)
    return made
  }

  dispose(): void {
    for (const { keys, values } of this.known.values())
      for (const tensor of [...keys, ...values]) this.backend.dispose(tensor)
    this.known.clear()
  }
}

type Lanes = OnDevice<LaneTensors>
const tensorsOf = ({ keys, values, hidden }: Lanes) => [...keys, ...values, ...hidden]

export interface StepOf {
  readonly params: DeviceTensors
  readonly ids: Int32Array
  readonly positions: Int32Array
  readonly u: Float32Array
  readonly temperature: DeviceTensor
  readonly isGreedy: boolean
}

export class DeviceLanes {
  private constructor(
    private readonly backend: Backend,
    private readonly model: ModelConfig,
    private readonly programs: DevicePrograms,
    private tensors: Lanes,
    public lanes: number,
    public capacity: number,
  ) {}

  /** @param keepsHidden also the hidden vectors, for sequences that are saved */
  static async create(
    backend: Backend,
    model: ModelConfig,
    programs: DevicePrograms,
    { lanes, capacity, keepsHidden }: { lanes: number; capacity: number; keepsHidden: boolean },
  ): Promise<DeviceLanes> {
    const tensors = await programs.empty(lanes, capacity, keepsHidden).run({}, { outputs: 'fresh' })
    return new DeviceLanes(backend, model, programs, tensors, lanes, capacity)
  }

  /** The first `length` tokens of a block become the lane's past; what is behind them is not looked at. */
  async fork({ keys, values }: DeviceBlock, length: number, lane: number): Promise<void> {
    const rows = roundUp(length, LENGTH_BUCKET)
    const place = this.backend.tensor(Int32Array.of(lane), [1])
    const lanes = { ...this.tensors, hidden: [] }
    const into = { keys: this.tensors.keys, values: this.tensors.values }
    await this.programs.fork(rows).run({ lanes, keys, values, lane: place }, { outputs: 'fresh', into })
    this.backend.dispose(place)
  }

  /** One token of every lane. @returns what was drawn after it, for every lane */
  async step({ params, ids, positions, u, temperature, isGreedy }: StepOf): Promise<Draw[]> {
    const { backend } = this
    const upload = (values: Int32Array | Float32Array) => backend.tensor(values, [values.length])
    const given = { ids: upload(ids), positions: upload(positions), u: upload(u) }
    const inputs = { params, lanes: this.tensors, temperature, ...given }
    const { drawn } = await this.programs
      .step(isGreedy)
      .run(inputs, { outputs: 'fresh', into: { lanes: this.tensors } })
    const [tokens, logprobs] = await Promise.all([backend.read(drawn.tokens), backend.read(drawn.logprobs)])
    for (const tensor of [...Object.values(given), drawn.tokens, drawn.logprobs]) backend.dispose(tensor)
    return Array.from(ids, (_, i) => ({ token: tokens[i]!, logprob: logprobs[i]! }))
  }

  /** Other numbers of lanes and positions. */
  async rearrange(lanes: number, capacity: number, moves: readonly LaneMove[]): Promise<void> {
    const order = new Int32Array(lanes)
    for (const { from, to } of moves) order[to] = from
    const next = await this.picked(order, capacity)
    this.dispose()
    this.tensors = next
    this.lanes = lanes
    this.capacity = capacity
  }

  private async picked(order: Int32Array, capacity: number): Promise<Lanes> {
    const picked = this.backend.tensor(order, [order.length])
    const out = await this.programs.pick(capacity).run({ lanes: this.tensors, picked }, { outputs: 'fresh' })
    this.backend.dispose(picked)
    return out
  }

  /** A lane's first `length` tokens on the host. @param hidden filled from row `from` on with what was decoded here */
  async save(lane: number, length: number, hidden: Float32Array, from: number): Promise<KvBlock> {
    const { kvHeads, headDim, hiddenSize } = this.model
    const rows = roundUp(length, LENGTH_BUCKET)
    const out = await this.picked(Int32Array.of(lane), rows)
    const read = async (tensor: DeviceTensor) => (await this.backend.read(tensor)) as Float32Array // float32, as made
    const cut = async (tensor: DeviceTensor) => {
      const source = await read(tensor)
      const target = new Float32Array(kvHeads * length * headDim)
      for (let h = 0; h < kvHeads; h++) {
        const start = h * rows * headDim
        target.set(source.subarray(start, start + length * headDim), h * length * headDim)
      }
      return target
    }
    const [keys, values] = await Promise.all([Promise.all(out.keys.map(cut)), Promise.all(out.values.map(cut))])
    const own = await read(out.hidden[0]!)
    hidden.set(own.subarray(from * hiddenSize, length * hiddenSize), from * hiddenSize)
    for (const tensor of tensorsOf(out)) this.backend.dispose(tensor)
    return { length, keys, values, hidden }
  }

  dispose(): void {
    for (const tensor of tensorsOf(this.tensors)) this.backend.dispose(tensor)
  }
}
