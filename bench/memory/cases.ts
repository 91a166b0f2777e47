/** The measured cases: plans that differ in the terms of the estimate. */
import type { PlanInput } from '@shared/schemas/plan'
import { LARGE, type QwenShape, SMALL } from './model'

export interface MemoryCase {
  readonly name: string
  /** `given`: a folder or a GGUF file that BENCH_MEMORY_MODEL names; the case is left out without. */
  readonly model: 'small' | 'large' | 'given'
  readonly plan: Omit<PlanInput, 'model' | 'data'>
  /** Approximate tokens of each demonstration, for SFT. */
  readonly demonstration?: number
}

export const MODELS: Readonly<Record<Exclude<MemoryCase['model'], 'given'>, QwenShape>> = { small: SMALL, large: LARGE }

const lora = { kind: 'lora', r: 16 } as const
const sft = { kind: 'sft' } as const
const budget = { iterations: 3, promptsPerIteration: 16, trainedPerPrompt: 2, microbatchTokens: 2048 }
const rollout = { maxNewTokens: 64, lanes: 32 }
const gpo = { samples: 4, segmentation: { splitter: 'window', windowTokens: 16 } } as const
const optimiser = { learningRate: 1e-5 }

export const CASES: readonly MemoryCase[] = [
  {
    name: 'full SFT',
    model: 'small',
    demonstration: 250,
    plan: { objective: sft, adaptation: { kind: 'full' }, budget, optimiser },
  },
  {
    name: 'LoRA SFT, base in 32 bits',
    model: 'large',
    demonstration: 120,
    plan: { objective: sft, adaptation: lora, budget: { ...budget, microbatchTokens: 512 }, optimiser },
  },
  ...(['float16', 'int8'] as const).map(
    (base): MemoryCase => ({
      name: `LoRA SFT, base in ${base === 'int8' ? '8' : '16'} bits`,
      model: 'large',
      demonstration: 120,
      plan: { objective: sft, adaptation: { ...lora, base }, budget: { ...budget, microbatchTokens: 512 }, optimiser },
    }),
  ),
  {
    name: 'LoRA SFT, base in 8 bits, layers recomputed',
    model: 'large',
    demonstration: 500,
    plan: {
      objective: sft,
      adaptation: { ...lora, base: 'int8' },
      budget: { ...budget, microbatchTokens: 2048, recomputeLayers: true, promptsPerIteration: 4 },
      optimiser,
    },
  },
  {
    name: 'LoRA SFT, sequences of 2,048',
    model: 'small',
    demonstration: 2000,
    plan: { objective: sft, adaptation: lora, budget: { ...budget, promptsPerIteration: 2 }, optimiser },
  },
  {
    name: 'LoRA SFT, sequences of 4,096, layers recomputed',
    model: 'small',
    demonstration: 4000,
    plan: {
      objective: sft,
      adaptation: lora,
      budget: { ...budget, promptsPerIteration: 1, recomputeLayers: true },
      optimiser,
    },
  },
  {
    name: 'GPO-PPO, all parameters, value head, reference',
    model: 'small',
    plan: {
      objective: { kind: 'ppo', epochs: 1, kl: 0.05 },
      adaptation: { kind: 'full' },
      budget,
      rollout,
      gpo,
      optimiser,
    },
  },
  {
    name: 'GPO-PPO, LoRA, value head',
    model: 'small',
    plan: { objective: { kind: 'ppo', epochs: 1, kl: 0.05 }, adaptation: lora, budget, rollout, gpo, optimiser },
  },
  {
    name: 'GPO-PPO, LoRA, base in 8 bits',
    model: 'large',
    plan: {
      objective: { kind: 'ppo', epochs: 1, kl: 0.05 },
      adaptation: { ...lora, base: 'int8' },
      budget: { ...budget, iterations: 2, promptsPerIteration: 4, microbatchTokens: 512 },
      rollout: { maxNewTokens: 32, lanes: 16 },
      gpo,
      optimiser,
    },
  },
  {
    name: 'GRPO, all parameters',
    model: 'small',
    plan: {
      objective: { kind: 'grpo' },
      adaptation: { kind: 'full' },
      budget: { ...budget, trainedPerPrompt: 8, microbatchTokens: 4096 },
      rollout: { maxNewTokens: 128, lanes: 128 },
      gpo: { criticalStep: 'none' },
      optimiser,
    },
  },
  {
    name: 'GRPO, LoRA, a model of your own',
    model: 'given',
    plan: {
      objective: { kind: 'grpo' },
      adaptation: lora,
      budget: { iterations: 2, promptsPerIteration: 12, trainedPerPrompt: 8, microbatchTokens: 1024 },
      rollout: { maxNewTokens: 80, lanes: 64 },
      gpo: { samples: 4 },
      optimiser,
    },
  },
]
