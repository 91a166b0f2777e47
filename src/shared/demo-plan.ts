import type { PlanInput } from './schemas/plan'

/** The plan of `gpo demo` and of the example on first start: about two and a half minutes on two cores. */
export const demoPlan = (seed: number): PlanInput => ({
  name: 'demo: gpo-ppo · shuffled-objects · tiny',
  seed,
  model: { path: 'bundled:tiny' },
  data: { train: { path: 'bundled:shuffled-objects' }, eval: { path: 'bundled:shuffled-objects/test' } },
  verifier: { kind: 'exact' },
  adaptation: { kind: 'full' },
  objective: { kind: 'ppo', kl: 0.02, epochs: 2 },
  gpo: { criticalStep: 'max', samples: 4 },
  rollout: { maxNewTokens: 96, lanes: 256 },
  optimiser: { learningRate: 2e-4, warmupSteps: 4 },
  budget: { iterations: 30, promptsPerIteration: 64, trainedPerPrompt: 4, microbatchTokens: 8192 },
  evaluation: { everyIterations: 10, limit: 300 },
  checkpoint: { everyIterations: 10 },
})
