/** Plans to start from. The small ones train the bundled model, so that they run unchanged. */
import { demoPlan } from '../demo-plan'
import type { PlanInput } from '../schemas/plan'

/** The preset for SFT has no data, because no bundled dataset has completions. */
type Unfinished = Omit<PlanInput, 'data'> & { readonly data?: PlanInput['data'] }

export interface Preset {
  readonly id: string
  readonly label: string
  readonly text: string
  readonly plan: Unfinished
}

const arithmetic: Pick<PlanInput, 'model' | 'data' | 'verifier'> = {
  model: { path: 'bundled:tiny' },
  data: { train: { path: 'bundled:chain-arithmetic' }, eval: { path: 'bundled:chain-arithmetic/test' } },
  verifier: { kind: 'number' },
}
const rollout = { maxNewTokens: 96, lanes: 256 }
const evaluation = { everyIterations: 10, limit: 300 }

const sft: Unfinished = {
  model: { path: 'bundled:tiny' },
  adaptation: { kind: 'lora' },
  objective: { kind: 'sft' },
  gpo: { criticalStep: 'none' },
  optimiser: { learningRate: 2e-4, schedule: 'linear', warmupSteps: 10 },
  budget: { iterations: 200, promptsPerIteration: 16 },
}

export const PRESETS: readonly Preset[] = [
  {
    id: 'demo',
    label: 'Two-minute demo',
    text: 'GPO-PPO on shuffled objects, guided where all rollouts of a prompt fail: the bundled model, all parameters, 30 iterations.',
    plan: demoPlan(1),
  },
  {
    id: 'gpo-ppo',
    label: 'GPO-PPO',
    text: 'Learning from rewards, guided: LoRA on chained arithmetic.',
    plan: {
      ...arithmetic,
      adaptation: { kind: 'lora' },
      objective: { kind: 'ppo', baseline: 'group', kl: 0.02, epochs: 2 },
      gpo: { criticalStep: 'undecided', when: 'decided', samples: 4 },
      rollout,
      optimiser: { learningRate: 3e-4, warmupSteps: 4 },
      budget: { iterations: 40, promptsPerIteration: 64, trainedPerPrompt: 4, microbatchTokens: 8192 },
      evaluation,
    },
  },
  {
    id: 'gpo-dpo',
    label: 'GPO-DPO',
    text: 'Pairs from the critical step, correct against incorrect: LoRA on chained arithmetic.',
    plan: {
      ...arithmetic,
      adaptation: { kind: 'lora' },
      objective: { kind: 'dpo', beta: 0.1 },
      gpo: { criticalStep: 'undecided', samples: 4 },
      rollout,
      optimiser: { learningRate: 3e-4 },
      budget: { iterations: 40, promptsPerIteration: 64, trainedPerPrompt: 1, microbatchTokens: 8192 },
      evaluation,
    },
  },
  {
    id: 'grpo',
    label: 'GRPO',
    text: 'The base algorithm, without GPO: groups of eight on chained arithmetic.',
    plan: {
      ...arithmetic,
      adaptation: { kind: 'lora' },
      objective: { kind: 'grpo' },
      gpo: { criticalStep: 'none' },
      rollout,
      optimiser: { learningRate: 3e-4 },
      budget: { iterations: 40, promptsPerIteration: 32, trainedPerPrompt: 8, microbatchTokens: 8192 },
      evaluation,
    },
  },
  {
    id: 'sft',
    label: 'SFT',
    text: 'Imitates completions: choose a dataset that has them.',
    plan: sft,
  },
]
