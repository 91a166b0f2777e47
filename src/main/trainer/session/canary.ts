/**
 * The canary of a server: a few tokens that it samples with the policy that it has just loaded, compared with the trainer's log-probabilities of the same
 * tokens. It takes the way that rollouts take, so that another adapter, base, temperature or first token shows, and not only a wrong file.
 */
import type { TokenSequence } from '@engine/policy/batch'
import { EngineError, type PolicyVersion, type RolloutEngine, type SampleLimits } from '@main/engines/engine'
import { CANARY_BOUNDS, type EnginePrecision } from '@shared/engines/precision'

/** At most 256 tokens, from different prompts: with 64, bfloat16 on a model that is nearly certain was once as far off as a wrong server. */
const PROMPTS = 16
const TOKENS = 16

/** Nats a token: below that, −log p is rounding itself. */
const FLOOR = 1e-3

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
  /** Mean absolute difference, in nats a token. */
  readonly mean: number
  /** The same, as a part of the trainer's mean −log p. */
  readonly relative: number
}

/** @throws {EngineError} when the relative difference is beyond the bound of the precision */
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
  const mean = sum(differences) / Math.max(1, tokens)
  const surprise = -sum(own.flatMap((logps) => [...logps])) / Math.max(1, tokens)
  const relative = mean / Math.max(FLOOR, surprise)
  const bound = CANARY_BOUNDS[precision]
  if (relative <= bound) return { tokens, mean, relative }
  throw new EngineError(
    `the log-probabilities of ${engine.name} differ from the trainer's by ${percent(relative)} (${mean.toPrecision(2)} nats on average over ${tokens} tokens); at most ${percent(bound)} is allowed for rollout.enginePrecision ${precision}. It serves another model, another adapter or at another temperature, or is less precise than that`,
  )
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

const percent = (share: number): string => `${(100 * share).toPrecision(2)} %`
