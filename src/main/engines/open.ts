/** Finds out which kind of server answers at an address. Nothing is asked of it but what it is. */
import { describeError, GpoError } from '@shared/errors'
import { EngineError, type RolloutEngine } from './engine'
import { httpOf } from './http'
import { openLlamaCpp } from './llama-cpp'
import { openSglang } from './sglang'
import { openVllm } from './vllm'

/** Most milliseconds for finding out. */
const PROBE_MS = 10_000

export interface EngineAddress {
  readonly address: string
  /** Sent to this address only; null without one. */
  readonly key: string | null
}

/**
 * @param vocabulary tokens that the model here knows
 * @throws {GpoError} 'backend' if nothing answers, or what answers can give no token ids
 */
export async function openEngine({ address, key }: EngineAddress, vocabulary: number): Promise<RolloutEngine> {
  const http = httpOf(address, key)
  const signal = AbortSignal.timeout(PROBE_MS)
  const failures: string[] = []
  for (const open of [openLlamaCpp, openSglang, openVllm]) {
    try {
      return await open(http, vocabulary, signal)
    } catch (error) {
      if (!(error instanceof EngineError)) throw error
      failures.push(describeError(error))
    }
  }
  const isThere = failures.some((failure) => /status|JSON/.test(failure))
  const what = isThere
    ? `${address} is no server of vLLM, llama.cpp or SGLang: others answer with text, and training needs token ids and log-probabilities`
    : `no sampling server answers at ${address}: start it, or check the address and the tunnel`
  throw new GpoError('backend', `${what} (${failures.at(-1)})`)
}
