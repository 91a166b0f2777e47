/** The leave-one-out advantage: a rollout against the mean of the others from its state. On the host. */

/**
 * `A_j = r_j − mean_{k≠j} r_k`: unbiased, because no rollout is part of its own baseline. Kool et al. 2019; Ahmadian et al. 2024, arXiv 2402.14740,
 * equation 5. A single reward has nothing to be compared with: its advantage is 0.
 */
export function leaveOneOut(rewards: readonly number[]): number[] {
  const n = rewards.length
  if (n < 2) return rewards.map(() => 0)
  const sum = rewards.reduce((total, reward) => total + reward, 0)
  return rewards.map((reward) => reward - (sum - reward) / (n - 1))
}
