/** The programs of lanes whose keys and values stay on the device: they are overwritten where they are (`RunOptions.into`). */
import type { ModelConfig } from '../../formats/model-config'
import { decode, head } from '../model/llama'
import type { Params } from '../model/params'
import type { Backend, Program } from '../tensor/backend'
import { type Scalar, type Tensor, type Tensor2D, tf } from '../tensor/tf'
import { type Drawn, drawnTokens, likeliestTokens } from './drawn'

/** Keys and values of all layers, [lanes, kvHeads, capacity, headDim], and the hidden vectors, [lanes, 1, capacity, hidden]; an empty list where none is kept. */
export interface LaneTensors {
  readonly keys: readonly Tensor[]
  readonly values: readonly Tensor[]
  readonly hidden: readonly Tensor[]
}

interface StepInput {
  readonly params: Params
  readonly lanes: LaneTensors
  /** int32 [lanes] each */
  readonly ids: Tensor
  readonly positions: Tensor
  /** [lanes] */
  readonly u: Tensor
  readonly temperature: Scalar
}

interface ForkInput {
  readonly lanes: LaneTensors
  /** Per layer [kvHeads, rows, headDim]. */
  readonly keys: readonly Tensor[]
  readonly values: readonly Tensor[]
  /** int32 [1] */
  readonly lane: Tensor
}

interface PickInput {
  readonly lanes: LaneTensors
  /** int32 [N] */
  readonly picked: Tensor
}

type Nothing = Readonly<Record<string, Tensor>>

export interface DevicePrograms {
  readonly step: (isGreedy: boolean) => Program<StepInput, { lanes: LaneTensors; drawn: Drawn }>
  readonly fork: (rows: number) => Program<ForkInput, { keys: readonly Tensor[]; values: readonly Tensor[] }>
  /** Lanes of zeros, made there. */
  readonly empty: (lanes: number, capacity: number, keepsHidden: boolean) => Program<Nothing, LaneTensors>
  /** The picked lanes with another capacity: fewer positions, or zeros behind them. */
  readonly pick: (capacity: number) => Program<PickInput, LaneTensors>
}

const ints = (values: readonly number[], shape: number[]) => tf.tensor(Int32Array.from(values), shape, 'int32')

/** Entries [lane, head, position] for every lane and head: int32 [L, H, 3]. positions int32 [L] */
function newestPlaces([lanes, heads]: readonly number[], positions: Tensor): Tensor {
  const pairs = Array.from({ length: lanes! * heads! }, (_, i) => [Math.floor(i / heads!), i % heads!]).flat()
  const column = tf.tile(tf.reshape(positions, [lanes!, 1, 1]), [1, heads!, 1])
  return tf.concat([ints(pairs, [lanes!, heads!, 2]), column], 2)
}

/** The same for the first rows of one lane: int32 [H, rows, 3]. lane int32 [1] */
function prefixPlaces(heads: number, rows: number, lane: Tensor): Tensor {
  const pairs = Array.from({ length: heads * rows }, (_, i) => [Math.floor(i / rows), i % rows]).flat()
  const column = tf.tile(tf.reshape(lane, [1, 1, 1]), [heads, rows, 1])
  return tf.concat([column, ints(pairs, [heads, rows, 2])], 2)
}

/** @param rows [L, H, D] become the entries at each lane's position */
const written = (cache: Tensor, rows: Tensor, positions: Tensor) =>
  tf.tensorScatterUpdate(cache, newestPlaces(cache.shape, positions), rows)

function resized(cache: Tensor, picked: Tensor, capacity: number): Tensor {
  const chosen = tf.gather(cache, picked as never)
  const [lanes, heads, before, width] = chosen.shape as [number, number, number, number]
  if (capacity <= before) return tf.slice(chosen, [0, 0, 0, 0], [lanes, heads, capacity, width])
  return tf.concat([chosen, tf.zeros([lanes, heads, capacity - before, width])], 2)
}

/** By what they are compiled with: each is one program of the backend. */
function remembered<Args extends readonly unknown[], P>(make: (...args: Args) => P): (...args: Args) => P {
  const known = new Map<string, P>()
  return (...args) => {
    const program = known.get(String(args)) ?? make(...args)
    known.set(String(args), program)
    return program
  }
}

export function devicePrograms(backend: Backend, config: ModelConfig): DevicePrograms {
  const step = (draw: (logits: Tensor2D, u: Tensor) => Drawn) => (input: StepInput) => {
    const { params, lanes, ids, positions, u, temperature } = input
    const trunk = decode(config, params, { ids, positions, keys: lanes.keys, values: lanes.values })
    const drawn = draw(tf.div(head(config, params, trunk.hidden), temperature), u)
    const all = (caches: readonly Tensor[], news: readonly Tensor[]) =>
      caches.map((cache, i) => written(cache, news[i]!, positions))
    const hidden = tf.expandDims(trunk.hidden, 1)
    return {
      lanes: {
        keys: all(lanes.keys, trunk.keys),
        values: all(lanes.values, trunk.values),
        hidden: all(lanes.hidden, [hidden]),
      },
      drawn,
    }
  }
  const drawing = backend.program('decode-draw', step(drawnTokens))
  const greedy = backend.program(
    'decode-greedy',
    step((logits) => likeliestTokens(logits)),
  )
  return {
    step: (isGreedy) => (isGreedy ? greedy : drawing),
    empty: remembered((lanes: number, capacity: number, keepsHidden: boolean) =>
      backend.program(`empty-lanes-${lanes}x${capacity}${keepsHidden ? '-hidden' : ''}`, () => {
        const { layers, kvHeads, headDim, hiddenSize } = config
        const caches = (count: number, heads: number, width: number) =>
          Array.from({ length: count }, () => tf.zeros([lanes, heads, capacity, width]))
        return {
          keys: caches(layers, kvHeads, headDim),
          values: caches(layers, kvHeads, headDim),
          hidden: caches(keepsHidden ? 1 : 0, 1, hiddenSize),
        }
      }),
    ),
    fork: remembered((rows: number) =>
      backend.program(`fork-${rows}`, ({ lanes, keys, values, lane }: ForkInput) => {
        const into = (caches: readonly Tensor[], blocks: readonly Tensor[]) =>
          caches.map((cache, i) => {
            const [heads, , width] = blocks[i]!.shape as [number, number, number]
            const prefix = tf.slice(blocks[i]!, [0, 0, 0], [heads, rows, width])
            return tf.tensorScatterUpdate(cache, prefixPlaces(heads, rows, lane), prefix)
          })
        return { keys: into(lanes.keys, keys), values: into(lanes.values, values) }
      }),
    ),
    pick: remembered((capacity: number) =>
      backend.program(`lanes-${capacity}`, ({ lanes, picked }: PickInput) => {
        const all = (caches: readonly Tensor[]) => caches.map((cache) => resized(cache, picked, capacity))
        return { keys: all(lanes.keys), values: all(lanes.values), hidden: all(lanes.hidden) }
      }),
    ),
  }
}
