/**
 * SGLang: token ids through /generate. A batch of the same prefix, one seed each, is one request; its radix cache computes the prefix once. Versions 0.5.16
 * and 0.5.17 run foreign code without a password (CVE-2026-15969): loopback or a tunnel only.
 */
import { z } from 'zod'
import { type Answered, checked } from './checked'
import { EngineError, type RolloutEngine, type SampleRequest } from './engine'
import type { Http } from './http'

const info = z.object({ model_path: z.string(), version: z.string().optional() })

const generated = z.object({
  output_ids: z.array(z.number()).optional(),
  meta_info: z.object({
    finish_reason: z.object({ type: z.string() }),
    /** [log-probability, id, text or null] */
    output_token_logprobs: z.array(z.tuple([z.number(), z.number()]).rest(z.unknown())).optional(),
  }),
})

const loaded = z.object({ success: z.boolean(), error_message: z.string().nullish() })

function bodyOf({ prefix, seeds, limits, policy }: SampleRequest) {
  const { maxNewTokens, temperature, topP, topK, stopTokens } = limits
  return {
    input_ids: seeds.map(() => [...prefix]),
    sampling_params: seeds.map((seed) => ({
      max_new_tokens: maxNewTokens,
      temperature,
      top_p: topP,
      top_k: topK === 0 ? -1 : topK,
      min_p: 0,
      stop_token_ids: stopTokens,
      sampling_seed: seed % 2 ** 31,
    })),
    return_logprob: true,
    ...(policy === null ? {} : { lora_path: seeds.map(() => policy.name) }),
  }
}

export async function openSglang(http: Http, vocabulary: number, signal: AbortSignal): Promise<RolloutEngine> {
  const { model_path: model, version = 'unknown' } = await http.get('/get_model_info', info, signal)
  const name = http.address

  const ended = (type: string) => {
    if (type === 'stop' || type === 'length') return type
    throw new EngineError(`${name} ended a continuation with ${type}`)
  }

  return {
    name,
    capabilities: { kind: 'sglang', version, model, loadsAdapters: true, hasTemperedLogprobs: true },
    async health(signal) {
      const status = await http.status('/health', signal)
      if (status !== 200) throw new EngineError(`${name}/health answered with status ${status}`)
    },
    async sample(request, signal) {
      const results = await http.post('/generate', bodyOf(request), z.array(generated), signal)
      const answers = results.map(({ meta_info: { output_token_logprobs: found, finish_reason } }): Answered => {
        if (!found)
          throw new EngineError(`${name} sent no log-probabilities: training needs them and the ids of the tokens`)
        return {
          tokens: found.map(([, id]) => id),
          logprobs: found.map(([logprob]) => logprob),
          ended: ended(finish_reason.type),
        }
      })
      return checked(name, request, answers, vocabulary)
    },
    async loadPolicy({ folder }, policy, signal) {
      const body = { lora_name: policy.name, lora_path: folder }
      const { success, error_message } = await http.post('/load_lora_adapter', body, loaded, signal)
      if (!success && !/already/i.test(error_message ?? ''))
        throw new EngineError(`${name} did not load the adapter ${policy.name}: ${error_message ?? 'no reason given'}`)
    },
    async unloadPolicy(policy, signal) {
      await http.post('/unload_lora_adapter', { lora_name: policy.name }, loaded, signal)
    },
  }
}
