/** The distribution of the first token: one per distinct starting state, however many sequences start there. */

import type { ModelConfig } from '../../formats/model-config'
import type { Backend, DeviceTensor, DeviceTensors } from '../tensor/backend'
import { bucketOf } from './buckets'
import type { KvBlock, Prefix } from './kv-block'
import type { FirstProgram } from './programs'

interface FirstTokens {
  readonly backend: Backend
  readonly model: ModelConfig
  readonly program: FirstProgram
}

/** softmax(head(hidden) / temperature) of each distinct starting state; the result looks a request's distribution up. */
export async function firstDistributions(
  { backend, model, program }: FirstTokens,
  params: DeviceTensors,
  starts: readonly Prefix[],
  temperature: DeviceTensor,
): Promise<(request: number) => Float32Array> {
  const { hiddenSize, vocabSize } = model
  const known = new Map<KvBlock, Map<number, number>>()
  const states: Prefix[] = []
  const stateOf = starts.map((start) => {
    const byLength = known.get(start.block) ?? new Map<number, number>()
    known.set(start.block, byLength)
    const seen = byLength.get(start.length)
    if (seen !== undefined) return seen
    byLength.set(start.length, states.length)
    return states.push(start) - 1
  })
  const probs: Float32Array[] = []
  const chunk = Math.min(bucketOf(states.length), 256)
  for (let at = 0; at < states.length; at += chunk) {
    const part = states.slice(at, at + chunk)
    const hidden = new Float32Array(chunk * hiddenSize)
    part.forEach(({ block, length }, i) => {
      hidden.set(block.hidden.subarray((length - 1) * hiddenSize, length * hiddenSize), i * hiddenSize)
    })
    const tensor = backend.tensor(hidden, [chunk, hiddenSize])
    const out = await program.run({ params, hidden: tensor, temperature })
    const values = (await backend.read(out.probs)) as Float32Array
    part.forEach((_, i) => {
      probs.push(values.slice(i * vocabSize, (i + 1) * vocabSize))
    })
    backend.dispose(tensor)
  }
  return (request) => probs[stateOf[request]!]!
}
