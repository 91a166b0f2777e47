/** Groups: rollouts from one state, compared with each other; and what every continuation of a trajectory teaches. */
import type { Rollout, Valued } from './trajectory'

export interface Group {
  readonly rollouts: readonly Rollout[]
  /** Rewards of further samples from the state, which count in the comparison and are not trained on as part of this group. */
  readonly companions: readonly number[]
}

export const groupOf = (rollouts: readonly Rollout[]): Group => ({ rollouts, companions: [] })

const rewardOf = ({ verdict }: Rollout) => verdict.reward

/** The rewards that are compared: those of the rollouts first. */
export const rewardsOf = ({ rollouts, companions }: Group): number[] => [...rollouts.map(rewardOf), ...companions]

/** True where rewards differ: only then has a group something to teach. */
export const isMixed = (rewards: readonly number[]): boolean => rewards.some((reward) => reward !== rewards[0])

export const isAllWrong = (rollouts: readonly Rollout[]): boolean =>
  rollouts.every((rollout) => rewardOf(rollout) === 0)

/** `size` rollouts after another are one group. */
export const inGroups = <R extends Rollout>(rollouts: readonly R[], size: number): R[][] =>
  Array.from({ length: rollouts.length / size }, (_, i) => rollouts.slice(i * size, (i + 1) * size))

/**
 * The continuations of every state with mixed outcomes: those from s_i are compared with each other and with the trajectory itself, which is a sample
 * from s_i too, so that continuation j gets A_j = r_j − (Σ_{k≠j} r_k + r_y) / N with a leave-one-out baseline.
 */
export const stateGroups = ({ continuations, verdict }: Valued): Group[] =>
  continuations
    .map((rollouts): Group => ({ rollouts, companions: [verdict.reward] }))
    .filter((group) => group.rollouts.length > 0 && isMixed(rewardsOf(group)))

/**
 * The advantage of each of the trajectory's own steps, V̂_{i+1} − V̂_i, where both states were visited, else 0: unbiased, because neither value is
 * estimated with the trajectory's own rest. VinePPO, Kazemnejad et al. 2024, arXiv 2410.01679, equation 8.
 */
export const stepAdvantages = ({ states }: Valued): number[] =>
  states.slice(1).map(({ value: after }, i) => {
    const before = states[i]!.value
    return before === null || after === null ? 0 : after - before
  })
