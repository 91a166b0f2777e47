/** Where the sequences decoded in parallel have their keys and values, and how a step of them is computed: in host memory, or on the device. */
import type { ModelConfig } from '../../formats/model-config'
import type { Backend, DeviceTensor, DeviceTensors } from '../tensor/backend'
import { LENGTH_BUCKET, roundUp } from './buckets'
import { DeviceBlocks, DeviceLanes } from './device-lanes'
import type { DevicePrograms } from './device-programs'
import type { Draw } from './draw'
import type { KvBlock, Prefix } from './kv-block'
import { LaneCache, type LaneMove } from './lane-cache'
import { readTrunk } from './prefill'
import type { StepProgram } from './programs'

/** A sequence that occupies a lane. */
export interface Occupant {
  readonly start: Prefix
  /** Its newest token, and that token's position. */
  readonly id: number
  readonly position: number
  /** The uniform number of its next draw. */
  readonly u: number
  /** Filled row by row where its block is kept. */
  readonly hidden: Float32Array | null
}

export interface LaneStore {
  readonly lanes: number
  readonly capacity: number
  /** Before the first call there are no lanes. */
  arrange(lanes: number, capacity: number, moves: readonly LaneMove[]): Promise<void>
  fork(start: Prefix, lane: number): Promise<void>
  /** One step of every lane. @returns what each draws; null where it is empty */
  step(occupants: readonly (Occupant | null)[]): Promise<(Draw | null)[]>
  /** Of the sequence in that lane, with its first `length` tokens. */
  save(lane: number, occupant: Occupant, length: number): Promise<KvBlock>
  dispose(): void
}

interface Sampling {
  readonly backend: Backend
  readonly model: ModelConfig
  readonly params: DeviceTensors
  readonly temperature: DeviceTensor
}

/** A lane cache has memory for this many times its first capacity, so that it seldom has to be copied to grow. */
const RESERVE = 4

/**
 * @param longest tokens of the longest sequence at its end
 * @param pick draws from the distribution in that row
 */
export function hostStore(
  { backend, model, params, temperature }: Sampling,
  program: StepProgram,
  longest: number,
  pick: (lane: number, probs: Float32Array) => Draw,
): LaneStore {
  let cache: LaneCache | null = null
  const { hiddenSize } = model

  function replace(old: LaneCache | null, lanes: number, capacity: number, moves: readonly LaneMove[]): LaneCache {
    const reserve = Math.max(capacity, Math.min(roundUp(longest, LENGTH_BUCKET), RESERVE * capacity))
    const next = new LaneCache(backend, model, lanes, capacity, reserve)
    for (const { from, to, length } of moves) next.takeOver(old!, from, to, length) // a moved lane was in use before
    old?.dispose()
    return next
  }

  return {
    get lanes() {
      return cache?.lanes ?? 0
    },
    get capacity() {
      return cache?.capacity ?? 0
    },
    async arrange(lanes, capacity, moves) {
      if (cache?.hasRoomFor(lanes, capacity)) cache.rearrange(lanes, capacity, moves)
      else cache = replace(cache, lanes, capacity, moves)
    },
    async fork({ block, length }, lane) {
      cache!.fork(block, length, lane)
    },
    async step(occupants) {
      const positions = Int32Array.from(occupants, (one) => one?.position ?? 0)
      const ids = Int32Array.from(occupants, (one) => one?.id ?? 0)
      const [idTensor, positionTensor] = [backend.tensor(ids, [ids.length]), backend.tensor(positions, [ids.length])]
      const inputs = { params, ...cache!.inputs(), ids: idTensor, positions: positionTensor, temperature }
      const out = await program.run(inputs)
      const probs = (await backend.read(out.probs)) as Float32Array
      const news = await readTrunk(backend, out)
      backend.dispose(idTensor)
      backend.dispose(positionTensor)
      cache!.append(news, positions, (lane) => occupants[lane] !== null)
      return occupants.map((one, i) => {
        one?.hidden?.set(news.hidden.subarray(i * hiddenSize, (i + 1) * hiddenSize), one.position * hiddenSize)
        return one && pick(i, probs)
      })
    },
    save: async (lane, { hidden }, length) => cache!.save(lane, length, hidden!.slice(0, length * hiddenSize)),
    dispose: () => cache?.dispose(),
  }
}

/** Draws on the device, from whole distributions or their likeliest tokens. */
export function deviceStore(
  { backend, model, params, temperature }: Sampling,
  programs: DevicePrograms,
  { isGreedy, keepsHidden }: { readonly isGreedy: boolean; readonly keepsHidden: boolean },
): LaneStore {
  const blocks = new DeviceBlocks(backend, model)
  let held: DeviceLanes | null = null
  return {
    get lanes() {
      return held?.lanes ?? 0
    },
    get capacity() {
      return held?.capacity ?? 0
    },
    async arrange(lanes, capacity, moves) {
      if (held) await held.rearrange(lanes, capacity, moves)
      else held = await DeviceLanes.create(backend, model, programs, { lanes, capacity, keepsHidden })
    },
    fork: ({ block, length }, lane) => held!.fork(blocks.of(block), length, lane),
    async step(occupants) {
      const ids = Int32Array.from(occupants, (one) => one?.id ?? 0)
      const positions = Int32Array.from(occupants, (one) => one?.position ?? 0)
      const u = Float32Array.from(occupants, (one) => one?.u ?? 0)
      const draws = await held!.step({ params, temperature, isGreedy, ids, positions, u })
      return occupants.map((one, i) => one && draws[i]!)
    },
    save: (lane, { hidden, start }, length) =>
      held!.save(lane, length, hidden!.slice(0, length * model.hiddenSize), start.length),
    dispose() {
      held?.dispose()
      blocks.dispose()
    },
  }
}
