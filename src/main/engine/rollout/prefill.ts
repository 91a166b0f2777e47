/** Prompts through the model, each once, in batches of similar length: the blocks that every sequence starts from. */

import { PREFILL_ROWS, PREFILL_TOKENS } from '@shared/engine-limits'
import type { Trunk } from '../model/llama'
import type { Backend, DeviceTensor, DeviceTensors, OnDevice } from '../tensor/backend'
import { bucketOf, LENGTH_BUCKET, roundUp } from './buckets'
import type { HostKv, KvBlock, KvShape } from './kv-block'
import type { PrefillProgram } from './programs'

interface Prefiller {
  readonly backend: Backend
  readonly shape: KvShape
  readonly program: PrefillProgram
}

/** The outputs of the model besides distributions, on the host. */
export interface HostTrunk extends HostKv {
  readonly hidden: Float32Array
}

export async function readTrunk(backend: Backend, { hidden, keys, values }: OnDevice<Trunk>): Promise<HostTrunk> {
  const read = async (tensor: DeviceTensor) => (await backend.read(tensor)) as Float32Array // activations are float32
  const all = (tensors: readonly DeviceTensor[]) => Promise.all(tensors.map(read))
  return { hidden: await read(hidden), keys: await all(keys), values: await all(values) }
}

/** @returns blocks in the order of the prompts */
export async function prefillAll(
  prefiller: Prefiller,
  params: DeviceTensors,
  prompts: readonly Int32Array[],
): Promise<KvBlock[]> {
  const order = prompts.map((_, i) => i).sort((a, b) => prompts[a]!.length - prompts[b]!.length)
  const blocks: KvBlock[] = new Array(prompts.length)
  for (let at = 0; at < order.length; ) {
    const longest = roundUp(prompts[order[Math.min(at + PREFILL_ROWS - 1, order.length - 1)]!]!.length, LENGTH_BUCKET)
    const rows = order.slice(at, at + Math.max(1, Math.min(PREFILL_ROWS, Math.floor(PREFILL_TOKENS / longest))))
    await prefillRows(prefiller, params, rows, prompts, blocks)
    at += rows.length
  }
  return blocks
}

async function prefillRows(
  { backend, shape, program }: Prefiller,
  params: DeviceTensors,
  rows: readonly number[],
  prompts: readonly Int32Array[],
  blocks: KvBlock[],
): Promise<void> {
  const length = roundUp(Math.max(...rows.map((row) => prompts[row]!.length)), LENGTH_BUCKET)
  const batch = bucketOf(rows.length)
  const ids = new Int32Array(batch * length)
  rows.forEach((row, i) => {
    ids.set(prompts[row]!, i * length)
  })
  const tensor = backend.tensor(ids, [batch, length])
  const out = await program.run({ params, ids: tensor })
  backend.dispose(tensor)
  const host = await readTrunk(backend, out)
  rows.forEach((row, i) => {
    blocks[row] = cutBlock(shape, host, i, length, prompts[row]!.length)
  })
}

/** One row's share of a prefill's outputs ([B, kvHeads, T, D] and [B·T, hidden]). */
function cutBlock(
  { kvHeads, headDim, hiddenSize }: KvShape,
  host: HostTrunk,
  row: number,
  padded: number,
  length: number,
): KvBlock {
  const take = (sources: readonly Float32Array[]) =>
    sources.map((source) => {
      const target = new Float32Array(kvHeads * length * headDim)
      for (let h = 0; h < kvHeads; h++) {
        const from = (row * kvHeads + h) * padded * headDim
        target.set(source.subarray(from, from + length * headDim), h * length * headDim)
      }
      return target
    })
  const from = row * padded * hiddenSize
  const hidden = host.hidden.slice(from, from + length * hiddenSize)
  return { length, keys: take(host.keys), values: take(host.values), hidden }
}
