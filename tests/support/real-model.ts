/** A model computed here, to be compared with what other programs make of it: greedy texts and the log-probability of each of their tokens. */
import { openBackend } from '@engine/devices/choose'
import { forward, head } from '@engine/model/llama'
import { type Completion, createSampler } from '@engine/rollout/sampler'
import type { Tensors } from '@engine/tensor/tensors'
import type { Tensor2D } from '@engine/tensor/tf'
import { readModelConfig } from '@main/formats/model-config'
import { loadWeights } from '@main/formats/weights'
import type { LlamaModel } from './llama-cpp'
import type { RealComparison } from './oracle-values'

/** Most tokens of a prompt and its text. */
const LONGEST = 128

type Ids = readonly number[]

/** @param path a folder or a GGUF file */
export async function openRealModel(path: string) {
  const config = readModelConfig(path)
  const backend = await openBackend('onnx')
  const weights = loadWeights(path, config)
  const params = Object.fromEntries([...weights].map(([name, { shape, data }]) => [name, backend.tensor(data, shape)]))

  /** [T, V] */
  async function logits(ids: Ids): Promise<Float32Array> {
    const program = backend.program(`logits of ${ids.length}`, (inputs: { params: Tensors; ids: Tensor2D }) => {
      const { hidden } = forward(config, inputs.params, inputs.ids)
      return { logits: head(config, inputs.params, hidden) }
    })
    const out = await program.run({ params, ids: backend.tensor(Int32Array.from(ids), [1, ids.length]) })
    return (await backend.read(out.logits)) as Float32Array
  }

  return {
    config,
    logits,
    /** Greedy texts of all prompts. */
    async texts(prompts: readonly Ids[], maxNewTokens: number): Promise<readonly Completion[]> {
      const sampler = createSampler(backend, config)
      const starts = prompts.map((ids) => Int32Array.from(ids))
      const blocks = await sampler.prefill(params, starts)
      const requests = blocks.map((block, i) => ({
        ...{ start: { block, length: starts[i]!.length }, seed: 1, maxNewTokens },
      }))
      const settings = { temperature: 0, topK: 0, topP: 1, lanes: 32, stopTokens: [...config.eosTokenIds] }
      return sampler.sample(params, requests, settings)
    },
    /** Log-probability of one token less that of another, after `ids`: filled up to one length, which changes nothing before. */
    async gap(ids: Ids, one: number, other: number): Promise<number> {
      const all = await logits([...ids, ...Array<number>(LONGEST - ids.length).fill(0)])
      const at = (ids.length - 1) * config.vocabSize
      return all[at + one]! - all[at + other]!
    },
    close: () => backend.close(),
  }
}
export type RealModel = Awaited<ReturnType<typeof openRealModel>>

export type Text = Pick<Completion, 'logprobs'> & { readonly prompt: Ids; readonly tokens: Ids | Int32Array }

/** Another program's opinion of each token of a text: what it finds most probable in its place, and the token's log-probability. */
export type Opinion = (text: Text) => Promise<readonly { readonly best: number; readonly logprob: number }[]>

export const opinionOf =
  (model: LlamaModel): Opinion =>
  ({ prompt, tokens }) =>
    model.next([...prompt, ...tokens], prompt.length - 1)

/** Greedy texts made here beside another program: equal where each token is the most probable there too. */
export async function compared(here: RealModel, texts: readonly Text[], there: Opinion): Promise<RealComparison> {
  const differences: number[] = []
  let [equal, gap] = [0, 0]
  for (const text of texts) {
    const { prompt, tokens, logprobs } = text
    const next = await there(text)
    if (next.length !== tokens.length) throw new Error(`${next.length} opinions of ${tokens.length} tokens`)
    differences.push(...next.map(({ logprob }, t) => Math.abs(logprob - logprobs[t]!)))
    const first = next.findIndex(({ best }, t) => best !== tokens[t])
    if (first < 0) equal++
    else {
      const before = [...prompt, ...tokens.slice(0, first)]
      gap = Math.max(gap, await here.gap(before, tokens[first]!, next[first]!.best))
    }
  }
  const tokens = differences.length
  const mean = differences.reduce((a, b) => a + b, 0) / tokens
  return { texts: texts.length, equal, tokens, logprob: Math.max(...differences), mean, gap }
}
