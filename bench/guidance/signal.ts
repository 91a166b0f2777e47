/** How much each variant's gradient says, per prompt and per token sampled, on a policy whose exact gradient is known (swaps.ts). */

import { collect } from '@engine/recipes/collect'
import type { Collected } from '@engine/recipes/collected'
import { groupSamples, type Sample } from '@engine/recipes/group-samples'
import { startIteration } from '@engine/recipes/iteration'
import { LEAVE_ONE_OUT } from '@engine/recipes/rloo'
import type { PlanInput } from '@shared/schemas/plan'
import { add, createSwaps, dot, type Swaps, type SwapsOptions, type Vector, zeros } from './swaps'

/** Rollouts in a group, and continuations of a state. */
const SIZE = 4

/** The samples of one prompt's rollouts. */
type Learn = (swaps: Swaps, collected: Collected) => Sample[]

const compare: Learn = (_, collected) => groupSamples(collected, LEAVE_ONE_OUT)

/** Against an exact value function, as a perfect critic would know it; the trajectory itself is trained as well. */
const withCritic: Learn = (swaps, { groups, trajectories }) =>
  [...trajectories, ...groups.flatMap(({ rollouts }) => rollouts)].map((rollout) => {
    const advantage = rollout.verdict.reward - swaps.value(rollout.task, rollout.tokens, rollout.kept)
    return { rollout, advantages: new Float32Array(rollout.logprobs.length).fill(advantage) }
  })

export interface Variant {
  readonly name: string
  readonly gpo: NonNullable<PlanInput['gpo']>
  readonly learn?: Learn
  readonly size?: number
}

export const VARIANTS: readonly Variant[] = [
  { name: 'base: leave-one-out from the prompt', gpo: { criticalStep: 'none' } },
  { name: 'undecided', gpo: { criticalStep: 'undecided' } },
  { name: 'undecided, new rollouts', gpo: { criticalStep: 'undecided', reuseRollouts: false } },
  { name: 'undecided, bisection', gpo: { criticalStep: 'undecided', search: 'bisect' } },
  { name: 'undecided, adaptive', gpo: { criticalStep: 'undecided', search: 'adaptive' } },
  { name: 'undecided where decided', gpo: { criticalStep: 'undecided', when: 'decided' } },
  { name: 'undecided where decided, bisection', gpo: { criticalStep: 'undecided', when: 'decided', search: 'bisect' } },
  { name: 'all continuations', gpo: { criticalStep: 'undecided', trainOn: 'all' } },
  { name: 'value', gpo: { criticalStep: 'value' } },
  { name: 'random', gpo: { criticalStep: 'random' } },
  { name: 'min', gpo: { criticalStep: 'min' } },
  { name: 'max', gpo: { criticalStep: 'max' } },
  { name: 'max, reused, with a critic', gpo: { criticalStep: 'max' }, learn: withCritic, size: SIZE - 1 },
]

export interface Signal {
  /** (mean gradient along the true one)² / variance, of one prompt, × 1000. */
  readonly signalToNoise: number
  /** The same per 100 tokens sampled. */
  readonly perHundredTokens: number
  readonly generatedPerPrompt: number
  readonly trainedPerPrompt: number
  /** Between the mean gradient and the true one. */
  readonly cosine: number
  /** Of groups whose rollouts got different rewards. */
  readonly mixedShare: number
}

const isMixed = (rewards: readonly number[]) => rewards.some((reward) => reward !== rewards[0])

/** @param prompts sampled one by one, so that the noise of single prompts is known */
export async function signalOf(
  options: SwapsOptions,
  { gpo, learn = compare, size = SIZE }: Variant,
  prompts: number,
): Promise<Signal> {
  const swaps = createSwaps(options)
  const run = swaps.run({ gpo }, 1)
  const [mean, exact] = [zeros(), zeros()]
  let [squares, trained, mixed, groups] = [0, 0, 0, 0]
  const before = swaps.sampler.counters.decoded
  for (let i = 1; i <= prompts; i++) {
    const collected = await collect(run, i, startIteration(run, i), { size })
    const gradient: Vector = zeros()
    for (const sample of learn(swaps, collected)) {
      add(gradient, swaps.sampleGradient(sample))
      if (sample.advantages.some((advantage) => advantage !== 0)) trained += sample.rollout.logprobs.length
    }
    add(mean, gradient, 1 / prompts)
    squares += dot(gradient, gradient) / prompts
    const { task, tokens } = collected.trajectories[0]!
    add(exact, swaps.valueGradient(task, tokens, 0), 1 / prompts)
    groups += collected.groups.length
    mixed += collected.groups.filter(({ rollouts }) => isMixed(rollouts.map(({ verdict }) => verdict.reward))).length
  }
  const along = dot(mean, exact) ** 2 / dot(exact, exact)
  const signalToNoise = (1000 * along) / (squares - dot(mean, mean))
  const generatedPerPrompt = (swaps.sampler.counters.decoded - before) / prompts
  return {
    signalToNoise,
    perHundredTokens: (100 * signalToNoise) / generatedPerPrompt,
    generatedPerPrompt,
    trainedPerPrompt: trained / prompts,
    cosine: dot(mean, exact) / Math.sqrt(dot(mean, mean) * dot(exact, exact)),
    mixedShare: mixed / Math.max(1, groups),
  }
}
