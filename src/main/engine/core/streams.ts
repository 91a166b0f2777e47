/**
 * Every purpose of random numbers, with the number that separates it from the others. The numbers must never change, or stored runs could not be
 * repeated. They are combined with the plan's seed or an iteration's, `deriveSeed(plan.seed, iteration)`.
 */
export const STREAM = {
  // Combined with an iteration's seed.
  /** A trajectory from a prompt: (stream, prompt, rollout). */
  trajectory: 1,
  /** A continuation that estimates a value: (stream, trajectory, step, continuation). */
  value: 2,
  /** A rollout after a reset: (stream, start, rollout), and for pairs (stream, start, wave, rollout). */
  reset: 3,
  /** The choice of a critical step: (stream, trajectory). */
  choice: 4,
  /** The posterior draws of a search: (stream, trajectory, round). */
  search: 5,
  /** The seed for trajectories of a later wave: (stream, wave). */
  laterTrajectories: 13,
  /** The seed for rollouts of pairs: (stream, wave). */
  pairs: 19,

  // Combined with the plan's seed.
  /** The order of the data in an epoch: (stream, epoch). */
  dataOrder: 7,
  /** The order of a batch in a pass: (iteration, stream, pass). */
  batchOrder: 11,
  /** Prompts of a later wave: (stream, iteration, wave). */
  laterPrompts: 17,
  /** The prompts that are followed, with seed 0 instead of the plan's: the same for all runs on the same data. */
  probes: 31,
  /** The dropout mask of adapters: (stream, optimiser step, microbatch). */
  dropout: 29,
} as const
