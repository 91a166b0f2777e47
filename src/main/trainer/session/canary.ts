/**
 * The canary of a server: a few tokens that it samples with the policy that it has just loaded, compared with the trainer's log-probabilities of the same
 * tokens. It takes the way that rollouts take, so that another adapter, base, temperature or first token shows, and not only a wrong file.
 */
import type { TokenSequence } from '@engine/policy/batch'
import { EngineError, type PolicyVersion, type RolloutEngine, type SampleLimits } from '@main/engines/engine'
import { CANARY_BOUNDS, type EnginePrecision } from '@shared/engines/precision'

/** About 64 tokens, from different prompts. */
const PROMPTS = 4
const TOKENS = 16

export interface CanaryOptions {
  readonly prompts: readonly Int32Array[]
  /** As rollouts are sampled. */
  readonly limits: SampleLimits
  readonly precision: EnginePrecision
  /** The trainer's log-probabilities at the sampling temperature, with the policy as it is. */
  readonly logps: (sequences: readonly TokenSequence[]) => Promise<readonly Float32Array[]>
}

export interface CanaryResult {
  readonly tokens: number
  /** Absolute differences, in nats a token. */
  readonly mean: number
  readonly largest: number
}

/** @throws {EngineError} when the mean difference is beyond the bound of the precision */
export async function runCanary(
  engine: RolloutEngine,
  policy: PolicyVersion | null,
  { prompts, limits, precision, logps }: CanaryOptions,
  signal: AbortSignal,
): Promise<CanaryResult> {
  const short = { ...limits, maxNewTokens: Math.min(TOKENS, limits.maxNewTokens) }
  const asked = prompts.slice(0, PROMPTS)
  const answers = await Promise.all(
    asked.map((prefix, i) => engine.sample({ prefix, seeds: [i], limits: short, policy }, signal)),
  )
  const continuations = answers.map(([one]) => one!) // one seed, one continuation
  const own = await logps(
    continuations.map(({ tokens }, i) => ({
      ids: Int32Array.from([...asked[i]!, ...tokens]),
      start: asked[i]!.length,
    })),
  )
  const differences = continuations.flatMap(({ logprobs }, i) =>
    Array.from(logprobs, (logprob, t) => Math.abs(logprob - own[i]![t]!)),
  )
  const tokens = differences.length
  const mean = differences.reduce((sum, difference) => sum + difference, 0) / Math.max(1, tokens)
  const bound = CANARY_BOUNDS[precision]
  const largest = Math.max(0, ...differences)
  if (mean <= bound) return { tokens, mean, largest }
  throw new EngineError(
    `the log-probabilities of ${engine.name} differ from the trainer's by ${mean.toFixed(3)} nats on average over ${tokens} tokens (largest ${largest.toFixed(3)}); at most ${bound} is allowed for rollout.enginePrecision ${precision}. It serves another model, another adapter or at another temperature, or is less precise than that`,
  )
}
