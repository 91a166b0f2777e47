/**
 * Every purpose that draws random numbers, and the number that keeps it apart from the others: the same for ever, or stored runs would no longer
 * repeat. The seeds they are derived from: the plan's, and an iteration's, `deriveSeed(plan.seed, iteration)`.
 */
export const STREAM = {
  // Of an iteration's seed.
  /** A trajectory from a prompt: (stream, prompt, rollout). */
  trajectory: 1,
  /** A continuation that estimates a value: (stream, trajectory, step, continuation). */
  value: 2,
  /** A rollout after a reset: (stream, start, rollout), and for pairs (stream, start, wave, rollout). */
  reset: 3,
  /** The choice of a critical step: (stream, trajectory). */
  choice: 4,
  /** The seed of trajectories of a later wave: (stream, wave). */
  laterTrajectories: 13,
  /** The seed of rollouts for pairs: (stream, wave). */
  pairs: 19,

  // Of the plan's seed.
  /** The order of the data in an epoch: (stream, epoch). */
  dataOrder: 7,
  /** The order of a batch in a pass: (iteration, stream, pass). */
  batchOrder: 11,
  /** Prompts of a later wave: (stream, iteration, wave). */
  laterPrompts: 17,
  /** What an adapter's dropout leaves out: (stream, optimiser step, microbatch). */
  dropout: 29,
} as const
