/** GRPO's advantage: how much better a rollout is than the others of its prompt. On the host. */

/**
 * `A_i = (r_i − mean) / (std + ε)` over one prompt's rollouts. Shao et al. 2024, arXiv 2402.03300, section 4.1.2 (which has no ε).
 * The standard deviation is the sample one (n − 1), as in TRL. Equal rewards, or a single one, give advantages and `std` of 0.
 */
export function groupAdvantages(rewards: readonly number[], epsilon: number) {
  const n = rewards.length
  const mean = n === 0 ? 0 : rewards.reduce((sum, r) => sum + r, 0) / n
  const std = n < 2 ? 0 : Math.sqrt(rewards.reduce((sum, r) => sum + (r - mean) ** 2, 0) / (n - 1))
  const deviations = rewards.map((r) => r - mean)
  return { mean, std, deviations, advantages: deviations.map((deviation) => deviation / (std + epsilon)) }
}
