/** Continuations from a server, checked before anything learns from them. */
import { type Continuation, EngineError, type SampleRequest } from './engine'

/** As a server has sent it. */
export interface Answered {
  readonly tokens: readonly number[]
  /** Null where the server has sent none. */
  readonly logprobs: readonly (number | null)[]
  readonly ended: 'stop' | 'length'
}

/** A rounding of a probability of 1 may be a little above. */
const ROUNDING = 1e-3

const isStop = ({ limits }: SampleRequest, token: number) => limits.stopTokens.includes(token)

/** Up to the first token that ends a text here: some servers only know their own. */
function untilStop(request: SampleRequest, { tokens, logprobs, ended }: Answered): Answered {
  const first = tokens.findIndex((token) => isStop(request, token))
  if (first < 0) return { tokens, logprobs, ended }
  return { tokens: tokens.slice(0, first + 1), logprobs: logprobs.slice(0, first + 1), ended: 'stop' }
}

function problemOf(request: SampleRequest, answered: Answered, vocabulary: number): string | null {
  const { tokens, logprobs, ended } = answered
  const { maxNewTokens } = request.limits
  if (tokens.length === 0) return 'an empty continuation'
  if (tokens.length > maxNewTokens) return `${tokens.length} tokens, although at most ${maxNewTokens} were asked for`
  if (logprobs.length !== tokens.length) return `${logprobs.length} log-probabilities for ${tokens.length} tokens`
  const foreign = tokens.find((token) => !Number.isInteger(token) || token < 0 || token >= vocabulary)
  if (foreign !== undefined)
    return `the token ${foreign}, which is not in this model's vocabulary of ${vocabulary}: it serves another model`
  const bad = logprobs.find((logprob) => logprob === null || !Number.isFinite(logprob) || logprob > ROUNDING)
  if (bad !== undefined) return `the log-probability ${bad}, which no token can have`
  const last = tokens.at(-1)!
  if (ended === 'stop' && !isStop(request, last))
    return `a text that ended with the token ${last}, which ends no text here: the two tokenizers differ, or its end token is left out`
  if (ended === 'length' && tokens.length < maxNewTokens)
    return `a text cut off after ${tokens.length} of ${maxNewTokens} tokens: its context is too short`
  return null
}

/** @throws {EngineError} for the first one that cannot be used, or when there are not as many as were asked for */
export function checked(
  name: string,
  request: SampleRequest,
  answers: readonly Answered[],
  vocabulary: number,
): Continuation[] {
  const { seeds } = request
  if (answers.length !== seeds.length)
    throw new EngineError(
      `${name} answered with ${answers.length} continuations, although ${seeds.length} were asked for`,
    )
  return answers.map((answer) => {
    const answered = untilStop(request, answer)
    const problem = problemOf(request, answered, vocabulary)
    if (problem !== null) throw new EngineError(`${name} answered with ${problem}`)
    return {
      tokens: Int32Array.from(answered.tokens),
      logprobs: Float32Array.from(answered.logprobs as readonly number[], (logprob) => Math.min(0, logprob)), // no null, checked above
      ended: answered.ended,
    }
  })
}
