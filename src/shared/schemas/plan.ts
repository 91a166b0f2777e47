import { z } from 'zod'
import { verifierSchema } from './verifier'

/**
 * A run's plan: everything that decides what happens. The same schema is the form, the file, the command line's `--set` and the
 * database's record. Unknown keys are errors.
 */

const positiveInt = (max: number) => z.number().int().min(1).max(max)
const probability = z.number().min(0).max(1)

export const CRITICAL_RULES = ['max', 'maxAbs', 'min', 'random', 'none'] as const
export type CriticalRule = (typeof CRITICAL_RULES)[number]

export const BACKEND_NAMES = ['tensorflow', 'webgpu', 'onnx', 'onnx-webgpu', 'wasm', 'cpu'] as const
export type BackendName = (typeof BACKEND_NAMES)[number]

export const LORA_TARGETS = ['q_proj', 'k_proj', 'v_proj', 'o_proj', 'gate_proj', 'up_proj', 'down_proj'] as const

/** 4, 2 and about 1 byte a weight. */
export const BASE_PRECISIONS = ['float32', 'float16', 'int8'] as const

export const segmentationSchema = z.strictObject({
  splitter: z
    .enum(['lines', 'sentences', 'window', 'regex'])
    .default('lines')
    .describe(
      'Where a trajectory is cut into steps: after newlines, after sentences, every `windowTokens` tokens, or after each match of `pattern`.',
    ),
  minStepTokens: positiveInt(4096).default(8).describe('Tokens; a shorter step is merged into its neighbour.'),
  maxSteps: positiveInt(256)
    .default(16)
    .describe('Steps per trajectory at most; neighbours are merged evenly beyond it.'),
  windowTokens: positiveInt(4096).default(32).describe('Tokens per step of the `window` splitter.'),
  pattern: z
    .string()
    .max(1000)
    .default('\\n\\n')
    .describe('Regular expression of the `regex` splitter; a step ends where a match ends.'),
})
export type Segmentation = z.infer<typeof segmentationSchema>

const gpoSchema = z.strictObject({
  criticalStep: z
    .enum(CRITICAL_RULES)
    .default('max')
    .describe(
      'Which step the policy is reset to: the largest advantage (the paper), the largest absolute one, the smallest, a random one, or none (the base algorithm).',
    ),
  samples: positiveInt(1024)
    .default(4)
    .describe('Monte Carlo continuations per state (N). The paper: 4; accuracy saturates at 12.'),
  reuseRollouts: z
    .boolean()
    .default(true)
    .describe(
      'Take the continuations already sampled from the critical state as its rollouts; sample only what is missing.',
    ),
  maxPairAttempts: positiveInt(4096)
    .default(16)
    .describe('Rollouts sampled at most, per state, to find one correct and one incorrect for a pair.'),
  segmentation: segmentationSchema.prefault({}),
})
export type GpoConfig = z.infer<typeof gpoSchema>

