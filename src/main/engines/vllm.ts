/**
 * vLLM: token ids through /v1/completions, adapters through /v1/load_lora_adapter. All continuations of a prefix are one request with `n`; with a seed vLLM
 * gives each its own (seed + index).
 */
import { z } from 'zod'
import { type Answered, checked } from './checked'
import { EngineError, type RolloutEngine, type SampleRequest } from './engine'
import type { Http } from './http'

const models = z.object({ data: z.array(z.object({ id: z.string(), parent: z.string().nullish() })).min(1) })
const version = z.object({ version: z.string() })

const completion = z.object({
  choices: z.array(
    z.object({
      index: z.number().int().min(0),
      token_ids: z.array(z.number()).nullish(),
      prompt_token_ids: z.array(z.number()).nullish(),
      logprobs: z.object({ token_logprobs: z.array(z.number().nullable()) }).nullish(),
      finish_reason: z.enum(['stop', 'length']),
    }),
  ),
})

const TEXT_ONLY =
  'answers with text only: training needs the ids of the tokens and their log-probabilities (vLLM 0.10.2 or newer has them, with return_token_ids)'

/** Seeds are 32 bits here, and vLLM adds the index of the continuation. */
const seedOf = ([seed = 0]: readonly number[]) => seed % 2 ** 31

function bodyOf({ prefix, seeds, limits, policy }: SampleRequest, model: string) {
  const { maxNewTokens, temperature, topP, topK, stopTokens } = limits
  return {
    model: policy?.name ?? model,
    prompt: [...prefix],
    n: seeds.length,
    max_tokens: maxNewTokens,
    temperature,
    top_p: topP,
    top_k: topK === 0 ? -1 : topK,
    min_p: 0,
    repetition_penalty: 1,
    seed: seedOf(seeds),
    logprobs: 0,
    return_token_ids: true,
    stop_token_ids: stopTokens,
    ...(policy === null ? {} : { cache_salt: policy.name }),
  }
}

export async function openVllm(http: Http, vocabulary: number, signal: AbortSignal): Promise<RolloutEngine> {
  const { version: own } = await http.get('/version', version, signal)
  const { data } = await http.get('/v1/models', models, signal)
  const model = (data.find(({ parent }) => !parent) ?? data[0]!).id // at least one, by the schema
  const name = http.address
  return {
    name,
    capabilities: { kind: 'vllm', version: own, model, loadsAdapters: true, hasTemperedLogprobs: true },
    async health(signal) {
      const status = await http.status('/health', signal)
      if (status !== 200) throw new EngineError(`${name}/health answered with status ${status}`)
    },
    async sample(request, signal) {
      const { choices } = await http.post('/v1/completions', bodyOf(request, model), completion, signal)
      const answers = choices
        .toSorted((a, b) => a.index - b.index)
        .map(({ token_ids, prompt_token_ids, logprobs, finish_reason }): Answered => {
          if (!token_ids || !logprobs) throw new EngineError(`${name} ${TEXT_ONLY}`)
          if (prompt_token_ids && prompt_token_ids.join() !== request.prefix.join())
            throw new EngineError(`${name} continued other tokens than it was given: it adds or drops some`)
          return { tokens: token_ids, logprobs: logprobs.token_logprobs, ended: finish_reason }
        })
      return checked(name, request, answers, vocabulary)
    },
    async loadPolicy({ folder }, policy, signal) {
      const isLoaded = async () =>
        (await http.get('/v1/models', models, signal)).data.some(({ id }) => id === policy.name)
      if (await isLoaded()) return // a name is never used twice, so that this is the same adapter
      await http
        .postForText('/v1/load_lora_adapter', { lora_name: policy.name, lora_path: folder }, signal)
        .catch(inWords)
      if (!(await isLoaded()))
        throw new EngineError(`${name} does not list the adapter ${policy.name} after loading it`)
    },
    async unloadPolicy(policy, signal) {
      await http.postForText('/v1/unload_lora_adapter', { lora_name: policy.name }, signal)
    },
  }
}

/** Says what a server lacks that has no such route. */
function inWords(error: unknown): never {
  if (!(error instanceof EngineError) || !/status 40[45]/.test(error.message)) throw error
  throw new EngineError(
    `${error.message}; start it with --enable-lora and VLLM_ALLOW_RUNTIME_LORA_UPDATING=True, and let it read the adapter's folder`,
  )
}
