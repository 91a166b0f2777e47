import type { PlanInput } from './schemas/plan'

/** The plan of `gpo demo` and of the example on first start: about two and a half minutes on two cores. */
export const demoPlan = (seed: number): PlanInput => ({
  seed,
  model: { path: 'bundled:tiny' },
  data: { train: { path: 'bundled:shuffled-objects' }, eval: { path: 'bundled:shuffled-objects/test' } },
  verifier: { kind: 'exact' },
  adaptation: { kind: 'full' },
  objective: { kind: 'ppo', baseline: 'group', kl: 0.02, epochs: 2 },
  gpo: { criticalStep: 'undecided', when: 'decided', samples: 4 },
  rollout: { maxNewTokens: 96, lanes: 256 },
  optimiser: { learningRate: 2e-4, warmupSteps: 4 },
  budget: { iterations: 30, promptsPerIteration: 64, trainedPerPrompt: 4, microbatchTokens: 8192 },
  evaluation: { everyIterations: 10, limit: 300 },
  checkpoint: { everyIterations: 10 },
})

/** The plan of `gpo demo --model`: a published instruct model on word problems, with its chat template. */
export const realModelPlan = (seed: number, model: string): PlanInput => ({
  seed,
  model: { path: model },
  data: {
    train: { path: 'bundled:word-problems' },
    eval: { path: 'bundled:word-problems/test' },
    chatTemplate: true,
  },
  verifier: { kind: 'number' },
  adaptation: { kind: 'lora', r: 16 },
  objective: { kind: 'grpo' },
  gpo: { criticalStep: 'max', samples: 4 },
  rollout: { maxNewTokens: 80, lanes: 64, temperature: 0.7 },
  optimiser: { learningRate: 2e-4 },
  budget: { iterations: 16, promptsPerIteration: 16, trainedPerPrompt: 6, microbatchTokens: 1024 },
  evaluation: { everyIterations: 8, limit: 100 },
  checkpoint: { everyIterations: 4 },
})