const klCoefficient = z.number().min(0).max(100)
export const objectiveSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('ppo'),
    clip: z.number().gt(0).max(1).default(0.2).describe('Clip range ε of the probability ratio.'),
    valueClip: z
      .number()
      .gt(0)
      .max(10)
      .default(0.2)
      .describe('Clip range of the value function, around its old value.'),
    valueCoefficient: z.number().min(0).max(10).default(0.1).describe('Weight of the value loss.'),
    gamma: probability.default(1).describe('Discount γ per token.'),
    lambda: probability.default(0.95).describe('GAE λ.'),
    kl: klCoefficient
      .default(0.05)
      .describe('Coefficient of the per-token KL penalty against the reference policy, inside the reward.'),
    epochs: positiveInt(100).default(4).describe('Passes over each batch of rollouts.'),
    minibatches: positiveInt(256).default(1).describe('Optimiser steps per pass.'),
    whitenAdvantages: z
      .boolean()
      .default(true)
      .describe('Normalise advantages to mean 0, standard deviation 1 over the batch.'),
  }),
  z.strictObject({
    kind: z.literal('grpo'),
    clip: z.number().gt(0).max(1).default(0.2).describe('Clip range ε of the probability ratio.'),
    kl: klCoefficient.default(0).describe('Coefficient β of the KL term (k3 estimator) against the reference policy.'),
    epsilon: z.number().gt(0).max(1).default(1e-4).describe('Added to the standard deviation of a group.'),
    epochs: positiveInt(100).default(1).describe('Passes over each batch of rollouts.'),
    minibatches: positiveInt(256).default(1).describe('Optimiser steps per pass.'),
  }),
  z.strictObject({
    kind: z.literal('dpo'),
    beta: z.number().gt(0).max(100).default(0.1).describe('β: how closely the policy stays to the reference.'),
    epochs: positiveInt(100).default(1),
    minibatches: positiveInt(256).default(1),
  }),
  z.strictObject({
    kind: z.literal('kto'),
    beta: z.number().gt(0).max(100).default(0.1).describe('β: how closely the policy stays to the reference.'),
    desirableWeight: z.number().min(0).max(100).default(1).describe('λ_D: weight of correct completions.'),
    undesirableWeight: z.number().min(0).max(100).default(1).describe('λ_U: weight of incorrect completions.'),
    epochs: positiveInt(100).default(1),
    minibatches: positiveInt(256).default(1),
  }),
  z.strictObject({
    kind: z.literal('simpo'),
    beta: z.number().gt(0).max(100).default(2.5).describe('β: scale of the length-normalised reward.'),
    gammaRatio: z.number().min(0).max(10).default(0.55).describe('γ/β: target margin relative to β.'),
    epochs: positiveInt(100).default(1),
    minibatches: positiveInt(256).default(1),
  }),
  z.strictObject({
    kind: z.literal('orpo'),
    lambda: z.number().min(0).max(100).default(0.1).describe('λ: weight of the odds-ratio term.'),
    epochs: positiveInt(100).default(1),
    minibatches: positiveInt(256).default(1),
  }),
  z.strictObject({
    kind: z.literal('sft'),
    epochs: positiveInt(1000).default(1).describe('Passes over the data.'),
  }),
])
export type ObjectiveConfig = z.infer<typeof objectiveSchema>
export type ObjectiveKind = ObjectiveConfig['kind']
export type ObjectiveOf<K extends ObjectiveKind> = Extract<ObjectiveConfig, { kind: K }>

const adaptationSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('full').describe('Every parameter is trained.') }),
  z.strictObject({
    kind: z.literal('lora').describe('Low-rank adapters on chosen projections are trained; the base stays frozen.'),
    from: z
      .string()
      .min(1)
      .optional()
      .describe("Folder of an adapter in PEFT's layout to begin with; r, alpha, rslora and targets are then its own."),
    r: positiveInt(1024).default(16).describe('Rank.'),
    alpha: z.number().gt(0).max(4096).default(32).describe('Scale: the update is multiplied by alpha / r.'),
    rslora: z
      .boolean()
      .default(false)
      .describe('Rank-stabilised: the update is multiplied by alpha / √r instead (PEFT: use_rslora).'),
    dropout: z
      .number()
      .min(0)
      .lt(1)
      .default(0)
      .describe(
        'Share of what enters an adapter that is left out, in training passes only (PEFT: lora_dropout). Sampling and scoring leave nothing out.',
      ),
    targets: z
      .array(z.enum(LORA_TARGETS))
      .min(1)
      .default([...LORA_TARGETS])
      .describe('Projections that get an adapter.'),
    base: z
      .enum(BASE_PRECISIONS)
      .default('float32')
      .describe(
        'How the frozen base is kept in memory; a matrix is float32 only while it is multiplied. int8: each row symmetric with a scale of its own.',
      ),
  }),
])
export type AdaptationConfig = z.infer<typeof adaptationSchema>

const optimiserSchema = z.strictObject({
  learningRate: z
    .number()
    .min(0)
    .max(1)
    .default(1e-5)
    .describe('Peak learning rate. LoRA usually wants 10 to 100 times the full fine-tuning rate.'),
  weightDecay: z.number().min(0).max(1).default(0).describe('Decoupled weight decay (AdamW).'),
  beta1: z.number().min(0).lt(1).default(0.9),
  beta2: z.number().min(0).lt(1).default(0.999),
  epsilon: z.number().gt(0).max(1).default(1e-8),
  maxGradNorm: z
    .number()
    .min(0)
    .max(1e6)
    .default(1)
    .describe('Global norm the gradient is clipped to; 0 switches clipping off.'),
  schedule: z
    .enum(['constant', 'linear', 'cosine'])
    .default('constant')
    .describe('How the learning rate falls after the warm-up.'),
  warmupSteps: z.number().int().min(0).max(1e6).default(0).describe('Optimiser steps of linear warm-up.'),
})

