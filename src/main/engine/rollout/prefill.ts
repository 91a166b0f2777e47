/** Prompts through the model, each once, in batches of similar length: the blocks that every sequence starts from. */

import { PREFILL_ROWS, PREFILL_TOKENS } from '@shared/engine-limits'
import { withPrefix } from '../model/params'
import type { Backend, DeviceTensors, Program } from '../tensor/backend'
import { bucketOf, LENGTH_BUCKET, roundUp } from './buckets'
import type { KvBlock, KvShape } from './kv-block'

interface Prefiller {
  readonly backend: Backend
  readonly shape: KvShape
  readonly program: Program
}

/** Every tensor on the host. */
export async function readAll(backend: Backend, tensors: DeviceTensors): Promise<Record<string, Float32Array>> {
  const entries = Object.entries(tensors).map(
    async ([name, tensor]) => [name, (await backend.read(tensor)) as Float32Array] as const,
  )
  return Object.fromEntries(await Promise.all(entries))
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
  const out = await program.run({ ...withPrefix('param.', params), ids: tensor })
  backend.dispose(tensor)
  const host = await readAll(backend, out)
  rows.forEach((row, i) => {
    blocks[row] = cutBlock(shape, host, i, length, prompts[row]!.length)
  })
}

/** One row's share of a prefill's outputs ([B, kvHeads, T, D] and [B·T, hidden]). */
function cutBlock(
  { layers, kvHeads, headDim, hiddenSize }: KvShape,
  host: Record<string, Float32Array>,
  row: number,
  padded: number,
  length: number,
): KvBlock {
  const take = (kind: string) =>
    Array.from({ length: layers }, (_, layer) => {
      const source = host[`${kind}.${layer}`]!
      const target = new Float32Array(kvHeads * length * headDim)
      for (let h = 0; h < kvHeads; h++) {
        const from = (row * kvHeads + h) * padded * headDim
        target.set(source.subarray(from, from + length * headDim), h * length * headDim)
      }
      return target
    })
  const from = row * padded * hiddenSize
  const hidden = host['hidden']!.slice(from, from + length * hiddenSize)
  return { length, keys: take('keys'), values: take('values'), hidden }
}
