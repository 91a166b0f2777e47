/**
 * Real models to begin with: small, published, of families that are read here. The only place of their numbers: the Hub page shows them and
 * `npm run plan-doc` writes README's table. Shapes are those of their config.json; what a run takes is estimated from them, and measured where
 * `measured` says so.
 */
import { type ModelShape, memoryEstimate } from './plan/memory-estimate'
import { type PlanInput, planSchema } from './schemas/plan'

export interface FirstModel {
  /** As on the Hub. */
  readonly id: string
  readonly label: string
  readonly license: string
  /** Whether its terms have to be accepted on the Hub first. */
  readonly isGated: boolean
  /** Of its weights on disk. */
  readonly bytes: number
  readonly shape: ModelShape
  /** Largest resident memory of `FIRST_RUN`'s trainer with these weights from a GGUF file; null where it was not measured. */
  readonly measured: number | null
}

/** What the memory is stated for. */
export const FIRST_RUN: PlanInput = {
  model: { path: 'MODEL' },
  data: { train: { path: 'DATA' }, chatTemplate: true },
  adaptation: { kind: 'lora', base: 'float16' },
  objective: { kind: 'ppo' },
  gpo: { criticalStep: 'max', samples: 2, segmentation: { maxSteps: 4 } },
  rollout: { maxNewTokens: 64, lanes: 32 },
  budget: { iterations: 1, promptsPerIteration: 4, trainedPerPrompt: 2, microbatchTokens: 512 },
}
/** Tokens of the longest prompt that it is stated for. */
const PROMPT = 128

export const FIRST_RUN_WORDS =
  'a small run: GPO-PPO with LoRA over a base in 16 bits, 4 prompts an iteration, at most 128 tokens in a prompt, 64 in an answer and 512 in a pass'

export const FIRST_MODELS: readonly FirstModel[] = [
  {
    ...{ id: 'HuggingFaceTB/SmolLM2-135M-Instruct', label: 'SmolLM2 135M Instruct', license: 'Apache 2.0' },
    ...{ isGated: false, bytes: 269_060_552, measured: 1_831_641_088 },
    shape: {
      ...{ parameters: 134_515_008, hiddenSize: 576, intermediateSize: 1536, layers: 30, heads: 9, kvHeads: 3 },
      ...{ headDim: 64, vocabSize: 49_152, context: 8192 },
    },
  },
  {
    ...{ id: 'google/gemma-3-270m-it', label: 'Gemma 3 270M', license: 'Gemma Terms of Use' },
    ...{ isGated: true, bytes: 536_223_056, measured: 2_248_810_496 },
    shape: {
      ...{ parameters: 268_098_176, hiddenSize: 640, intermediateSize: 2048, layers: 18, heads: 4, kvHeads: 1 },
      ...{ headDim: 256, vocabSize: 262_144, context: 32_768, norms: 'around' },
    },
  },
  {
    ...{ id: 'Qwen/Qwen2.5-0.5B-Instruct', label: 'Qwen2.5 0.5B Instruct', license: 'Apache 2.0' },
    ...{ isGated: false, bytes: 988_097_824, measured: null },
    shape: {
      ...{ parameters: 494_032_768, hiddenSize: 896, intermediateSize: 4864, layers: 24, heads: 14, kvHeads: 2 },
      ...{ headDim: 64, vocabSize: 151_936, context: 32_768 },
    },
  },
  {
    ...{ id: 'Qwen/Qwen3-0.6B', label: 'Qwen3 0.6B', license: 'Apache 2.0' },
    ...{ isGated: false, bytes: 1_503_300_328, measured: null },
    shape: {
      ...{ parameters: 596_049_920, hiddenSize: 1024, intermediateSize: 3072, layers: 28, heads: 16, kvHeads: 8 },
      ...{ headDim: 128, vocabSize: 151_936, context: 40_960 },
    },
  },
]

/** Bytes that the estimator gives for `FIRST_RUN`: the largest of its phases. */
export function firstRunMemory({ shape }: FirstModel): number {
  const plan = planSchema.parse(FIRST_RUN)
  const lengths = { promptTokens: PROMPT, completionTokens: plan.rollout.maxNewTokens }
  return Math.max(...memoryEstimate(plan, shape, lengths).map(({ total }) => total))
}
