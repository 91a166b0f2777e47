import type { PlanInput } from '@shared/schemas/plan'

/** The plan of `gpo demo`: at most six minutes on two cores. */
export const demoPlan = (seed: number): PlanInput => ({
  name: 'demo: gpo-ppo · chain-arithmetic · tiny',
  seed,
  model: { path: 'bundled:tiny' },
  data: { train: { path: 'bundled:chain-arithmetic' }, eval: { path: 'bundled:chain-arithmetic/test' } },
  verifier: { kind: 'number' },
  adaptation: { kind: 'full' },
  objective: { kind: 'ppo', kl: 0.02, epochs: 2 },
  gpo: { criticalStep: 'max', samples: 4 },
  rollout: { maxNewTokens: 96, lanes: 256 },
  optimiser: { learningRate: 1e-4, warmupSteps: 4 },
  budget: { iterations: 30, promptsPerIteration: 64, trainedPerPrompt: 4, microbatchTokens: 8192 },
  evaluation: { everyIterations: 10, limit: 300 },
  checkpoint: { everyIterations: 10 },
})
