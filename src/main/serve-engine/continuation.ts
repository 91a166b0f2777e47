/** One continuation, token by token, with each token's log-probability at temperature 1 over the whole vocabulary. */
import { type Drawn, draw, seedAt } from './draw'
import type { Ask, Input, NextToken, Sequence } from './library'
import { type CompletionRequest, Refused } from './requests'

export interface Continued {
  readonly tokens: readonly number[]
  readonly logprobs: readonly number[]
  readonly ended: 'eos' | 'limit'
  /** Tokens of the prompt whose keys and values were there. */
  readonly cached: number
}

/**
 * llama.cpp draws where its own probability of the token is the untempered one: the most probable token, or nothing cut at temperature 1. (It sums the
 * vocabulary in 32 bits, the largest first, so that its log-probability was 0.0002 too high with 49,152 tokens.) Its sampler is made anew for every token, so
 * every token has a seed of its own. Elsewhere it gives all logits, and the token is drawn here.
 */
function askFor({ temperature, top_k, top_p }: CompletionRequest, seed: number): Ask {
  const whole = { topK: 0, topP: 1, minP: 0, seed }
  if (temperature === 0) return { token: true, confidence: true, options: { ...whole, temperature: 0 } }
  const isWhole = temperature === 1 && top_k === 0 && top_p === 1
  const options = { ...whole, temperature: 1 }
  return isWhole ? { token: true, confidence: true, options } : { logits: true, options }
}

function drawn(found: NextToken | undefined, request: CompletionRequest, seed: number): Drawn {
  const { token, confidence, logits } = found ?? {}
  if (logits) {
    const { temperature, top_k: topK, top_p: topP } = request
    return draw(logits, { temperature, topK, topP }, seed)
  }
  if (token == null || confidence === undefined) throw new Error('llama.cpp has given no token')
  return { token, logprob: Math.log(confidence) }
}

/** @param isEnd ends a text @throws {Refused} when the signal ends it */
export async function continued(
  sequence: Sequence,
  request: CompletionRequest,
  isEnd: (token: number) => boolean,
  signal: AbortSignal,
): Promise<Continued> {
  const { prompt, n_predict, seed, cache_prompt } = request
  // The last token is always computed, for what comes after it.
  if (cache_prompt) await sequence.adaptStateToTokens(prompt.slice(0, -1), false)
  else await sequence.clearHistory()
  const cached = sequence.contextTokens.length
  const tokens: number[] = []
  const logprobs: number[] = []
  let input: readonly number[] = prompt.slice(cached)
  for (;;) {
    if (signal.aborted) throw new Refused(503, 'The request was given up.')
    const own = seedAt(seed, tokens.length)
    const generateNext = askFor(request, own)
    const asked: Input[] = [...input.slice(0, -1), [input.at(-1)!, { generateNext }]]
    const answers = await sequence.controlledEvaluate(asked)
    const { token, logprob } = drawn(answers.at(-1)?.next, request, own)
    tokens.push(token)
    logprobs.push(logprob)
    if (isEnd(token)) return { tokens, logprobs, ended: 'eos', cached }
    if (tokens.length === n_predict) return { tokens, logprobs, ended: 'limit', cached }
    input = [token]
  }
}
