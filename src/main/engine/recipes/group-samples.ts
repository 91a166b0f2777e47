/** From groups to training samples: rollouts with the advantages of their tokens. On the host. */
import { mean, standardDeviation } from '../core/statistics'
import { type Group, isMixed, rewardsOf, stepAdvantages } from '../gpo/groups'
import type { Rollout, Valued } from '../gpo/trajectory'
import type { Collected } from './collected'

/** How an objective compares the rewards of a group. */
export interface Comparison {
  /** The advantage of each reward, not yet divided. */
  readonly advantages: (rewards: readonly number[]) => number[]
  /** What the advantages of a group are divided by. `all`: the rewards of every group. */
  readonly scale: (rewards: readonly number[], all: readonly number[]) => number
}

export interface Sample {
  readonly rollout: Rollout
  /** One number per trained token. */
  readonly advantages: Float32Array
}

/** Lowered where a rollout pays for leaving the reference. */
export type RewardOf = (rollout: Rollout) => number

const everywhere = (rollout: Rollout, advantage: number): Sample => ({
  rollout,
  advantages: new Float32Array(rollout.logprobs.length).fill(advantage),
})

/** The trajectory itself, each step with the advantage that its values give it. */
function walkSample(walk: Valued, scaleOf: (state: number) => number): Sample {
  const advantages = new Float32Array(walk.logprobs.length)
  stepAdvantages(walk).forEach((advantage, step) => {
    const { start, end } = walk.steps[step]!
    advantages.fill(advantage / scaleOf(step), start, end)
  })
  return { rollout: walk, advantages }
}

/** @param rewardOf the reward of a rollout, absent: the verifier's */
export function groupSamples(
  { groups, walks }: Collected,
  { advantages, scale }: Comparison,
  rewardOf?: RewardOf,
): Sample[] {
  const rewards = groups.map((group) =>
    rewardOf ? [...group.rollouts.map(rewardOf), ...group.companions] : rewardsOf(group),
  )
  const all = rewards.flat()
  const ofGroups = groups.flatMap(({ rollouts }, i) => {
    const divisor = scale(rewards[i]!, all)
    const judged = advantages(rewards[i]!)
    return rollouts.map((rollout, j) => everywhere(rollout, judged[j]! / divisor))
  })
  const ofWalks = walks.map((walk) =>
    walkSample(walk, (state) => {
      const own = [...walk.continuations[state]!.map(({ verdict }) => verdict.reward), walk.verdict.reward]
      return scale(isMixed(own) ? own : all, all)
    }),
  )
  return [...ofGroups, ...ofWalks]
}

/** Metrics of the groups: rewards' spread, and how many of them teach. */
export function groupMetrics(groups: readonly Group[]): Record<string, number> {
  const rewards = groups.map(rewardsOf)
  if (rewards.length === 0) return {}
  return {
    reward_std: mean(rewards.map((group) => (group.length > 1 ? standardDeviation(group) : 0))),
    frac_reward_zero_std: mean(rewards.map((group) => Number(!isMixed(group)))),
    'gpo/effective_groups': rewards.filter(isMixed).length,
  }
}
