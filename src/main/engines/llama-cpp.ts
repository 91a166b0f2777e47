/**
 * llama.cpp's server: token ids through /completion, one request for each seed (several prompts in one request share a seed there), which its cache of
 * prefixes makes cheap. Its own /lora-adapters only rescales adapters that were there at its start: following a policy takes a server that also has
 * /lora-adapters/load and /unload, which says so in /props (`loads_lora_adapters`): `gpo serve-engine`.
 */
import { z } from 'zod'
import { type Answered, checked } from './checked'
import { EngineError, type RolloutEngine, type SampleRequest } from './engine'
import type { Http } from './http'

const props = z.object({
  default_generation_settings: z.object({}),
  model_path: z.string().optional(),
  model_alias: z.string().optional(),
  build_info: z.string().optional(),
  loads_lora_adapters: z.boolean().optional(),
})

const completion = z.object({
  tokens: z.array(z.number()).optional(),
  completion_probabilities: z.array(z.object({ id: z.number(), logprob: z.number().nullable() })).optional(),
  stop_type: z.enum(['eos', 'limit', 'word', 'none']),
})

const list = z.array(z.object({ id: z.number(), path: z.string() }))
const added = z.object({ id: z.number().int().min(0) })

function bodyOf({ prefix, limits }: SampleRequest, seed: number, adapter: number | null) {
  const { maxNewTokens, temperature, topP, topK, stopTokens } = limits
  return {
    prompt: [...prefix],
    n_predict: maxNewTokens,
    n_probs: 1,
    return_tokens: true,
    post_sampling_probs: false,
    seed: seed % 2 ** 31,
    cache_prompt: true,
    lora: adapter === null ? [] : [{ id: adapter, scale: 1 }],
    stop_token_ids: stopTokens, // `gpo serve-engine` heeds them; llama.cpp's own server stops at the model's
    temperature,
    top_k: topK,
    top_p: topP,
    min_p: 0,
    typical_p: 1,
    repeat_penalty: 1,
    samplers: ['top_k', 'top_p', 'temperature'],
  }
}

export async function openLlamaCpp(http: Http, vocabulary: number, signal: AbortSignal): Promise<RolloutEngine> {
  const found = await http.get('/props', props, signal)
  const name = http.address
  /** The ids under which adapters were loaded. */
  const adapters = new Map<string, number>()

  function adapterOf({ policy }: SampleRequest): number | null {
    if (policy === null) return null
    const id = adapters.get(policy.name)
    if (id === undefined) throw new EngineError(`${name} has not loaded the adapter ${policy.name}`)
    return id
  }

  async function one(request: SampleRequest, seed: number, signal: AbortSignal): Promise<Answered> {
    const body = bodyOf(request, seed, adapterOf(request))
    const {
      tokens,
      completion_probabilities: probs,
      stop_type,
    } = await http.post('/completion', body, completion, signal)
    if (!tokens || !probs)
      throw new EngineError(
        `${name} answers with text only: training needs the ids of the tokens and their log-probabilities (return_tokens and n_probs)`,
      )
    const other = probs.findIndex(({ id }, i) => id !== tokens[i])
    if (other >= 0) throw new EngineError(`${name} sent the log-probability of another token at ${other}`)
    return { tokens, logprobs: probs.map(({ logprob }) => logprob), ended: stop_type === 'limit' ? 'length' : 'stop' }
  }

  return {
    name,
    capabilities: {
      kind: 'llama.cpp',
      version: found.build_info ?? 'unknown',
      model: found.model_alias ?? found.model_path ?? 'unknown',
      loadsAdapters: found.loads_lora_adapters ?? false,
      hasTemperedLogprobs: false,
    },
    async health(signal) {
      const status = await http.status('/health', signal)
      if (status !== 200) throw new EngineError(`${name}/health answered with status ${status}`)
    },
    async sample(request, signal) {
      const answers = await Promise.all(request.seeds.map((seed) => one(request, seed, signal)))
      return checked(name, request, answers, vocabulary)
    },
    async loadPolicy({ gguf }, policy, signal) {
      if (gguf === null) throw new EngineError(`${name} needs the adapter as GGUF, which this architecture has not`)
      const before = adapters.get(policy.name)
      const listed = before === undefined ? [] : await http.get('/lora-adapters', list, signal)
      if (listed.some(({ id, path }) => id === before && path === gguf)) return // it was not started again
      const { id } = await http.post('/lora-adapters/load', { path: gguf, name: policy.name }, added, signal)
      adapters.set(policy.name, id)
    },
    async unloadPolicy(policy, signal) {
      const id = adapters.get(policy.name)
      if (id === undefined) return
      adapters.delete(policy.name)
      await http.postForText('/lora-adapters/unload', { id }, signal)
    },
  }
}