const rolloutSchema = z.strictObject({
  temperature: z.number().gt(0).max(10).default(1),
  topP: z
    .number()
    .gt(0)
    .max(1)
    .default(1)
    .describe('Nucleus; 1 = off. Truncation biases the importance ratio of PPO and GRPO.'),
  topK: z.number().int().min(0).max(1e6).default(0).describe('0 = off.'),
  maxNewTokens: positiveInt(32768).default(256).describe('Tokens a completion may have at most.'),
  lanes: positiveInt(4096).default(128).describe('Sequences decoded side by side.'),
})

const dataFileSchema = z.strictObject({
  path: z.string().min(1).describe('File, folder of Parquet files, or `bundled:NAME`.'),
  limit: z.number().int().min(1).optional().describe('Rows used at most.'),
  columns: z
    .record(z.string(), z.string())
    .optional()
    .describe('Role to column name, where the layout is not recognised.'),
})
export type DataFile = z.infer<typeof dataFileSchema>

export const planSchema = z.strictObject({
  version: z.literal(1).default(1),
  name: z.string().min(1).max(200).optional(),
  seed: z.number().int().min(0).max(0xffffffff).default(1),
  backend: z.enum(['auto', ...BACKEND_NAMES]).default('auto'),
  model: z.strictObject({ path: z.string().min(1).describe('Folder in Hugging Face layout, or `bundled:NAME`.') }),
  data: z.strictObject({
    train: dataFileSchema,
    eval: dataFileSchema.optional(),
    template: z.string().default('{prompt}').describe('The prompt given to the model; `{prompt}` stands for the row.'),
    chatTemplate: z.boolean().default(false).describe("Render prompts with the tokenizer's chat template."),
    chatTemplateName: z
      .string()
      .min(1)
      .max(200)
      .optional()
      .describe('Which one, where the tokenizer has several; its default otherwise.'),
  }),
  verifier: verifierSchema.prefault({ kind: 'number' }),
  adaptation: adaptationSchema.prefault({ kind: 'lora' }),
  objective: objectiveSchema,
  gpo: gpoSchema.prefault({}),
  rollout: rolloutSchema.prefault({}),
  optimiser: optimiserSchema.prefault({}),
  budget: z
    .strictObject({
      iterations: positiveInt(1e6).default(100),
      promptsPerIteration: positiveInt(65536).default(32).describe('Prompts sampled per iteration.'),
      trainedPerPrompt: positiveInt(1024)
        .default(4)
        .describe(
          'Rollouts (PPO, KTO; for GRPO the group size G) or pairs (DPO, SimPO, ORPO) trained on per prompt, the same number with GPO and without.',
        ),
      microbatchTokens: positiveInt(1 << 22)
        .default(4096)
        .describe('Padded tokens per forward and backward pass; gradients are accumulated over passes.'),
      recomputeLayers: z
        .boolean()
        .default(false)
        .describe(
          'Keep only what enters each layer and compute the rest again in the backward pass: much less memory for long sequences, about a third more time per update.',
        ),
    })
    .prefault({}),
  evaluation: z
    .strictObject({
      everyIterations: z.number().int().min(0).max(1e6).default(10).describe('0: only before and after.'),
      limit: positiveInt(1e6).default(256).describe('Rows of the evaluation set.'),
    })
    .prefault({}),
  checkpoint: z
    .strictObject({
      everyIterations: positiveInt(1e6).default(10),
      keepLast: positiveInt(1000).default(2).describe('Newest checkpoints kept.'),
      keepBest: z.boolean().default(true).describe('Also keep the one with the best evaluation.'),
    })
    .prefault({}),
})
export type Plan = z.infer<typeof planSchema>
export type PlanInput = z.input<typeof planSchema>
